"""Who the customer is: numbers and codes that identify, claimed before any figure is taken for money."""

import re
from collections.abc import Callable, Iterator

from agents.understanding.dates import find_dates
from agents.understanding.message import Findings, Message
from agents.understanding.phrases import Cue
from tools.identifiers import check_aadhaar, check_pan, check_pincode, check_virtual_id, normalise_mobile
from tools.numbers import Quantity, find_quantities

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w@])")
_SPOKEN_EMAIL = re.compile(
    r"(?<!\S)(?P<user>[A-Za-z0-9][\w.+-]{0,63})\s+(?:at the rate|at)\s+(?P<host>[A-Za-z0-9-]{1,63})"
    r"\s+(?:dot|\.)\s*(?P<end>[A-Za-z.]{2,24})(?!\S)",
    re.IGNORECASE,
)
_MASKED_AADHAAR = re.compile(r"(?<!\w)[Xx*•]{4}[\s-]?[Xx*•]{4}[\s-]?(\d{4})(?!\d)")
_VIRTUAL_ID = re.compile(r"(?<![\d.,])\d{4}([\s-]?)\d{4}\1\d{4}\1\d{4}(?![\d])")
_AADHAAR = re.compile(r"(?<![\d+.,])\d{4}([\s-]{0,3})\d{4}\1\d{4}(?!\d)")
_AADHAAR_ANY_GROUPING = re.compile(r"(?<!\d)\d(?:[\s-]?\d){11}(?!\d)")
_PHONE = re.compile(
    r"(?<![\d.,])(?:\(?\+\s?91\)?|0091|91|0)?[\s\-.]{0,2}\(?[6-9](?:[\s\-.)]{0,2}\d){9}(?![\d])(?!\s?%)"
)
# Digits grouped as phones are written; two round sums side by side are grouped 5-5 too.
_PHONE_GROUPS = frozenset(
    {"10", "5-5", "3-3-4", "4-3-3", "3-4-3", "4-6", "6-4", "3-7", "2-4-4", "4-4-2", "2-8", "5-3-2", "3-2-5"}
)
_MAYBE_PHONE = re.compile(r"(?<!\w)\(?\+?\d[\dOoIl\s\-().]{5,20}\d(?!\w)")
_PAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{5}\d{4}[A-Za-z](?![A-Za-z0-9])")
_SPACED_PAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{3}[\s-]?[A-Za-z]{2}[\s-]{0,2}\d{4}[\s-]{0,2}[A-Za-z](?![A-Za-z0-9])"
)
_MAYBE_PAN = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z]{2})[A-Za-z0-9]{7,13}(?![A-Za-z0-9])"
)
_MAYBE_PAN_ASKED = re.compile(r"(?<![A-Za-z0-9,])(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{8,13}(?![A-Za-z0-9,])")
_ACCOUNT = re.compile(r"(?<![\d.,])\d{9,30}(?!\d)")
_PIN = re.compile(r"(?<![\d.,])[1-9]\d{2}\s?\d{3}(?![\d,])")
_CODE = re.compile(r"(?<![\d.,₹])\d(?:[\s-]?\d){3,7}(?![\d%])(?!,\d)")
_LAST_FOUR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SCORES = range(300, 901)
_AGES = range(10, 111)
_NEAR = 10  # tokens within which the words of an age stand beside its figure
_YEARS = range(1900, 2101)
_AFTER_AN_AGE = frozenset(
    {"", ".", ",", ";", "!", "and", "aur", "old", "now", "ab", "i", "my", "with", "from", "saal", "hai"}
)
_OTHER_BUSINESS = ("need", "loan", "work", "emi", "tenure", "kin")
_LONGEST_ACCOUNT_LIKE_AMOUNT = 10


def read_identity(message: Message, found: Findings) -> None:
    """Claim identifiers in the order of their strength, setting facts and settling the tokens behind them."""
    _email(message, found)
    if not any(token.kind == "numeral" or any(c.isdigit() for c in token.text) for token in message.tokens):
        _spoken_code(message, found)
        return
    for claim in _CLAIMS:
        claim(message, found)


