"""What on a confirmed salary slip does not fit what is known of the customer; each finding takes it to a person.

Name and a pay far below what was stated are not here: they are facts of the credit policy (M-08, M-09).
"""

import re
from decimal import Decimal
from typing import Final, cast

from agents.application import Application
from agents.parts import SalarySlip
from agents.services import Services
from tools.loan_maths import exact_arithmetic

# Findings of the reader that stay with the application even if another slip follows.
LASTING: Final = frozenset({"words_mismatch", "hidden_text", "edited_file", "document_reused"})

# fmt: off
_LEGAL_FORM = frozenset((
    "pvt", "private", "ltd", "limited", "llp", "inc", "corp", "corporation", "co", "company", "plc", "opc", "the",
    "and", "of", "india", "m", "s", "messrs",
))
# fmt: on
_ALONE_TELLS_NOTHING = frozenset(
    ("state", "national", "new", "general", "services", "group", "enterprises", "industries")
)


async def findings_on(slip: SalarySlip, application: Application, services: Services) -> list[str]:
    """Codes of what a person should look at, in a fixed order; notes the slip for this customer on the way."""
    known = application.get("customer") or {}
    employer, printed = known.get("employer") or application.get("employer"), slip["employer"]
    record = known.get("net_income_on_file") or application.get("monthly_income_declared")
    pan_refs = services.sealer.seals("pan", cast(str, application["pan"]))
    found = {
        "employer_differs": bool(employer and printed and not same_employer(employer, printed)),
        "pan_differs": slip.get("pan_ref") not in (None, *pan_refs),
        "pay_above_record": pays_more(slip["net_pay"], record, services.policy.fraud.income_gap_pct),
        "pay_changed": slip["net_pay"] > application.get("pays_shown", {}).get(month_of_pay(slip), slip["net_pay"]),
        "document_reused": await was_used_by_another(slip.get("marks", []), application, services),
    }
    return [*application.get("slip_findings", []), *(code for code, holds in found.items() if holds)]


def month_of_pay(slip: SalarySlip) -> str:
    """Whose pay of which month it is: two slips of it that tell two figures contradict each other."""
    return f"{slip['paid_on'][:7]} {' '.join(slip['employee_name'].casefold().split())}"


async def was_used_by_another(marks: list[str], application: Application, services: Services) -> bool:
    """Whether somebody else brought this document. False while nobody knows who the customer is."""
    if not marks or not application.get("kyc_verified"):
        return False
    person = services.sealer.seals("pan", cast(str, application["pan"]))
    return await services.marks.note(marks, person, services.clock.today())


def same_employer(known: str, printed: str) -> bool:
    """Whether two spellings can be one firm: the same words, or one name within the other, legal forms aside."""
    left, right = _words(known), _words(printed)
    if not left or not right:
        return known.strip().lower() == printed.strip().lower()
    if "".join(left) == "".join(right) or _initials(left, right) or _initials(right, left):
        return True
    shorter, longer = sorted((set(left), set(right)), key=len)
    return shorter <= longer and not shorter <= _ALONE_TELLS_NOTHING


def pays_more(net_pay: int, record: int | None, gap_pct: Decimal) -> bool:
    """Whether a slip shows more than the record and `gap_pct` percent on top of it; exactly as much is no more."""
    if record is None:
        return False
    with exact_arithmetic():
        return net_pay > record * (100 + gap_pct) / 100


def _words(name: str) -> list[str]:
    words = re.findall(r"[^\W_]+", name.lower().replace("&", " and ").replace(".", ""))
    return [word for word in words if word not in _LEGAL_FORM]


def _initials(short: list[str], full: list[str]) -> bool:
    """ "TCS" for three words: one run of at least three letters."""
    return len(short) == 1 and len(short[0]) > 2 and short[0] == "".join(word[0] for word in full)
