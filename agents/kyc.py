"""KYC: two consents, then PAN, birth date and mobile against the register, a one-time code, what the level allows."""

from datetime import timedelta
from typing import Any, cast

from langgraph.runtime import Runtime

from agents.agenda import OWNER, awaiting
from agents.application import IDENTITY, Application, OtpChallenge
from agents.conditions import contradicts_identity, next_consent
from agents.context import Context
from agents.speaking import line, phrasebook
from agents.turn import TurnState, TurnUpdate, without
from agents.verifying.consent import take_consent
from agents.verifying.visit import Visit
from tools.mail import Message
from tools.names import match_names
from tools.providers.protocols import CustomerRecord, ProviderUnavailable, RegisteredPerson

OTP_TRIES = 3
OTP_SENDS = 3
OTP_MINUTES = 10
IDENTITY_TRIES = 3


async def kyc(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """One visit: take what was given, do what can be done with it, ask for what is missing."""
    visit = Visit(state["application"], state["understood"], runtime.context)
    if visit.before["status"] == "initiated":
        visit.note(status="kyc_pending")
        visit.say("kyc.introduction")
    take_consent(visit)
    _take_identity(visit)
    try:
        if visit.now.get("kyc_upgrade_offered"):
            await _upgrade(visit)
        elif not visit.now.get("kyc_verified"):
            await _verify(visit)
    except ProviderUnavailable:
        visit.say("kyc.provider_down")
    else:
        _ask(visit)
    used = without(visit.understood, "confirm", "otp", *IDENTITY, "pan_invalid", "phone_invalid")
    return TurnUpdate(application=visit.change, understood=used, said=[*state.get("said", []), *visit.said])


def _take_identity(visit: Visit) -> None:
    if visit.before.get("kyc_verified"):
        if contradicts_identity(visit.facts, visit.before):
            visit.say("kyc.already_verified")
        return
    given = {slot: visit.facts[slot] for slot in IDENTITY if slot in visit.facts}
    if any(visit.before.get(slot) not in {None, value} for slot, value in given.items()):
        given["otp"] = None  # a code sent for other details proves nothing
    visit.note(**given)
    if "pan_invalid" in visit.facts:
        visit.say(f"kyc.pan_{visit.facts['pan_invalid'].lower()}")
    if "phone_invalid" in visit.facts:
        visit.say("kyc.phone_invalid")


async def _verify(visit: Visit) -> None:
    """Register, then one-time code. Nothing is looked up without both consents."""
    application = visit.now
    if application["status"] != "kyc_pending" or next_consent(application):
        return
    if any(application.get(slot) is None for slot in IDENTITY):
        return
    person = await visit.services.providers.register.find(cast(str, application["pan"]))
    if person is None or not _details_agree(person, application):
        _mismatch(visit, "kyc.details_do_not_match", dict.fromkeys(IDENTITY))
    elif match_names(cast(str, application["applicant_name"]), person.name) != "match":
        _mismatch(visit, "kyc.name_differs", {"applicant_name": None})
    elif application.get("otp"):
        await _check_code(visit, person)
    else:
        await _send_code(visit, sent=0)


def _details_agree(person: RegisteredPerson, application: Application) -> bool:
    return (person.date_of_birth.isoformat(), person.phone) == (application["date_of_birth"], application["phone"])


def _mismatch(visit: Visit, key: str, cleared: dict[str, None]) -> None:
    """Ask again without telling which detail was wrong; after three tries a person takes over."""
    tries = visit.now.get("identity_mismatches", 0) + 1
    visit.note(identity_mismatches=tries)
    if tries >= IDENTITY_TRIES:
        _hand_over(visit)
    else:
        visit.note(**cleared)
        visit.say(key)


def _hand_over(visit: Visit) -> None:
    visit.note(status="under_review", credit_eligibility="manual_review", otp=None)
    visit.say("kyc.locked", **visit.services.desk)


async def _send_code(visit: Visit, *, sent: int) -> None:
    """Send a code to the verified mobile. A turn run again finds the code already sent."""
    application, services = visit.now, visit.services
    key = f"otp:{application['application_id']}:{services.sealer.seal('phone', cast(str, application['phone']))}:{sent}"

    async def send() -> dict[str, Any]:
        code, now = services.one_time_code(), services.clock.now()
        await services.carrier.send(
            Message(
                # Of the code too: sent again after a crash it is a new one, and a carrier drops an id it knows.
                id=services.sealer.seal("message", f"{key}:{code}"),
                session_id=visit.context.session_id,
                channel="sms",
                to=cast(str, application["phone"]),
                subject="",
                body=phrasebook(application["language"]).phrase(line("sms.code", code=code, minutes=OTP_MINUTES)),
                created_at=now,
            )
        )
        expires = now + timedelta(minutes=OTP_MINUTES)
        return {"seal": services.sealer.seal(key, code), "expires_at": expires.isoformat(timespec="seconds")}

    done = await services.effects.once(visit.context.session_id, key, send)
    earlier = application.get("otp")
    tries = earlier["tries_left"] if earlier else OTP_TRIES
    challenge = OtpChallenge(key=key, seal=done["seal"], expires_at=done["expires_at"], sent=sent + 1, tries_left=tries)
    visit.note(otp=challenge)
    visit.say("kyc.code_sent", phone_end=cast(str, application["phone"])[-4:])


async def _check_code(visit: Visit, person: RegisteredPerson) -> None:
    otp = cast(OtpChallenge, visit.now["otp"])
    if visit.understood.get("intent") == "resend":
        if otp["sent"] < OTP_SENDS:
            await _send_code(visit, sent=otp["sent"])
        else:
            visit.say("kyc.no_more_codes")
        return
    code = visit.facts.get("otp")
    if code is None:
        return
    if visit.services.clock.now().isoformat(timespec="seconds") > otp["expires_at"]:
        visit.say("kyc.code_expired")
        if otp["sent"] < OTP_SENDS:
            await _send_code(visit, sent=otp["sent"])
        else:
            _hand_over(visit)
    elif visit.services.sealer.matches(otp["key"], code, otp["seal"]):
        await _complete(visit, person)
    elif otp["tries_left"] > 1:
        left = otp["tries_left"] - 1
        visit.note(otp=OtpChallenge(**{**otp, "tries_left": left}))
        visit.say("kyc.wrong_code", left=left)
    else:
        _hand_over(visit)


async def _complete(visit: Visit, person: RegisteredPerson) -> None:
    """The code was right: the person is who they say. Fetch the records, screen, note the KYC level."""
    services = visit.services
    record = await services.providers.records.record(person.customer_id)
    visit.note(
        applicant_name=person.name,
        otp=None,
        phone_verified=True,
        kyc_verified=True,
        kyc_mode=record.kyc_mode,
        customer=_as_facts(record),
        list_hit=await services.providers.screening.is_listed(person),
        status="credit_check_pending",
    )
    visit.say("kyc.verified", name=person.name)


def _as_facts(record: CustomerRecord) -> dict[str, Any]:
    return {field: value for field, value in record._asdict().items() if field != "kyc_mode"}


async def _upgrade(visit: Visit) -> None:
    """Video KYC lifts the cap of the one-time-code route; a smaller amount stays possible."""
    answer = visit.facts.get("confirm")
    if visit.understood.get("intent") == "why":
        visit.say("underwriting.kyc_level", cap=visit.services.policy.kyc.otp_ekyc_annual_cap)
    if visit.understood.get("asked") != "kyc_upgrade" or answer is None:
        return
    if answer == "no":
        visit.say("kyc.upgrade_declined")
    elif await visit.services.providers.video_kyc.verify(cast(dict[str, Any], visit.before["customer"])["customer_id"]):
        visit.note(kyc_mode="vcip", kyc_upgrade_offered=False, decision=None, reason_codes=[])
        visit.say("kyc.upgraded")
    else:
        _hand_over(visit)


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
