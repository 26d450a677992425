"""Underwriting: one bureau pull, the policy's decision, its explanation. No figure here comes from a conversation."""

import hashlib
import json
from datetime import date
from typing import Any, cast

from langgraph.runtime import Runtime

from agents.agenda import decision_is_due
from agents.application import Application, CreditReport, merge_application
from agents.conditions import report_is_stale
from agents.context import Context
from agents.credit_facts import applicant_of, request_of, snapshot
from agents.offers import accept_if_chosen, alternatives_of, offer_lines, offer_of, take_choice
from agents.services import Services
from agents.slips import confirm_slip, slip_lines
from agents.speaking import Line, line
from agents.turn import TurnState, TurnUpdate, without
from tools.policy import decide, decide_before_bureau
from tools.policy.texts import Language, customer_reasons
from tools.providers.protocols import ProviderUnavailable


class _Visit:
    """One visit: the application as it stands, what changed of it, and what is to be said."""

    def __init__(self, application: Application, context: Context) -> None:
        self.application = application
        self.context = context
        self.services: Services = context.services
        self.today: date = context.services.clock.today()
        self.change = Application()
        self.said: list[Line] = []

    def take(self, change: Application, said: list[Line]) -> None:
        self.change = merge_application(self.change, change)
        self.application = merge_application(self.application, change)
        self.said += said


async def underwriting(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """One visit: take the customer's word on a slip or an offer, decide if a decision is due, explain, ask."""
    understood = state["understood"]
    visit = _Visit(state["application"], runtime.context)
    visit.take(*await confirm_slip(visit.application, understood, visit.services))
    chosen, said = take_choice(visit.application, understood)
    visit.take(chosen, said)
    if understood.get("intent") == "why":
        visit.said += [line("underwriting.why"), *explain(visit.application, visit.services)]
    if decision_is_due(visit.application):
        try:
            decision = await _decide(visit)
        except ProviderUnavailable:
            visit.said.append(line("underwriting.bureau_down"))
        else:
            visit.take(*_outcome(decision, visit))
            visit.take(accept_if_chosen(visit.application, chosen), [])
    visit.said += _ask(visit.application)
    used = without(understood, "confirm", "offer_choice", "offer_preference", intent=True)
    return TurnUpdate(application=visit.change, understood=used, said=[*state.get("said", []), *visit.said])


def explain(application: Application, services: Services) -> list[Line]:
    """The decision's reasons in plain words, each with what would change it where that is true."""
    language = cast(Language, application["language"])
    reasons = customer_reasons(services.policy, application.get("reason_codes", []), language)
    return [line("underwriting.reason", text=f"{reason.text} {reason.helps or ''}".strip()) for reason in reasons]


async def _decide(visit: _Visit) -> dict[str, Any]:
    """The decision record: what went in, under which policy, what came out. The bureau is asked only if it matters."""
    application, services, policy = visit.application, visit.services, visit.services.policy
    velocity = await services.history.record(
        application["application_id"],
        services.sealer.seal("pan", cast(str, application["pan"])),
        services.sealer.seal("phone", cast(str, application["phone"])),
        visit.today,
    )
    preapproved = await services.providers.offers.offer(cast(dict[str, Any], application["customer"])["customer_id"])
    applicant, request = applicant_of(application, preapproved, velocity), request_of(application, visit.today)
    decision = decide_before_bureau(applicant, request, policy, visit.today)
    if decision is None:
        if not _has_fresh_report(application, visit):
            visit.take(await _pull_report(visit), [])
            applicant = applicant_of(visit.application, preapproved, velocity)
        decision = decide(applicant, request, policy, visit.today)
    record = {
        "application_id": application["application_id"],
        "inputs": snapshot(applicant, request),
        **decision.as_dict(),
    }
    canonical = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return {"decision_id": hashlib.sha256(canonical.encode()).hexdigest()[:16].upper(), **record}


def _has_fresh_report(application: Application, visit: _Visit) -> bool:
    max_age_days = visit.services.policy.periods.bureau_report_max_age_days
    return application.get("credit_report") is not None and not report_is_stale(application, visit.today, max_age_days)


async def _pull_report(visit: _Visit) -> Application:
    """Ask the bureau, once for an application, its consent and the time a report is good for."""
    application, services = visit.application, visit.services
    stale = application.get("credit_report")
    inquiry = f"bureau:{application['application_id']}" + (f":after:{stale['pulled_on']}" if stale else "")

    async def pull() -> dict[str, Any]:
        report = await services.providers.bureau.pull(cast(str, application["pan"]), inquiry=inquiry)
        return dict(
            CreditReport(
                pulled_on=visit.today.isoformat(),
                score=report.score,
                existing_emi=report.existing_emi,
                history=report.history,
            )
        )

    report = cast(CreditReport, await services.effects.once(visit.context.session_id, inquiry, pull))
    return Application(credit_report=report, credit_score=report["score"])


def _outcome(decision: dict[str, Any], visit: _Visit) -> tuple[Application, list[Line]]:
    """What the decision means for the application, and what the customer is told."""
    services = visit.services
    unusable: list[Line] = []
    change = Application(
        decision=decision,
        reason_codes=decision["reasons"],
        offered_amount=decision["amount"],
        offered_interest_rate=None if decision["amount"] is None else float(decision["rate_pct"]),
    )
    if "R-SLIP" in decision["reasons"] and visit.application.get("salary_slip"):
        change["salary_slip"] = None  # the policy counts a slip of another time as none
        unusable = [line("slip.out_of_date", days=services.policy.periods.salary_slip_max_age_days)]
    reasons = explain(merge_application(visit.application, change), services)
    desk = services.desk
    match decision["decision"]:
        case "APPROVE":
            change["offer"] = offer_of(decision, services.policy, services.lender, visit.today)
            change["credit_eligibility"], change["status"] = "eligible", "offer_made"
            return change, []
        case "COUNTER_OFFER":
            change["alternatives"] = alternatives_of(decision)
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
            return change, [line("underwriting.declined"), *reasons, line("underwriting.declined_next", **desk)]
    if "R-KYC-LEVEL" in decision["reasons"]:
        change["kyc_upgrade_offered"] = True
        return change, [line("underwriting.kyc_level", cap=services.policy.kyc.otp_ekyc_annual_cap)]
    if "R-KYC-PENDING" in decision["reasons"]:
        change["credit_eligibility"], change["status"] = "manual_review", "under_review"
        return change, [line("underwriting.review"), *reasons, line("underwriting.review_next", **desk)]
    to_correct = {"R-AMT-MIN": "desired_amount", "R-TENURE-RANGE": "loan_term_months"}
    change["to_correct"] = [to_correct[code] for code in decision["reasons"] if code in to_correct]
    return change, reasons


def _ask(application: Application) -> list[Line]:
    """What underwriting waits for, said with everything the customer needs to answer."""
    slip, status = application.get("salary_slip"), application["status"]
    if slip and not slip["confirmed"] and status in {"credit_check_pending", "offer_made"}:
        return slip_lines(application)
    if status == "offer_made":
        return offer_lines(application)
    if application.get("kyc_upgrade_offered"):
        return [line("ask.kyc_upgrade")]
    if status == "credit_check_pending" and "R-SLIP" in application.get("reason_codes", []) and not slip:
        return [line("ask.salary_slip")]
    return []
