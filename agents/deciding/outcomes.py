"""What a decision means for the application, and what the customer is told and asked."""

from typing import Any

from agents.application import Application, merge_application
from agents.deciding.explaining import explain
from agents.deciding.slips import slip_lines
from agents.offering.offers import alternatives_of, offer_lines, offer_of
from agents.services import Services
from agents.speaking import Line, line


def outcome(decision: dict[str, Any], application: Application, services: Services) -> tuple[Application, list[Line]]:
    """What the decision means for the application, and what the customer is told."""
    unusable: list[Line] = []
    change = Application(
        decision=decision,
        reason_codes=decision["reasons"],
        offered_amount=decision["amount"],
        offered_interest_rate=None if decision["amount"] is None else float(decision["rate_pct"]),
    )
    if "R-SLIP" in decision["reasons"] and application.get("salary_slip"):
        change["salary_slip"] = None  # the policy counts a slip of another time as none
        unusable = [line("slip.out_of_date", days=services.policy.periods.salary_slip_max_age_days)]
    reasons = explain(merge_application(application, change), services)
    desk = services.desk(application["language"])
    match decision["decision"]:
        case "APPROVE":
            change["offer"] = offer_of(decision, services.policy, services.lender, services.clock.today())
            change["credit_eligibility"], change["status"] = "eligible", "offer_made"
            return change, []
        case "COUNTER_OFFER":
            change["alternatives"] = alternatives_of(decision, services.policy)
            change["credit_eligibility"], change["status"] = "counter_offer", "offer_made"
            return change, [*unusable, line("underwriting.not_as_asked"), *reasons]
        case "NEEDS_DOCUMENT":
            change["credit_eligibility"] = "needs_document"
            return change, unusable or [line("underwriting.needs_document")]
        case "MANUAL_REVIEW":
            change["credit_eligibility"], change["status"] = "manual_review", "under_review"
            return change, [line("underwriting.review"), *reasons, line("underwriting.review_next", **desk)]
        case "DECLINE":
            change["credit_eligibility"], change["status"] = "not_eligible", "rejected"
            return change, [line("underwriting.declined"), *reasons, *_after_a_refusal(application, services)]
    if "R-KYC-LEVEL" in decision["reasons"]:
        change["kyc_upgrade_offered"] = True
        return change, [line("underwriting.kyc_level", cap=services.policy.kyc.otp_ekyc_annual_cap)]
    if "R-KYC-PENDING" in decision["reasons"]:
        change["credit_eligibility"], change["status"] = "manual_review", "under_review"
        return change, [line("underwriting.kyc_pending"), line("underwriting.review_next", **desk)]
    to_correct = {"R-AMT-MIN": "desired_amount", "R-TENURE-RANGE": "loan_term_months"}
    change["to_correct"] = [to_correct[code] for code in decision["reasons"] if code in to_correct]
    return change, reasons


def _after_a_refusal(application: Application, services: Services) -> list[Line]:
    """Where the report can be seen and corrected, if one was asked for; and the way to a person."""
    bureau = services.lender.in_language(application["language"]).bureau
    report = [line("underwriting.declined_bureau", bureau=bureau.name, website=bureau.website)]
    desk = services.desk(application["language"])
    return [*(report if application.get("credit_report") else []), line("underwriting.declined_next", **desk)]


def what_is_asked(application: Application, *, again: bool = False) -> list[Line]:
    """What underwriting waits for, said with everything the customer needs to answer; `again` without the offer."""
    slip, status = application.get("salary_slip"), application["status"]
    if slip and not slip["confirmed"] and status in {"credit_check_pending", "offer_made"}:
        return slip_lines(application)
    if status == "offer_made":
        return offer_lines(application)[-1:] if again else offer_lines(application)
    if application.get("kyc_upgrade_offered"):
        return [line("ask.kyc_upgrade")]
    if status == "credit_check_pending" and "R-SLIP" in application.get("reason_codes", []) and not slip:
        return [line("ask.salary_slip")]
    return []
