"""What else could be had: terms longer, shorter, smaller or larger than those on offer, each tried on the policy."""

from collections.abc import Iterator
from typing import Any

from agents.application import Application
from agents.deciding.supposing import Case, case_of
from agents.offering.choosing import OTHERS_SHOWN
from agents.services import Services
from agents.speaking import Line, line
from kb.policy import Policy
from tools.loan_maths import schedule

MOST_SHOWN = 3
_YEAR = 12
_PARTS_OF_FOUR = (3, 2, 1)


def other_terms(application: Application, facts: dict[str, Any], services: Services) -> tuple[Application, list[Line]]:
    """An answer to a wish that nothing on offer meets: what the policy would approve in that direction.

    They are shown, not offered: the customer names one, and it is decided like any other request.
    """
    wish = facts.get("offer_preference")
    case = case_of(application, services.policy, services.clock.today())
    on_offer = application.get("offer") or next(iter(application.get("alternatives", [])), None)
    if application["status"] != "offer_made" or not wish or not on_offer or case is None:
        return Application(), []
    said = list[Line]()
    for amount, months in _tried(wish, on_offer["amount"], on_offer["months"], services.policy):
        terms = _priced(case, amount, months)
        if terms and len(said) < MOST_SHOWN:
            said.append(terms)
    if not said:
        return Application(), [line("offer.other_terms")]
    shown = [line("offer.other_terms_cost"), *said, line("offer.say_terms")]
    return Application(option_named=OTHERS_SHOWN), shown


def _tried(wish: str, amount: int, months: int, policy: Policy) -> Iterator[tuple[int, int]]:
    """Amounts and months, nearest first, within the product's range."""
    product = policy.product
    match wish:
        case "longer":
            steps = [months + _YEAR, months + 2 * _YEAR, product.max_months]
            yield from ((amount, longer) for longer in sorted(set(steps)) if months < longer <= product.max_months)
        case "shorter" | "cheaper":
            steps = [months - _YEAR // 2, months - _YEAR, product.min_months]
            found = sorted({step for step in steps if product.min_months <= step < months}, reverse=True)
            yield from ((amount, shorter) for shorter in found)
        case "smaller":
            parts = (amount * part // 4 // product.amount_step * product.amount_step for part in _PARTS_OF_FOUR)
            yield from ((smaller, months) for smaller in parts if product.min_amount <= smaller < amount)
        case "larger":
            parts = (amount * (4 + part) // 4 // product.amount_step * product.amount_step for part in _PARTS_OF_FOUR)
            yield from ((larger, months) for larger in parts if larger <= product.max_amount)


def _priced(case: Case, amount: int, months: int) -> Line | None:
    decision = case.decide(amount=amount, months=months)
    if decision.decision != "APPROVE" or decision.rate_pct is None:
        return None
    interest = schedule(amount, decision.rate_pct, months).total_interest
    return line("offer.term", amount=amount, months=months, emi=decision.emi, total_interest=str(interest))
