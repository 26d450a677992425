"""What holds of an application: the conditions that gates, routes and agents share, and what a new request undoes."""

from datetime import date
from typing import Any, cast

from agents.application import IDENTITY, Application
from tools.consents import REQUIRED, Needed
from tools.names import match_names


def consents_given(application: Application) -> bool:
    """All that a loan needs, each on its own."""
    return next_consent(application) is None


def next_consent(application: Application) -> Needed | None:
    """The purpose to ask for next."""
    given = {consent["purpose"] for consent in application.get("consents", [])}
    return next((purpose for purpose in REQUIRED if purpose not in given), None)


def decision_is_approval(application: Application) -> bool:
    """The stored decision approves just what the stored offer says."""
    decision, offer = application.get("decision"), application.get("offer")
    return bool(
        decision
        and offer
        and decision["decision"] == "APPROVE"
        and (decision["amount"], decision["months"]) == (offer["amount"], offer["months"])
    )


def offer_has_lapsed(application: Application, today: str) -> bool:
    """`today` is an ISO date. The last day of an offer still counts, and so does that of its Key Facts Statement."""
    offer, shown = application.get("offer"), application.get("key_facts")
    if offer is None:
        return False
    last = offer["valid_until"]
    if shown is not None and shown["offer_id"] == offer["offer_id"]:
        # The statement binds the lender until a day of its own, later than the offer's when it was shown later.
        last = max(last, shown.get("valid_until", ""))
    return last < today


def report_is_stale(application: Application, today: date, max_age_days: int) -> bool:
    """Whether there is a bureau report, and it has become too old to decide on."""
    report = application.get("credit_report")
    return report is not None and (today - date.fromisoformat(report["pulled_on"])).days > max_age_days


def key_facts_acknowledged(application: Application) -> bool:
    """The acknowledged statement belongs to the offer that stands."""
    key_facts, offer = application.get("key_facts"), application.get("offer")
    return bool(key_facts and offer and key_facts["acknowledged_at"] and key_facts["offer_id"] == offer["offer_id"])


def without_bureau_consent(application: Application) -> Application:
    """The consent was for one pull: another one, once the report is too old, needs a consent of its own."""
    kept = [consent for consent in application.get("consents", []) if consent["purpose"] != "bureau_pull"]
    return Application(**{**without_decision(application), "consents": kept})


def without_decision(application: Application) -> Application:
    """What no longer holds once the customer asks for something else: decision, offer and papers, not the report."""
    cleared = Application(
        credit_eligibility="pending",
        decision=None,
        alternatives=[],
        option_named=None,
        offer=None,
        offered_amount=None,
        offered_interest_rate=None,
        reason_codes=[],
        key_facts=None,
        kyc_upgrade_offered=False,
    )
    if application["status"] in {"offer_made", "offer_accepted"}:
        cleared["status"] = "credit_check_pending"
    return cleared


def contradicts_identity(facts: dict[str, Any], application: Application) -> bool:
    """Whether a detail of the verified identity is given differently."""
    if any(slot in facts and facts[slot] != application.get(slot) for slot in IDENTITY):
        return True
    name = facts.get("applicant_name")
    return name is not None and match_names(name, cast(str, application["applicant_name"])) == "mismatch"
