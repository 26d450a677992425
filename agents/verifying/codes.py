"""One-time codes to the mobile on record."""

from datetime import timedelta
from typing import cast

from agents.parts import OtpChallenge
from agents.speaking import line, phrasebook
from agents.verifying import lockout
from agents.verifying.visit import Visit
from tools.effects import Asked, Done
from tools.mail import Message, Posting

OTP_TRIES = lockout.TRIES
OTP_SENDS = 3
OTP_MINUTES = 10


async def send_code(visit: Visit) -> None:
    """Send a code, the first or another one. A turn run again finds the code already sent."""
    application, services = visit.now, visit.services
    earlier = application.get("otp")
    number = earlier["sent"] if earlier else 0
    if not await lockout.may_send(visit):
        visit.hand_over("CODES-USED-UP")
        return
    phone = cast(str, application["phone"])
    about = f"{application['application_id']}:{services.sealer.seal('phone', phone)}"
    # Fresh tries given by an officer come with codes of their own.
    key = f"otp:{about}:{application.get('identity_rounds', 0)}.{number}"

    async def make() -> Done:
        code, now = services.one_time_code(), services.clock.now()
        await lockout.sent(visit, key)
        message = Message(
            id=services.sealer.seal("message", key),
            session_id=visit.context.session_id,
            channel="sms",
            to=phone,
            subject="",
            body=phrasebook(application["language"]).phrase(line("sms.code", code=code, minutes=OTP_MINUTES)),
            created_at=now,
        )
        expires = now + timedelta(minutes=OTP_MINUTES)
        result = {"seal": services.sealer.seal(key, code), "expires_at": expires.isoformat(timespec="seconds")}
        return Done(result, [Posting(message, until=expires)])

    # A code that was made and is not on record went nowhere: another one takes its place.
    asked = Asked(key, {"code": about}, repeatable=True)
    done = await services.effects.once(visit.context.session_id, asked, make)
    left = earlier["tries_left"] if earlier else OTP_TRIES
    challenge = OtpChallenge(
        key=key, seal=done["seal"], expires_at=done["expires_at"], sent=number + 1, tries_left=left
    )
    visit.note(otp=challenge, phone_verified=False)
    visit.say("kyc.code_sent", phone_end=phone[-4:])


async def check_code(visit: Visit) -> bool:
    """Whether the code given now is the one sent; if not, the customer is told what next."""
    otp = cast(OtpChallenge, visit.now["otp"])
    if visit.understood.get("intent") == "resend":
        if otp["sent"] < OTP_SENDS:
            await send_code(visit)
        else:
            visit.say("kyc.no_more_codes")
        return False
    code = visit.facts.get("otp")
    if code is None:
        return False
    if visit.services.clock.now().isoformat(timespec="seconds") > otp["expires_at"]:
        visit.say("kyc.code_expired")
        if otp["sent"] < OTP_SENDS:
            await send_code(visit)
        else:
            await lockout.lock(visit, otp["key"])
            visit.hand_over("CODES-USED-UP")
        return False
    if visit.services.sealer.matches(otp["key"], code, otp["seal"]):
        return True
    tried = OTP_TRIES - otp["tries_left"]
    left = min(await lockout.failed(visit, "code", f"{otp['key']}:{tried}"), otp["tries_left"] - 1)
    if left:
        visit.note(otp=OtpChallenge(**{**otp, "tries_left": left}))
        visit.say("kyc.wrong_code", left=left)
    else:
        await lockout.lock(visit, otp["key"])
        visit.hand_over("IDENTITY-LOCKED")
    return False
