"""Sanction: shows the Key Facts Statement, takes its acknowledgement and issues the letter, once."""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from langgraph.runtime import Runtime

from agents.application import Application
from agents.conditions import without_decision
from agents.context import Context
from agents.parts import KeyFactsShown, Offer
from agents.posting import LETTERS_PATH, borrower_of, keep_letter, mail
from agents.sanctioning.issued import letter_key, offer_is_over
from agents.sanctioning.key_facts import acknowledged_key_facts, show_again, show_key_facts, take_acknowledgement
from agents.speaking import line, phrasebook
from agents.turn import TurnState, TurnUpdate, without
from tools.clock import INDIA
from tools.effects import Asked, Done
from tools.kfs import KeyFacts
from tools.letter import Acceptance, LetterContent
from tools.policy.case import OTP_EKYC
from tools.signing.identity import NoSigner
from tools.signing.verifiable import verifiable


async def sanction(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """One visit: show the key facts of the accepted offer (again in another language), or take the acknowledgement."""
    application, understood = state["application"], state["understood"]
    language = understood.get("facts", {}).get("papers_language")
    today = runtime.context.services.clock.today()
    if application.get("key_facts") is None:
        change, said = await show_key_facts(application, runtime.context, today, language)
    elif language is not None:
        change, said = await show_again(application, runtime.context, language)
    else:
        change, said = await take_acknowledgement(application, understood, runtime.context)
    used = without(understood, "confirm", "papers_language")
    return TurnUpdate(application=change, understood=used, said=[*state.get("said", []), *said])


async def issue_letter(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """The letter of the acknowledged offer: one, whatever happens to the turn that asks for it."""
    application, context = state["application"], runtime.context
    if await offer_is_over(application, context):
        lapsed = Application(status="expired")
        return TurnUpdate(application=lapsed, said=[*state.get("said", []), line("status.expired")])
    key_facts = acknowledged_key_facts(application, context)
    if key_facts is None:
        change, shown = await show_key_facts(application, context, context.services.clock.today())
        return TurnUpdate(application=change, said=[*state.get("said", []), line("sanction.changed"), *shown])
    if not await _within_the_otp_cap(application, context):
        cap = context.services.policy.kyc.otp_ekyc_annual_cap
        said = [*state.get("said", []), line("underwriting.kyc_level", cap=cap)]
        return TurnUpdate(application=without_decision(application), said=said)
    try:
        letter_id = await _letter(key_facts, application, context)
    except NoSigner:  # the next message asks again
        return TurnUpdate(said=[*state.get("said", []), line("sanction.letter_held")])
    subject, body = line("mail.letter_subject"), line("mail.letter_body", name=application["applicant_name"])
    attached = letter_id, "sanction-letter.pdf"
    await mail(f"mail:letter:{letter_id}", subject, body, application, context, letter=attached)
    url = LETTERS_PATH + letter_id
    issued = Application(status="sanctioned", sanction_letter_generated=True, sanction_letter_url=url)
    amount = cast(Offer, application["offer"])["amount"]
    said = [*state.get("said", []), line("sanction.issued", url=url, amount=amount)]
    return TurnUpdate(application=issued, said=said)


async def _within_the_otp_cap(application: Application, context: Context) -> bool:
    """Counted here once more: two applications may have been decided before either was sanctioned."""
    if application.get("kyc_mode") != OTP_EKYC:
        return True
    services, offer = context.services, cast(Offer, application["offer"])
    records = cast(dict[str, Any], application["customer"])
    cap = services.policy.kyc.otp_ekyc_annual_cap - records["otp_loans_this_year"]
    application_id = application.get("renews") or application["application_id"]
    return await services.history.grant_on_otp(application_id, offer["amount"], cap, services.clock.today())


async def _letter(key_facts: KeyFacts, application: Application, context: Context) -> str:
    """Render and keep the letter; its id, which is the same ever after."""
    services, offer = context.services, cast(Offer, application["offer"])
    shown = cast(KeyFactsShown, application["key_facts"])

    async def issue() -> Done:
        letter_id = services.sealer.seal("letter", offer["offer_id"])  # the same if this has to be done again
        content = LetterContent(
            letter_number=f"SL-{offer['offer_id']}",
            issued_on=services.clock.today(),
            borrower=borrower_of(application),
            purpose=phrasebook(key_facts.language).purpose(cast(str, application["purpose"])),
            key_facts=key_facts,
            policy_version=services.policy_of(application.get("decision")).version,
            acceptance=Acceptance(_in_india(cast(str, shown["acknowledged_at"])), shown["channel"]),
        )
        content, record = verifiable(content, services.sealer, services.verify_url)
        record = replace(record, application_id=application["application_id"])
        await keep_letter(letter_id, await services.print_letter(content), context, record)
        return Done({"letter_id": letter_id})

    asked = Asked(letter_key(application), {"letter": offer["offer_id"], "kfs": shown["digest"]}, repeatable=True)
    done = await services.effects.once(context.session_id, asked, issue)
    return cast(str, done["letter_id"])


def _in_india(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(INDIA)
