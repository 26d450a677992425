"""KYC: the consents, then PAN, birth date and mobile against the register, a one-time code, what the level allows."""

from typing import Any, cast

from langgraph.runtime import Runtime

from agents.agenda import OWNER, awaiting
from agents.application import IDENTITY
from agents.conditions import next_consent
from agents.context import Context
from agents.deciding.outages import answered, with_unknown_outcome, without_answer
from agents.turn import TurnState, TurnUpdate, without
from agents.verifying import lockout
from agents.verifying.codes import check_code, send_code
from agents.verifying.consent import take_consent
from agents.verifying.identity import identify, take_identity
from agents.verifying.levels import concerns_level, raise_level
from agents.verifying.visit import Visit
from tools.effects import OutcomeUnknown
from tools.providers.protocols import CustomerRecord, ProviderUnavailable, RegisteredPerson


async def kyc(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """One visit: take what was given, do what can be done with it, ask for what is missing."""
    visit = Visit(state["application"], state["understood"], runtime.context)
    if visit.before["status"] == "initiated":
        visit.note(status="kyc_pending")
        visit.say("kyc.introduction")
    await take_consent(visit)
    take_identity(visit)
    try:
        if not visit.now.get("kyc_verified"):
            await _verify(visit)
        elif concerns_level(visit):
            await raise_level(visit)
    except ProviderUnavailable as error:
        change, said = without_answer(visit.now, error, visit.services.desk(visit.now["language"]), "kyc.provider_down")
        visit.note(**change)
        visit.said += said
    except OutcomeUnknown as unknown:
        change, said = with_unknown_outcome(unknown, visit.services.desk(visit.now["language"]))
        visit.note(**change)
        visit.said += said
    else:
        _ask(visit)
    used = without(visit.understood, "confirm", "otp", "kyc_route", *IDENTITY, "pan_invalid", "phone_invalid")
    return TurnUpdate(application=visit.change, understood=used, said=[*state.get("said", []), *visit.said])


async def _verify(visit: Visit) -> None:
    """Register, one-time code, records and screening. Nothing is looked up without the consents."""
    application = visit.now
    if application["status"] != "kyc_pending" or next_consent(application):
        return
    if any(application.get(slot) is None for slot in (*IDENTITY, "applicant_name")):
        return
    if await lockout.is_locked(visit):
        visit.hand_over("IDENTITY-LOCKED")
        return
    if not application.get("otp") or application.get("identified_as") != application["applicant_name"]:
        person = await identify(visit)
        if person is None:
            return
    if not application.get("otp"):
        await send_code(visit)
        return
    if not application.get("phone_verified"):
        if not await check_code(visit):
            return
        visit.note(phone_verified=True)
    # Of a code that was right nothing is asked again, also when a provider then gives no answer.
    person = await identify(visit)
    if person is not None:
        await _complete(visit, person)


async def _complete(visit: Visit, person: RegisteredPerson) -> None:
    """The person is who they say. Screen, fetch the records, note the KYC level."""
    services = visit.services
    listed = await services.providers.screening.is_listed(person)
    record = await services.providers.records.record(person.customer_id)
    await lockout.passed(visit)
    visit.note(
        applicant_name=person.name,
        otp=None,
        kyc_verified=True,
        kyc_mode=record.kyc_mode,
        customer=_as_facts(record),
        list_hit=listed,
        status="credit_check_pending",
        **answered(visit.now),
    )
    visit.say("kyc.verified", name=person.name)


def _as_facts(record: CustomerRecord) -> dict[str, Any]:
    return {field: value for field, value in record._asdict().items() if field != "kyc_mode"}


def _ask(visit: Visit) -> None:
    application = visit.now
    fields = awaiting(application)
    asked_already = any(one["key"] in {"kyc.details_do_not_match", "kyc.upgrade_declined"} for one in visit.said)
    if asked_already or not fields or OWNER[fields[0]] != "kyc":
        return
    if fields[0] == "consent":
        visit.say(f"consent.{next_consent(application)}")
    elif fields[0] == "otp":
        if not any(one["key"].startswith("kyc.") for one in visit.said):
            visit.say("ask.otp", phone_end=cast(str, application["phone"])[-4:])
    elif set(fields) == set(IDENTITY):
        visit.say("ask.identity")
    else:
        visit.say(f"ask.{fields[0]}")