def _free(message: Message, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Matches none of whose tokens is settled yet."""
    for match in pattern.finditer(message.text):
        if message.taken.isdisjoint(message.over(*match.span())):
            yield match


def _email(message: Message, found: Findings) -> None:
    for match in _EMAIL.finditer(message.text):
        found.put("email", match.group().lower(), *match.span())
        message.take(*match.span())
    if message.asked == "email" and not found.has("email") and (spoken := _SPOKEN_EMAIL.search(message.text)):
        found.put("email", f"{spoken['user']}@{spoken['host']}.{spoken['end']}".lower(), *spoken.span())
        message.take(*spoken.span())


def _aadhaar(message: Message, found: Findings) -> None:
    for match in _MASKED_AADHAAR.finditer(message.text):
        found.put("aadhaar_last4", match[1], *match.span(1))
        message.take(*match.span())
    for match in _free(message, _VIRTUAL_ID):
        if check_virtual_id(match.group()).ok:
            message.take(*match.span())
    named = message.has("aadhaar")
    # 91 and a mobile number are twelve digits too; the word decides, else the checksum.
    phone_named = not named and (message.asked == "phone" or message.has("phone"))
    for match in _free(message, _AADHAAR_ANY_GROUPING if named else _AADHAAR):
        check = check_aadhaar(match.group())
        if phone_named and normalise_mobile(match.group()).ok:
            continue
        if check.ok and check.value:
            found.put("aadhaar_last4", check.value[-4:], *_last_four_digits(match))
        if check.ok or named:
            message.take(*match.span())
    if named and message.has("last_four"):
        for match in _free(message, _LAST_FOUR):
            found.put("aadhaar_last4", match.group(), *match.span())
            message.take(*match.span())


def _last_four_digits(match: re.Match[str]) -> tuple[int, int]:
    """Where the last four digits stand: the span kept must not hold the whole number."""
    start = match.end()
    digits = 0
    while digits < 4:
        start -= 1
        digits += match.string[start].isdigit()
    return start, match.end()


def _pan(message: Message, found: Findings) -> None:
    named = message.asked == "pan" or message.has("pan")
    for match in _free(message, _SPACED_PAN if named else _PAN):
        check = check_pan(match.group())
        message.take(*match.span())
        if check.ok and check.value:
            found.put("pan", check.value, *match.span())
        elif named:
            found.put("pan_invalid", check.code, *match.span())
    if named and not found.has("pan", "pan_invalid"):
        for match in _free(message, _MAYBE_PAN if message.asked != "pan" else _MAYBE_PAN_ASKED):
            found.put("pan_invalid", check_pan(match.group()).code, *match.span())
            message.take(*match.span())
    if found.has("pan"):
        found.values.pop("pan_invalid", None)
        found.spans.pop("pan_invalid", None)


def _phone(message: Message, found: Findings) -> None:
    named = message.asked == "phone" or message.has("phone")
    for match in _free(message, _PHONE):
        check = normalise_mobile(match.group())
        if not check.ok or (not named and not _grouped_as_phone(match.group())) or _is_money(message, match):
            continue
        found.put("phone", check.value, *_trimmed(match))
        message.take(*match.span())
    if named and not found.has("phone") and not found.has("aadhaar_last4", "pan"):
        for match in _free(message, _MAYBE_PHONE):
            if "," in match.group() or _is_money(message, match) or message.has("account"):
                continue
            check = normalise_mobile(match.group())
            found.put("phone_invalid", check.code, *match.span())
            message.take(*match.span())


def _grouped_as_phone(written: str) -> bool:
    groups = re.findall(r"\d+", re.sub(r"^\(?(?:\+\s?91|0091|91(?=[\s-])|0(?=[\s-]?[6-9]))\)?", "", written.strip()))
    shape = "-".join(str(len(group)) for group in groups)
    round_sums = len(groups) > 1 and all(group.endswith("000") for group in groups)
    prefixed = shape in {"12", "11", "14"}
    return prefixed or (shape in _PHONE_GROUPS and not round_sums)


def _is_money(message: Message, match: re.Match[str]) -> bool:
    """A currency sign or word right before or after the digits."""
    before = message.text[: match.start()].rstrip()[-4:].lower()
    after = message.text[match.end() :].lstrip()[:6].lower()
    return before.endswith(("₹", "rs", "rs.", "inr")) or after.startswith(
        ("lakh", "lac", "rupee", "rs", "/-", "crore", "thous")
    )


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    written = match.group()
    return match.start() + len(written) - len(written.lstrip()), match.end()


def _account(message: Message, _found: Findings) -> None:
    """Account numbers are not asked for in the chat; they are settled so that they are not money."""
    named = message.has("account")
    for match in _free(message, _ACCOUNT):
        if named or len(match.group()) > _LONGEST_ACCOUNT_LIKE_AMOUNT:
            message.take(*match.span())
    for cue in message.tagged("account"):
        for at in range(cue.last, min(cue.last + 3, len(message.tokens))):
            if message.tokens[at].kind == "numeral":
                message.taken.add(at)


def _dates(message: Message, found: Findings) -> None:
    expected = message.asked == "date_of_birth" or message.has("born")
    # Somebody asked for their identity often gives all of it at once.
    birth_expected = expected or message.asked in {"age", "pan", "phone"} or found.has("pan", "pan_invalid")
    for start, end, day in find_dates(message.text, expected=expected):
        if not message.taken.isdisjoint(message.over(start, end)):
            continue
        message.take(start, end)
        if birth_expected and day is not None and day.year in _YEARS:
            found.put("date_of_birth", day.isoformat(), start, end)


def _pin(message: Message, found: Findings) -> None:
    named = message.has("pin")
    if not (named or message.asked in {"address", "pincode"} or message.has("address")):
        return
    for match in _free(message, _PIN):
        check = check_pincode(match.group())
        if check.ok and not _is_money(message, match):
            found.put("pincode", check.value, *match.span())
            message.take(*match.span())


def _one_time_code(message: Message, found: Findings) -> None:
    named = message.has("otp")
    if not named and (message.asked != "otp" or message.has("emi", "need", "may_i")):
        return  # "EMI for 200000 over 24 months?" is no try at a code
    for match in _free(message, _CODE):
        if not _is_money(message, match) and not _has_unit(message, match.end()):
            found.put("otp", "".join(c for c in match.group() if c.isdigit()), *match.span())
            message.take(*match.span())
    _spoken_code(message, found)


def _spoken_code(message: Message, found: Findings) -> None:
    """ "four eight two nine one three" """
    if found.has("otp") or not (message.asked == "otp" or message.has("otp")):
        return
    digits: list[Quantity] = []
    for token in message.tokens:
        figures = find_quantities(token.text) if token.kind == "word" else []
        if len(figures) == 1 and figures[0].kind == "plain" and 0 <= figures[0].low <= 9:
            digits.append(Quantity("plain", figures[0].low, None, token.start, token.end, None, 0, 1))
        elif digits:
            break
    if 4 <= len(digits) <= 8:
        start, end = digits[0].start, digits[-1].end
        found.put("otp", "".join(str(int(digit.low)) for digit in digits), start, end)
        message.take(start, end)


def _has_unit(message: Message, end: int) -> bool:
    following = next((token for token in message.tokens if token.start >= end), None)
    if following is None or following.kind == "sign":
        return False
    return bool(found := find_quantities(f"1 {following.text}")) and found[0].explicit


_CLAIMS: tuple[Callable[[Message, Findings], None], ...] = (
    _aadhaar,
    _phone,
    _pan,
    _dates,
    _pin,
    _one_time_code,
    _account,
)


def read_score_and_age(message: Message, found: Findings) -> None:
    """A credit score as the customer states it, and the age, from figures not settled before."""
    for quantity in list(message.quantities):
        if quantity.high is not None or quantity.low.denominator != 1:
            continue
        figure = int(quantity.low)
        clause = message.clause_of(quantity.first)
        if quantity.kind == "plain" and figure in _SCORES and not quantity.explicit:
            if message.inside(clause.first, clause.last, "score"):
                _settle(message, quantity, found, "stated_credit_score", figure)
        elif _is_age(message, quantity):
            _settle(message, quantity, found, "age", figure if quantity.kind == "plain" else figure // 12)


def _is_age(message: Message, quantity: Quantity) -> bool:
    years = quantity.kind == "months" and quantity.unit == "years" and quantity.low % 12 == 0
    if not years and (quantity.kind != "plain" or quantity.explicit):
        return False
    figure = int(quantity.low) // 12 if years else int(quantity.low)
    if figure not in _AGES:
        return False
    clause = message.clause_of(quantity.first)
    near = message.inside(max(clause.first, quantity.first - _NEAR), quantity.last + _NEAR, "age")
    cues = [cue for cue in near if cue.first < clause.last]
    if any(_names_age(message, cue, quantity) for cue in cues):
        return not message.inside(clause.first, quantity.first, "kin")
    return message.asked == "age" and not message.inside(clause.first, clause.last, *_OTHER_BUSINESS)


def _names_age(message: Message, cue: Cue, quantity: Quantity) -> bool:
    phrase = [message.key(at) for at in range(cue.first, cue.last)]
    if phrase in (["i", "am"], ["im"]):
        # "I am 32" and "I am 32 years old", not "I am 2 months late".
        return cue.last == quantity.first and _phrase_ends(message, quantity.last)
    if phrase[-1] == "old":
        return quantity.last - 1 <= cue.first <= quantity.last and _phrase_ends(message, cue.last)
    return abs(cue.first - quantity.last) <= 1 or cue.first < quantity.last <= cue.last + 3


def _phrase_ends(message: Message, at: int) -> bool:
    return message.key(at) in _AFTER_AN_AGE


def _settle(message: Message, quantity: Quantity, found: Findings, slot: str, value: int) -> None:
    found.put(slot, value, quantity.start, quantity.end)
    message.quantities.remove(quantity)
