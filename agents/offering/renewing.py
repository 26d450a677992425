"""A fresh look after an offer has lapsed: a new application with what is known, so that nothing is asked again."""

from datetime import date

from agents.application import Application, Identity, Need, new_application
from agents.conditions import report_is_stale, without_bureau_consent
from agents.speaking import Line
from agents.turn import Understood
from kb.policy import Policy

# Of the need and the identity all is kept but what belongs to one conversation's course.
_LEFT_BEHIND = frozenset(
    {"to_correct", "to_confirm", "human_requested", "consent_refusals", "otp", "kyc_upgrade_offered"}
)
_KEPT = (Need.__annotations__.keys() | Identity.__annotations__.keys()) - _LEFT_BEHIND
_PAPERS = (
    *("credit_report", "credit_score", "salary_slip"),
    *("slip_findings", "pays_shown", "slip_refusals", "income_before_slip"),
)


def wants_a_fresh_offer(application: Application, understood: Understood, said: list[Line]) -> bool:
    """Asked for, agreed to, or named in figures, once the customer has been told that the offer lapsed."""
    told_just_now = any(one["key"] == "status.expired" for one in said)
    if application.get("status") != "expired" or told_just_now:
        return False
    named = {"desired_amount", "loan_term_months"} & understood.get("facts", {}).keys()
    return understood.get("intent") in {"renew", "yes"} or bool(named)


def renewed(application: Application, application_id: str, today: date, policy: Policy) -> Application:
    """The new application, ready for its decision. A report too old needs a consent of its own to be pulled anew."""
    fresh = new_application(application_id, today.isoformat(), application["language"])
    kept = {name: application[name] for name in (*_KEPT, *_PAPERS) if name in application}  # type: ignore[literal-required]
    first = application.get("renews") or application["application_id"]  # a renewal is no further application
    again = Application(**{**fresh, **kept, "renews": first, "status": "credit_check_pending"})  # type: ignore[typeddict-item]
    if report_is_stale(again, today, policy.periods.bureau_report_max_age_days):
        again = Application(**{**again, **without_bureau_consent(again)})
    return again
