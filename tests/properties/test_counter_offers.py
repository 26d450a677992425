"""What is offered instead, against a search through every loan there is: the largest, or the shortest, and in order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.policy import load_policy
from tests.driver import customers
from tests.properties.emi import emi, total_interest
from tests.properties.policies import AS_OF
from tools.calendar import add_months
from tools.policy import Applicant, Decision, Offer, Request, SalarySlip, decide

POLICY = load_policy("default")
GOOD = Applicant.from_dict(customers()["C01"])
LIVE = date(2027, 3, 31)
STEP = POLICY.product.amount_step


@st.composite
def tight_cases(draw: st.DrawFn) -> tuple[Applicant, Request]:
    """People for whom the loan they ask for is too much, in one way or another."""
    income = draw(st.integers(25_000, 120_000))
    applicant = replace(
        GOOD,
        dob=draw(st.dates(date(1967, 6, 1), date(2000, 1, 1))),
        score=draw(st.integers(650, 900)),
        declared_income=income,
        net_income_on_file=income,
        existing_emi=draw(st.integers(0, income // 2)),
        offer=draw(st.none() | st.integers(50_000, 400_000).map(lambda limit: Offer(limit, LIVE))),
    )
    slip = draw(st.none() | st.just(SalarySlip(income, "match", 5)))
    amount = draw(st.integers(50, 700)) * 1000
    return applicant, Request(amount, draw(st.integers(12, 60)), slip, consent=True)


@cache
def instalment(amount: int, rate: Decimal, months: int) -> int:
    return emi(amount, rate, months)


def fits(decision: Decision, amount: int, months: int, cap: int, longest: int) -> bool:
    assert decision.rate_pct is not None and decision.emi_room is not None
    if not (POLICY.product.min_amount <= amount <= cap and POLICY.product.min_months <= months <= longest):
        return False
    return instalment(amount, decision.rate_pct, months) <= decision.emi_room


def cap_of(applicant: Applicant, request: Request) -> int:
    band = POLICY.band_for(applicant.score)
    if applicant.offer is None or not band.offer_track:
        return min(band.cap_without_offer, POLICY.product.max_amount)
    limit = applicant.offer.limit
    return min(limit * POLICY.offer.multiple if request.salary_slip else limit, POLICY.product.max_amount)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(tight_cases())
def test_every_alternative_is_the_best_of_its_kind(case: tuple[Applicant, Request]) -> None:
    applicant, request = case
    decision = decide(applicant, request, POLICY, AS_OF)
    if decision.decision != "COUNTER_OFFER":
        assert not decision.alternatives
        return
    ends = add_months(applicant.dob, 12 * POLICY.applicant.max_age_at_maturity)
    longest = max((m for m in range(1, 61) if add_months(AS_OF, m) <= ends), default=0)
    cap = cap_of(applicant, request)
    months = min(request.months, longest)
    assert decision.rate_pct is not None
    for other in decision.alternatives:
        assert fits(decision, other.amount, other.months, cap, longest), other
        assert other.emi == instalment(other.amount, decision.rate_pct, other.months)
        assert other.total_interest == total_interest(other.amount, decision.rate_pct, other.months)
        if other.amount < min(request.amount, cap // STEP * STEP):
            assert not fits(decision, other.amount + STEP, other.months, cap, longest), "a larger one fits"
        if other.months > months:
            assert not fits(decision, other.amount, other.months - 1, cap, longest), "a shorter one fits"
        again = decide(applicant, replace(request, amount=other.amount, months=other.months), POLICY, AS_OF)
        assert again.decision == "APPROVE", (other, again.decision, again.reasons)
    kinds = [other.kind for other in decision.alternatives]
    order = [
        "AT_LIMIT_NO_SLIP",
        "EXTEND_TENURE",
        "SHORTEN_TENURE",
        "REDUCE_AMOUNT",
        "REDUCE_AND_EXTEND",
        "REDUCE_AND_SHORTEN",
    ]
    if "EXTEND_TENURE" in kinds and "REDUCE_AMOUNT" in kinds:
        assert kinds.index("EXTEND_TENURE") < kinds.index("REDUCE_AMOUNT")
    assert set(kinds) <= set(order)
    first = decision.alternatives[0]
    assert (decision.amount, decision.months, decision.emi) == (first.amount, first.months, first.emi)
