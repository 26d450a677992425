"""Noting: what the customer said of need and person enters the application, or is answered where it may not."""

from typing import Any, cast

from agents.agenda import PROFILE
from agents.application import Application, merge_application
from agents.conditions import contradicts_identity, without_decision
from agents.deciding.doubts import doubtful, stated_of_oneself, take_answers
from agents.offering.calculation import estimate
from agents.offering.choosing import OTHERS_SHOWN
from agents.speaking import Line, line
from kb.policy import Policy

NEED_FACTS = ("desired_amount", "loan_term_months", "purpose", "applicant_name")
PROFILE_FACTS = {field: declared for field, (declared, _) in PROFILE.items()} | {"address": "address"}
RANGES = ("desired_amount_range", "loan_term_months_range")
DECIDED_ON = {"desired_amount", "loan_term_months", "existing_emi_declared"}  # said anew, these undo a decision
REMARKS = (
    "stated_credit_score",
    "requested_rate_pct",
    "better_rate",
    "max_emi",
    "annual_income",
    "aadhaar_last4",
    "citizenship",
    "age",
)


def note(
    facts: dict[str, Any], application: Application, change: Application, policy: Policy
) -> tuple[Application, list[Line]]:
    """Record what was said of need and person, and what to say of it."""
    noted: dict[str, Any] = {}
    for slot in NEED_FACTS:
        value = as_phrase(facts[slot]) if slot == "purpose" and slot in facts else facts.get(slot)
        if value is not None and value != application.get(slot):
            noted[slot] = value
    said: list[Line] = []
    if application.get("kyc_verified") and contradicts_identity(facts, application):
        said.append(line("kyc.already_verified"))
    if application.get("kyc_verified"):
        noted.pop("applicant_name", None)
    declared_anew = _declared(facts, application)
    of_oneself = merge_application(stated_of_oneself(facts, application), take_answers(facts, application))
    change = merge_application(merge_application(change, cast(Application, declared_anew)), of_oneself)
    if declared_anew and application.get("decision"):
        said.append(line("noted.detail"))
    said += [line(f"sales.which_{slot}", low=facts[slot][0], high=facts[slot][1]) for slot in RANGES if slot in facts]

    if "max_emi" in facts and application.get("offer"):
        change["option_named"] = OTHERS_SHOWN  # what would fit is shown beside the offer: a mere yes is asked back
    decided_on = DECIDED_ON & (noted.keys() | declared_anew.keys())
    doubts = doubtful(merge_application(application, change), policy) if declared_anew else {}
    if application.get("decision") and (decided_on or doubts or "stated" in of_oneself):
        change = merge_application(change, without_decision(application))
    if not noted:
        return change, said
    change = merge_application(change, cast(Application, noted))
    request = merge_application(application, change)
    problems = _problems(request, policy)
    change["to_correct"] = list(problems)
    return change, [*_acknowledge(noted, application, policy, problems), *problems.values(), *said]


def _declared(facts: dict[str, Any], application: Application) -> dict[str, Any]:
    """What the customer says of themselves that was not known; the EMI of what is on offer is none they already pay."""
    said = {declared: facts[slot] for slot, declared in PROFILE_FACTS.items() if slot in facts}
    offer = application.get("offer")
    offered = {option["emi"] for option in (*application.get("alternatives", []), *([offer] if offer else []))}
    if said.get("existing_emi_declared") in offered:
        del said["existing_emi_declared"]
    return {declared: value for declared, value in said.items() if value != application.get(declared)}


def _acknowledge(noted: dict[str, Any], before: Application, policy: Policy, problems: dict[str, Line]) -> list[Line]:
    """Say what was noted, but promise nothing of what is out of range."""
    said = []
    for slot, value in noted.items():
        if slot == "desired_amount" and value > policy.product.max_amount:
            said.append(line("sales.amount_above_max", value=value, maximum=policy.product.max_amount))
        elif slot not in problems:
            said.append(line(f"{'noted' if before.get(slot) is None else 'corrected'}.{slot}", value=value))
    return said


def _problems(application: Application, policy: Policy) -> dict[str, Line]:
    """What cannot be asked for, and what to say of it: an amount too small, a tenure out of range."""
    product, found = policy.product, dict[str, Line]()
    amount, months = application.get("desired_amount"), application.get("loan_term_months")
    if amount is not None and amount < product.min_amount:
        found["desired_amount"] = line("sales.amount_below_min", **limits(policy))
    if months is not None and not product.min_months <= months <= product.max_months:
        found["loan_term_months"] = line("sales.tenure_out_of_range", **limits(policy))
    return found


def remarks(facts: dict[str, Any], application: Application, policy: Policy) -> list[Line]:
    """Things customers mention that change nothing: say so, once, where they did."""
    said = []
    if "stated_credit_score" in facts:
        said.append(line("sales.score_comes_from_bureau"))
    if "requested_rate_pct" in facts or "better_rate" in facts:
        said.append(_rate_is_by_policy(application, policy))
    if "annual_income" in facts and application.get("monthly_income_declared") is None:
        said.append(line("sales.need_net_monthly_income"))
    if "aadhaar_last4" in facts:
        said.append(line("sales.aadhaar_not_needed"))
    if "max_emi" in facts:
        said += estimate({"emi": facts["max_emi"]}, application, policy)
        said += [line("offer.say_terms")] if application["status"] == "offer_made" else []
    return said


def _rate_is_by_policy(application: Application, policy: Policy) -> Line:
    """A wish for another rate is answered; it moves none."""
    rate = (application.get("decision") or {}).get("rate_pct")
    return line("offer.rate_is_fixed", rate=rate) if rate else line("sales.rate_by_policy", **limits(policy))


def as_phrase(purpose: str) -> str:
    """`home_renovation` reads `Home renovation`."""
    return purpose.replace("_", " ").capitalize()


def limits(policy: Policy) -> dict[str, Any]:
    product = policy.product
    return {
        "min_amount": product.min_amount,
        "max_amount": product.max_amount,
        "min_months": product.min_months,
        "max_months": product.max_months,
        "min_rate": str(product.min_rate_pct),
        "max_rate": str(product.max_rate_pct),
    }
