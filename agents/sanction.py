"""Sanction: shows the Key Facts Statement, takes its acknowledgement and issues the letter, once."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from langgraph.runtime import Runtime

from agents.application import Application, KeyFactsShown, Offer
from agents.conditions import offer_has_lapsed
from agents.context import Context
from agents.speaking import Line, line, phrasebook
from agents.turn import TurnState, TurnUpdate, without
from tools.calendar import add_months
from tools.clock import INDIA
from tools.kfs import KeyFacts, build_kfs
from tools.letter import Acceptance, Borrower, LetterContent
from tools.mail import Attachment, Message
from tools.policy import charges_of

LETTERS_PATH = "/api/v1/letters/"


async def sanction(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """One visit: show the key facts of the accepted offer, or take their acknowledgement."""
    application, understood = state["application"], state["understood"]
    if application.get("key_facts") is None:
        change, said = await _show_key_facts(application, runtime.context)
    else:
        change, said = _take_acknowledgement(application, understood, runtime.context)
    used = without(understood, "confirm")
    return TurnUpdate(application=change, understood=used, said=[*state.get("said", []), *said])


async def issue_letter(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """The letter of the acknowledged offer: one, whatever happens to the turn that asks for it."""
    application, context = state["application"], runtime.context
    if offer_has_lapsed(application, context.services.clock.today().isoformat()):
        lapsed = Application(status="expired")
        return TurnUpdate(application=lapsed, said=[*state.get("said", []), line("status.expired")])
    letter_id = await _letter(application, context)
    await _mail(letter_id, application, context)
    url = LETTERS_PATH + letter_id
    issued = Application(status="sanctioned", sanction_letter_generated=True, sanction_letter_url=url)
    amount = cast(Offer, application["offer"])["amount"]
    said = [*state.get("said", []), line("sanction.issued", url=url, amount=amount)]
    return TurnUpdate(application=issued, said=said)


async def _show_key_facts(application: Application, context: Context) -> tuple[Application, list[Line]]:
    """Build the statement from the offer and keep exactly what is shown."""
    facts = key_facts_of(application, context, context.services.clock.today())
    kfs_id = facts.proposal_number
    await context.services.papers.keep_key_facts(context.session_id, kfs_id, facts.as_dict())
    shown = KeyFactsShown(
        kfs_id=kfs_id,
        offer_id=cast(Offer, application["offer"])["offer_id"],
        digest=facts.digest,
        language=facts.language,
        shown_at=context.services.clock.now().isoformat(timespec="seconds"),
        shown_on=facts.sanctioned_on.isoformat(),
        acknowledged_at=None,
        channel=context.channel,
    )
    return Application(key_facts=shown), [_key_facts_line(facts), line("ask.kfs_acknowledgement")]


def _take_acknowledgement(
    application: Application, understood: Any, context: Context
) -> tuple[Application, list[Line]]:
    answer = understood.get("facts", {}).get("confirm") if understood.get("asked") == "kfs_acknowledgement" else None
    if answer == "yes":
        now = context.services.clock.now().isoformat(timespec="seconds")
        shown = KeyFactsShown(**{**cast(KeyFactsShown, application["key_facts"]), "acknowledged_at": now})
        return Application(key_facts=shown), []
    if answer == "no":
        return Application(), [line("sanction.not_acknowledged")]
    return Application(), [line("ask.kfs_acknowledgement")]


async def _letter(application: Application, context: Context) -> str:
    """Render and keep the letter; its id, which is the same ever after."""
    services, offer = context.services, cast(Offer, application["offer"])
    shown = cast(KeyFactsShown, application["key_facts"])

    async def issue() -> dict[str, Any]:
        letter_id = services.sealer.seal("letter", offer["offer_id"])  # the same if this has to be done again
        content = LetterContent(
            letter_number=f"SL-{offer['offer_id']}",
            issued_on=services.clock.today(),
            borrower=_borrower(application),
            purpose=cast(str, application["purpose"]),
            key_facts=key_facts_of(application, context, date.fromisoformat(shown["shown_on"])),
            policy_version=services.policy.version,
            acceptance=Acceptance(_in_india(cast(str, shown["acknowledged_at"])), shown["channel"]),
        )
        pdf = await services.print_letter(content)
        await services.papers.keep_letter(context.session_id, letter_id, pdf)
        return {"letter_id": letter_id}

    done = await services.effects.once(context.session_id, f"letter:{offer['offer_id']}", issue)
    return cast(str, done["letter_id"])


async def _mail(letter_id: str, application: Application, context: Context) -> None:
    services, book = context.services, phrasebook(application["language"])
    key = f"mail:letter:{letter_id}"

    async def send() -> dict[str, Any]:
        pdf = await services.papers.letter(letter_id) or b""
        await services.carrier.send(
            Message(
                id=services.sealer.seal("message", key),
                session_id=context.session_id,
                channel="email",
                to=_email(application),
                subject=book.phrase(line("mail.letter_subject")),
                body=book.phrase(line("mail.letter_body", name=application["applicant_name"])),
                created_at=services.clock.now(),
                attachments=(Attachment("sanction-letter.pdf", "application/pdf", pdf),),
            )
        )
        return {}

    await services.effects.once(context.session_id, key, send)


def key_facts_of(application: Application, context: Context, shown_on: date) -> KeyFacts:
    """The statement of the application's offer; the same offer and day give the same statement."""
    offer, services = cast(Offer, application["offer"]), context.services
    return build_kfs(
        proposal_number=f"KFS-{offer['offer_id']}",
        applicant_name=cast(str, application["applicant_name"]),
        amount=offer["amount"],
        annual_rate_pct=Decimal(offer["rate_pct"]),
        months=offer["months"],
        charges=charges_of(services.policy),
        sanctioned_on=shown_on,
        first_due=add_months(shown_on, 1),
        lender=services.lender,
        language="en",  # the language it is written in, which its digest vouches for
    )


def _key_facts_line(facts: KeyFacts) -> Line:
    numbers = facts.figures.as_dict()
    return line(
        "sanction.key_facts",
        amount=facts.amount,
        months=facts.months,
        rate=facts.annual_rate_pct,
        first_due=facts.first_due.isoformat(),
        cooling_off_days=facts.charges.cooling_off_days,
        penal_pct=facts.charges.penal_charge_pct_pa,
        **numbers,
    )


def _borrower(application: Application) -> Borrower:
    """The customer as the letter may show them: identifiers masked."""
    pan, phone = cast(str, application["pan"]), cast(str, application["phone"])
    return Borrower(
        name=cast(str, application["applicant_name"]),
        masked_pan=f"{pan[:2]}XXXXXX{pan[-2:]}",
        masked_mobile=f"XXXXXX{phone[-4:]}",
        city=(application.get("customer") or {}).get("city"),
    )


def _in_india(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(INDIA)


def _email(application: Application) -> str:
    return cast(str, application.get("email") or (application.get("customer") or {})["email"])
