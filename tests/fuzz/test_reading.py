"""Laws of reading a message: amounts, tenures, dates, and whatever else the rules understand."""

import json
from datetime import date
from functools import cache
from itertools import pairwise
from typing import get_type_hints

from hypothesis import example, given
from hypothesis import strategies as st

from agents.understanding.dates import find_dates
from agents.understanding.reading import Facts
from agents.understanding.rules import RulesUnderstander
from tests.fuzz.law import few, law
from tests.fuzz.strategies import days, messages, slots
from tools.identifiers import check_pan, check_pincode, normalise_mobile
from tools.numbers import find_quantities, fold, tokenise
from tools.rupees import grouped, in_words, rupees

SLOTS = frozenset(get_type_hints(Facts))
MOST_RUPEES = 10**15
WHOLE_NUMBERS = (
    "desired_amount", "monthly_income", "annual_income", "household_annual_income", "existing_emi", "max_emi",
    "existing_loan_outstanding", "existing_loan_count", "loan_term_months", "age", "employment_years", "offer_choice",
    "stated_credit_score",
)  # fmt: skip


@cache
def understander() -> RulesUnderstander:
    return RulesUnderstander()


@law
@given(messages)
@example("0" * 400)
@example("9" * 400 + " lakh")
@example("9.9.9.9 lakh lakh crore crore crore")
def test_quantities(text: str) -> None:
    found = find_quantities(text)
    for quantity in found:
        assert 0 <= quantity.start < quantity.end <= len(text)
        assert quantity.low >= 0
        assert quantity.high is None or quantity.low < quantity.high
        if quantity.kind in {"money", "months"}:
            assert quantity.low.denominator == 1 or quantity.kind == "months"
    for left, right in pairwise(found):
        assert left.end <= right.start and left.last <= right.first


@law
@given(messages)
def test_tokens_are_where_they_say(text: str) -> None:
    tokens = tokenise(text)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert all(left.end <= right.start for left, right in pairwise(tokens))
    assert fold(fold(text)) == fold(text)


@law
@given(st.integers(1, 10**11))
def test_an_amount_reads_as_it_is_written(amount: int) -> None:
    for text in (rupees(amount), f"Rs. {grouped(amount)}/-", f"{grouped(amount)} rupees", f"INR {amount}"):
        found = find_quantities(text)
        assert [(one.kind, one.low) for one in found] == [("money", amount)], text


@law
@given(st.integers(1, 99_99_999))
def test_an_amount_in_words_reads_as_it_is_written(hundreds: int) -> None:
    """In hundreds: "one lakh one" is one amount on paper only."""
    amount = hundreds * 100
    found = find_quantities(f"Rupees {in_words(amount)} only")
    assert [one.low for one in found] == [amount]


@law
@given(st.integers(1, 600))
def test_a_tenure_reads_as_it_is_written(months: int) -> None:
    years, rest = divmod(months, 12)
    texts = [f"{months} months", f"{months} mahine", f"{months}-month"]
    texts += [f"{years} years {rest} months"] if years and rest else [f"{years} saal"] if years and not rest else []
    for text in texts:
        assert [(one.kind, one.low) for one in find_quantities(text)] == [("months", months)], text


@law
@given(messages, st.booleans())
def test_dates_are_where_they_say(text: str, expected: bool) -> None:
    found = find_dates(text, expected=expected)
    assert all(0 <= start < end <= len(text) for start, end, _ in found)
    assert all(left[1] <= right[0] for left, right in pairwise(found))


@law
@given(days, st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %B %Y", "%d.%m.%Y", "%B %d, %Y", "%d%b%Y"]))
def test_a_date_reads_as_it_is_written(day: date, form: str) -> None:
    assert [found for _, _, found in find_dates(f"dob {day.strftime(form)}")] == [day]


@law
@given(messages, slots)
@example("9" * 4000, None)
@example("1 " * 2000, "loan_term_months")
@example("lakh " * 800, "desired_amount")
def test_a_reading(text: str, asked: str | None) -> None:
    reading, _ = understander().read_by_rules(text, asked)
    facts = reading["facts"]
    json.dumps(reading)
    assert facts.keys() <= SLOTS
    assert set(reading["corrects"]) <= facts.keys()
    for slot, span in reading["spans"].items():
        assert span in text, slot
    for slot in WHOLE_NUMBERS:
        value = facts.get(slot, 0)
        assert type(value) is int and 0 <= value <= MOST_RUPEES, (slot, value)
    for slot in ("desired_amount_range", "loan_term_months_range"):
        low, high = facts.get(slot, [0, 1])  # type: ignore[misc]
        assert 0 <= low < high <= MOST_RUPEES, slot
    assert normalise_mobile(facts.get("phone", "9000000001")).ok
    assert check_pan(facts.get("pan", "ZZZPK1001A")).code != "SHAPE"
    assert check_pincode(facts.get("pincode", "110001")).ok
    assert facts.get("confirm", "yes") in {"yes", "no"}
    assert len(facts.get("aadhaar_last4", "1234")) == 4
    date.fromisoformat(facts.get("date_of_birth", "1990-01-01"))


@few
@given(messages, slots)
def test_a_reading_is_the_same_twice(text: str, asked: str | None) -> None:
    assert understander().read_by_rules(text, asked) == understander().read_by_rules(text, asked)
