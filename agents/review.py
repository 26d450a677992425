"""Review: opens a case where a person must look, and takes what officers made of it into the conversation.

An officer's act is a turn of its own, so that it is journaled, comes in order and happens once. The officer sets
findings aside or reads a slip; what follows from that is decided by the credit policy, as ever.
"""

from typing import Any, cast

from langgraph.runtime import Runtime

from agents.application import IDENTITY, Application, merge_application
from agents.conditions import report_is_stale, without_bureau_consent, without_decision
from agents.context import Context
from agents.deciding.explaining import told_reasons
from agents.deciding.refusing import refuse_in_writing
from agents.parts import Review, SalarySlip
from agents.posting import email_of, mail
from agents.reviewing.casework import (
    ASIDE,
    answers_officer,
    as_decided,
    closed,
    is_officers_act,
    kind_of,
    needs_case,
    reasons_of,
    with_waivers,
)
from agents.services import Services
from agents.speaking import Line, line
from agents.turn import TurnState, TurnUpdate, Understood, without
from tools.audit import Facts
from tools.calendar import add_working_days
from tools.sealing import refs_of_person

WORKING_DAYS = 1

Outcome = tuple[Application, list[Line]]


async def review(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """One visit: an officer's act, a customer's answer to an officer, or a case to open."""
    application, understood, context = state["application"], state["understood"], runtime.context
    change, said = Application(), list[Line]()
    if is_officers_act(understood):
        change, said = await _take_act(cast(dict[str, Any], understood["act"]), application, context)
    elif answers_officer(application, understood):
        change, said = _take_answer(application, understood, state["messages"][-1].id or "")
        if understood.get("intent") not in ASIDE:
            understood = without(understood, *understood.get("facts", {}), intent=True)
    now = merge_application(application, change)
    if needs_case(now):
        opened = _open_review(now, understood, context)
        change = merge_application(change, Application(review=opened))
        said = [*said, line("review.opened", due_on=opened["due_on"])]
        codes = ",".join(opened["reasons"])
        facts: Facts = {"application_id": now["application_id"], "case_kind": opened["kind"], "reason_codes": codes}
        await context.services.audit.record("officer.opened", context.session_id, facts)
    if is_officers_act(understood):
        understood = Understood(**{**understood, "act": None})
    return TurnUpdate(application=change, understood=understood, said=[*state.get("said", []), *said])


def _open_review(application: Application, understood: Understood, context: Context) -> Review:
    """The case as it stands when it is opened."""
    services, upload = context.services, understood.get("upload")
    today, kind = services.clock.today(), kind_of(application)
    return Review(
        kind=kind,
        reasons=reasons_of(application, kind),
        opened_on=today.isoformat(),
        due_on=add_working_days(today, WORKING_DAYS).isoformat(),
        refs=refs_of_person(services.sealer, application.get("pan"), application.get("phone"), email_of(application)),
        question=None,
        answered_by=None,
        document_id=upload["document_id"] if upload else None,
        reading=upload["reading"] if upload else None,
    )


async def _take_act(act: dict[str, Any], application: Application, context: Context) -> Outcome:
    """An act that comes after the application was closed or begun anew changes nothing."""
    if application.get("status") != "under_review" or act["application_id"] != application["application_id"]:
        return Application(), [line("review.too_late")]
    match act["act"]:
        case "approve":
            if key := application.get("outcome_unknown"):
                await context.services.effects.settle(context.session_id, key, done=act.get("outcome") == "done")
            change, said = _approved(act, application, context)
        case "decline":
            change, said = _declined(application, context.services)
        case _:
            change, said = _asked(act, application)
    now = merge_application(application, change)
    letter, told = await refuse_in_writing(now, context)  # of a refusal only; its mail tells the outcome
    if not letter:
        await _mail(act, now, context)
    return merge_application(change, letter), [*said, *told]


def _approved(act: dict[str, Any], application: Application, context: Context) -> Outcome:
    """Back to where the application stood, with what the officer added. The policy has the next word."""
    before = application.get("review")
    if not application.get("kyc_verified"):
        return _fresh_tries(application, before)
    again = merge_application(without_decision(application), closed(before))
    again["status"] = "credit_check_pending"
    said = [line("review.approved")]
    if act.get("another_slip"):
        again = merge_application(again, as_decided(application))  # so that a slip is waited for again
        again["salary_slip"], again["slip_refusals"] = None, 0
        return again, [line("review.another_slip"), line("ask.salary_slip")]
    if act.get("slip"):
        again["salary_slip"], again["slip_refusals"] = _read_by_a_person(act["slip"], before), 0
    elif application.get("kyc_upgrade_offered"):
        again = merge_application(again, as_decided(application))
        again["credit_eligibility"] = "pending"
        return again, [*said, line("ask.kyc_upgrade")]
    if act.get("attest"):
        again["kyc_attested"] = True
    if act.get("waive"):
        again["waivers"] = with_waivers(merge_application(application, again), act["waive"])
    services = context.services
    most_days = services.policy.periods.bureau_report_max_age_days
    if report_is_stale(application, services.clock.today(), most_days):
        renewed = without_bureau_consent(merge_application(application, again))
        again = merge_application(again, renewed)
        said.append(line("kyc.report_too_old", days=most_days))
    return again, said


def _fresh_tries(application: Application, before: Review | None) -> Outcome:
    """The identity check begins again, with codes of its own."""
    again = merge_application(closed(before), cast(Application, dict.fromkeys(IDENTITY)))
    again["status"], again["credit_eligibility"] = "kyc_pending", "pending"
    again["otp"], again["identity_mismatches"], again["phone_verified"] = None, 0, False
    again["identified_as"] = None
    again["identity_rounds"] = application.get("identity_rounds", 0) + 1
    return again, [line("review.fresh_tries")]


def _read_by_a_person(slip: dict[str, Any], before: Review | None) -> SalarySlip:
    """What an officer read on the document counts without the customer's word."""
    read: dict[str, Any] = {
        "document_id": slip.get("document_id") or (before and before["document_id"]) or "",
        "employee_name": slip["employee_name"],
        "employer": slip.get("employer"),
        "net_pay": slip["net_pay"],
        "paid_on": slip["paid_on"],
        "confirmed": True,
        "pan_ref": None,
        "marks": [],
    }
    return cast(SalarySlip, read)


def _declined(application: Application, services: Services) -> Outcome:
    before = application.get("review")
    change = merge_application(closed(before), Application(status="rejected", credit_eligibility="not_eligible"))
    change["otp"] = None
    reasons = told_reasons(application.get("reason_codes", []), application["language"], services.policy)
    lines = [line("underwriting.reason", text=reason.text) for reason in reasons if reason.code]
    desk = services.desk(application["language"])
    return change, [line("review.declined"), *lines, line("review.declined_next", **desk)]


def _asked(act: dict[str, Any], application: Application) -> Outcome:
    before = application.get("review")
    if not before:
        return Application(), [line("review.too_late")]
    asked = Review(**{**before, "question": act["question"], "answered_by": None})
    return Application(review=asked), [line("review.question", question=act["question"])]


def _take_answer(application: Application, understood: Understood, message_id: str) -> Outcome:
    """The message as the answer; a paper that came as one is there to be looked at."""
    before, upload = cast(Review, application["review"]), understood.get("upload")
    answered = Review(**{**before, "question": None, "answered_by": message_id})
    if upload:
        answered["document_id"], answered["reading"] = upload["document_id"], upload["reading"]
    return Application(review=answered), [line("review.answer_noted", due_on=before["due_on"])]


async def _mail(act: dict[str, Any], application: Application, context: Context) -> None:
    """The outcome by mail, too."""
    subject, body = (
        line("mail.case_subject"),
        line(f"mail.case_{act['act']}", name=application.get("applicant_name") or ""),
    )
    await mail(f"mail:case:{act['act_id']}", subject, body, application, context)
