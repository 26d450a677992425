"""Consents given and withdrawn, outside of the moment they are asked for: in the chat at any time, or over the API."""

from typing import Any, cast

from agents.application import CLOSED, Application
from agents.context import Context
from agents.parts import Consent
from agents.services import Services
from agents.speaking import Line, line
from agents.understanding.consents import ConsentChange, read_consent_change
from kb.notices import notice
from tools.consents import OPTIONAL, PURPOSES, ConsentAct, Needed, Purpose

WITH_A_LOAN = frozenset({"sanctioned", "completed"})


async def note_consent(purpose: Purpose, application: Application, context: Context, *, given: bool) -> str:
    """Write one act into the ledger, under the notice of the customer's language; the time it was done at."""
    services = context.services
    words = notice(purpose, application["language"], services.lender)
    at = services.clock.now().isoformat(timespec="seconds")
    act = ConsentAct(
        application_id=application["application_id"],
        purpose=purpose,
        given=given,
        notice_version=words.version,
        notice_sha256=words.sha256,
        language=words.language,
        channel=context.channel,
        at=at,
    )
    await services.consents.note(context.session_id, act)
    return at


async def change_consent(
    purpose: Purpose, application: Application, context: Context, *, given: bool
) -> tuple[Application, list[Line]]:
    """What a consent given or withdrawn means for the application, and what the customer is told of it."""
    at = await note_consent(purpose, application, context, given=given)
    if purpose in OPTIONAL:
        chosen: dict[str, bool] = {**application.get("optional_consents", {}), purpose: given}
        return Application(optional_consents=chosen), [line(f"consents.{purpose}_{'given' if given else 'withdrawn'}")]
    if given:
        return _given(purpose, application, context, at), [line("consents.noted")]
    change, said = _withdrawn(purpose, application, context.services)
    return change, [said]


def consent_wish(text: str, act: dict[str, Any] | None) -> ConsentChange | None:
    """The consent that a message changes, by its words or as an act; None for any other message or act."""
    if act is None:
        return read_consent_change(text)
    if act.get("kind") == "consent" and act.get("purpose") in PURPOSES:
        return ConsentChange(cast(Purpose, act["purpose"]), bool(act.get("given")))
    return None


def _given(purpose: Purpose, application: Application, context: Context, at: str) -> Application:
    consents = application.get("consents", [])
    if application["status"] in CLOSED or purpose in {consent["purpose"] for consent in consents}:
        return Application()
    required = cast(Needed, purpose)
    given = Consent(purpose=required, at=at, channel=context.channel, text_key=f"consent.{purpose}")
    return Application(consents=[*consents, given])


def _withdrawn(purpose: Purpose, application: Application, services: Services) -> tuple[Application, Line]:
    """Before the loan it ends the application; after it, what the law makes a lender keep stays."""
    status = application["status"]
    if status in WITH_A_LOAN:
        return Application(), line("consents.law_keeps", **services.desk(application["language"]))
    kept = [consent for consent in application.get("consents", []) if consent["purpose"] != purpose]
    change = Application(consents=kept)
    if status in CLOSED and status != "under_review":
        return change, line("consents.nothing_more")
    change["status"] = "withdrawn"
    return change, line("consents.application_closed")
