"""Underwriting: one bureau pull, the policy's decision, its explanation. No figure here comes from a conversation."""

from datetime import date
from typing import Any, cast

from langgraph.runtime import Runtime

from agents.agenda import decision_is_due
from agents.application import Application, merge_application
from agents.conditions import report_is_stale
from agents.context import Context
from agents.deciding.credit_facts import applicant_of, request_of
from agents.deciding.doubts import to_clear_up
from agents.deciding.explaining import explain
from agents.deciding.outages import answered, with_unknown_outcome, without_answer
from agents.deciding.outcomes import outcome, what_is_asked
from agents.deciding.refusing import refuse_in_writing
from agents.deciding.slips import confirm_slip
from agents.deciding.supposing import ways_out
from agents.offering.choosing import accept_if_chosen, take_choice
from agents.offering.other_terms import other_terms
from agents.parts import CreditReport
from agents.services import Services
from agents.speaking import Line, line
from agents.turn import TurnState, TurnUpdate, Understood, without
from tools.effects import Asked, Became, Done, OutcomeUnknown
from tools.policy import decide, decide_before_bureau
from tools.policy.record import LANGUAGE, decision_record
from tools.providers.protocols import BureauReport, ProviderUnavailable

# Said instead of asking whether the offer is accepted.
ASKED_OTHERWISE = frozenset({"offer.did_you_mean", "offer.did_you_mean_this", "offer.other_terms_cost"})


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
    visit.said += _explained(understood, visit)
    if decision_is_due(visit.application):
        visit.take(*to_clear_up(visit.application, visit.services.policy, visit.today))
    if decision_is_due(visit.application):
        try:
            decision = await _decide(visit)
        except ProviderUnavailable as error:
            desk = visit.services.desk(visit.application["language"])
            visit.take(*without_answer(visit.application, error, desk, "underwriting.bureau_down"))
        except OutcomeUnknown as unknown:
            visit.take(*with_unknown_outcome(unknown, visit.services.desk(visit.application["language"])))
        else:
            visit.take(answered(visit.application), [])
            visit.take(*outcome(decision, visit.application, visit.services))
            visit.take(accept_if_chosen(visit.application, chosen), [])
            visit.take(*await refuse_in_writing(visit.application, visit.context))
    facts = cast(dict[str, Any], understood.get("facts", {}))
    if chosen.get("desired_amount"):
        facts = {}  # the wish is met
    others, shown = other_terms(visit.application, facts, visit.services)
    visit.said += _asked(state, visit, shown)
    visit.take(others, shown)
    used = without(understood, "confirm", "offer_choice", "offer_preference", intent=True)
    return TurnUpdate(application=visit.change, understood=used, said=[*state.get("said", []), *visit.said])


def _explained(understood: Understood, visit: _Visit) -> list[Line]:
    """The answer to "why" and to "what would change it"."""
    application, services = visit.application, visit.services
    match understood.get("intent"):
        case "why":
            return [line("underwriting.why"), *explain(application, services)]
        case "improve":
            if ways := ways_out(application, services):
                return ways
            return [line("underwriting.why"), *explain(application, services)]
    return []


def _asked(state: TurnState, visit: _Visit, others: list[Line]) -> list[Line]:
    """What is asked for now; `others` are terms to be shown after it. What was shown before is not shown again."""
    before, spoken = state["application"], bool(state.get("said") or visit.said or others)
    same = all(visit.application.get(field) == before.get(field) for field in ("status", "decision", "salary_slip"))
    asked = what_is_asked(visit.application, again=spoken and same)
    return asked[:-1] if any(one["key"] in ASKED_OTHERWISE for one in (*visit.said, *others)) else asked


async def _decide(visit: _Visit) -> dict[str, Any]:
    """The decision record: what went in, under which policy, what came out. The bureau is asked only if it matters."""
    application, services, policy = visit.application, visit.services, visit.services.policy
    velocity = await services.history.record(
        application.get("renews") or application["application_id"],
        services.sealer.seals("pan", cast(str, application["pan"])),
        services.sealer.seals("phone", cast(str, application["phone"])),
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
    record = decision_record(application["application_id"], applicant, request, policy, decision)
    return record | {LANGUAGE: services.language_record_for(application)}


def _has_fresh_report(application: Application, visit: _Visit) -> bool:
    max_age_days = visit.services.policy.periods.bureau_report_max_age_days
    return application.get("credit_report") is not None and not report_is_stale(application, visit.today, max_age_days)


async def _pull_report(visit: _Visit) -> Application:
    """Ask the bureau, once for an application, its consent and the time a report is good for."""
    application, services = visit.application, visit.services
    stale = application.get("credit_report")
    inquiry = f"bureau:{application['application_id']}" + (f":after:{stale['pulled_on']}" if stale else "")

    pan = cast(str, application["pan"])

    def found(report: BureauReport) -> Done:
        kept = CreditReport(
            pulled_on=visit.today.isoformat(),
            score=report.score,
            existing_emi=report.existing_emi,
            history=report.history,
        )
        return Done(dict(kept))

    async def pull() -> Done:
        return found(await services.providers.bureau.pull(pan, inquiry=inquiry))

    async def inquire() -> Became:
        became = await services.providers.bureau.inquire(pan, inquiry=inquiry)
        return became if isinstance(became, str) else found(became)

    asked = Asked(inquiry, {"pan": pan}, inquire)
    report = cast(CreditReport, await services.effects.once(visit.context.session_id, asked, pull))
    return Application(credit_report=report, credit_score=report["score"])
