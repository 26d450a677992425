"""KYC levels. A one-time code is the weakest; video KYC or the Central KYC record lift its cap on a year's loans."""

from datetime import date
from typing import Any, Literal, cast

from agents.application import CLOSED, Application
from agents.parts import KycStep
from agents.verifying.visit import Visit
from tools.effects import Asked, Became, Done
from tools.names import match_names
from tools.providers.protocols import CkycRecord

LIFTED_BY_A_STEP = "otp_ekyc"
VIDEO_TRIES = 2


def concerns_level(visit: Visit) -> bool:
    """Whether this visit is about a higher level: one is offered, or the customer asks for one."""
    if visit.before.get("kyc_upgrade_offered"):
        return True
    return bool(visit.facts.get("kyc_route")) and visit.before["status"] not in CLOSED


async def raise_level(visit: Visit) -> None:
    """Take the customer's word on a higher level. Raises ProviderUnavailable, OutcomeUnknown."""
    route, answer = visit.facts.get("kyc_route"), visit.facts.get("confirm")
    asked = visit.understood.get("asked") == "kyc_upgrade"
    if visit.understood.get("intent") == "why" and visit.before.get("kyc_upgrade_offered"):
        visit.say("underwriting.kyc_level", cap=visit.services.policy.kyc.otp_ekyc_annual_cap)
    if asked and answer == "no":
        _step(visit, "declined")
        visit.say("kyc.upgrade_declined")
    elif route and (visit.before.get("kyc_mode") != LIFTED_BY_A_STEP or visit.before["status"] == "offer_accepted"):
        visit.say("kyc.level_is_enough")
    elif route == "ckyc":
        await _central_record(visit)
    elif route == "vcip" or (asked and answer == "yes"):
        await _video_call(visit)


async def _central_record(visit: Visit) -> None:
    """Asking for it by name is the consent to fetch it."""
    application = visit.before
    record = await visit.services.providers.ckyc.fetch(cast(str, application["pan"]))
    if record is None or not _is_of(record, visit):
        _step(visit, "not_found", route="ckyc")
        visit.say("kyc.ckyc_not_found")
    elif _is_stale(record, visit):
        _step(visit, "stale", route="ckyc")
        visit.say("kyc.ckyc_stale")
    else:
        _step(visit, "passed", route="ckyc")
        _lift(visit, "ckyc")
        visit.say("kyc.ckyc_used", number_end=record.number_end)


def _is_of(record: CkycRecord, visit: Visit) -> bool:
    """The record is the verified person's; a name or birth date that differs makes it useless."""
    application = visit.before
    same_name = match_names(record.name, cast(str, application["applicant_name"])) == "match"
    return same_name and record.date_of_birth.isoformat() == application["date_of_birth"]


def _is_stale(record: CkycRecord, visit: Visit) -> bool:
    today: date = visit.services.clock.today()
    return (today - record.verified_on).days > visit.services.policy.kyc.ckyc_max_age_days


async def _video_call(visit: Visit) -> None:
    """One call with an official of the lender, who decides. It may be missed, failed or put off."""
    application, services = visit.before, visit.services
    tries = _counted(application, "tries") + 1
    person_id = cast(dict[str, Any], application["customer"])["customer_id"]

    async def call() -> Done:
        return Done({"outcome": await services.providers.video_kyc.call(person_id, attempt=tries)})

    async def inquire() -> Became:
        match became := await services.providers.video_kyc.outcome_of(person_id, attempt=tries):
            case "not_done" | "not_known":
                return became
            case _:
                return Done({"outcome": became})

    asked = Asked(f"vcip:{application['application_id']}:{tries}", {"person": person_id}, inquire)
    outcome = (await services.effects.once(visit.context.session_id, asked, call))["outcome"]
    match outcome:
        case "passed":
            _step(visit, "passed", tries=tries)
            _lift(visit, "vcip")
            visit.say("kyc.upgraded")
        case "busy":
            _step(visit, "scheduled", tries=tries)
            visit.say("kyc.video_scheduled")
        case "no_show":
            _step(visit, "no_show", tries=tries)
            visit.say("kyc.video_missed")
        case _:
            failures = _counted(application, "failures") + 1
            _step(visit, "failed", tries=tries, failures=failures)
            if failures >= VIDEO_TRIES:
                visit.hand_over("VIDEO-KYC-FAILED")
            else:
                visit.say("kyc.video_failed")


def _step(
    visit: Visit, state: str, *, route: str = "vcip", tries: int | None = None, failures: int | None = None
) -> None:
    step = {"route": route, "state": state, "on": visit.services.clock.today().isoformat()}
    counted = {
        "tries": _counted(visit.before, "tries") if tries is None else tries,
        "failures": _counted(visit.before, "failures") if failures is None else failures,
    }
    visit.note(kyc_step=cast(KycStep, step | counted))


def _lift(visit: Visit, mode: str) -> None:
    """A decision that waited for a higher level is due again; one that did not stands."""
    visit.note(kyc_mode=mode)
    if visit.before.get("kyc_upgrade_offered"):
        visit.note(kyc_upgrade_offered=False, decision=None, reason_codes=[])


def _counted(application: Application, what: Literal["tries", "failures"]) -> int:
    step = application.get("kyc_step")
    return step[what] if step else 0
