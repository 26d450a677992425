"""The Key Facts Statement in the conversation: shown in the language asked for, kept and acknowledged as shown."""

from datetime import date
from decimal import Decimal
from typing import cast

from agents.application import Application
from agents.context import Context
from agents.parts import KeyFactsShown, Offer
from agents.speaking import Line, line
from agents.turn import Understood
from tools.audit import Facts as AuditFacts
from tools.calendar import add_months
from tools.kfs import KeyFacts, build_kfs, canonical_digest, language_of_papers
from tools.policy import charges_of


async def show_key_facts(
    application: Application, context: Context, shown_on: date, language: str | None = None
) -> tuple[Application, list[Line]]:
    """Build the statement of that day from the offer and keep exactly what is shown.

    In the customer's language, unless they asked for one.
    """
    clock = context.services.clock
    facts = _key_facts_of(application, context, shown_on, language or application["language"])
    # Named by its content, so that what is kept under the name is what was shown, in whichever language and on any day.
    document = facts.as_dict()
    digest = canonical_digest(document)
    kfs_id = f"{facts.proposal_number}-{digest[:12]}"
    await context.services.papers.keep_key_facts(context.session_id, kfs_id, document)
    change = Application(
        key_facts=KeyFactsShown(
            kfs_id=kfs_id,
            offer_id=cast(Offer, application["offer"])["offer_id"],
            digest=digest,
            language=facts.language,
            shown_at=clock.stamp().isoformat(timespec="seconds"),
            shown_on=shown_on.isoformat(),
            valid_until=facts.valid_until.isoformat(),
            acknowledged_at=None,
            channel=context.channel,
        )
    )
    await _record("key_facts.shown", cast(KeyFactsShown, change["key_facts"]), context)
    if language is not None:
        change["language"] = language  # who asks for papers in a language is answered in it
    return change, [_summary(facts), line("sanction.other_language"), line("ask.kfs_acknowledgement")]


async def show_again(application: Application, context: Context, language: str) -> tuple[Application, list[Line]]:
    """The same statement in the language asked for: of the same day, so that asking again buys no time."""
    shown = cast(KeyFactsShown, application["key_facts"])
    return await show_key_facts(application, context, date.fromisoformat(shown["shown_on"]), language)


async def take_acknowledgement(
    application: Application, understood: Understood, context: Context
) -> tuple[Application, list[Line]]:
    """The customer's yes to the statement that was shown, with the time and the channel it came by."""
    facts = understood.get("facts") or {}
    answer = facts.get("confirm") if understood.get("asked") == "kfs_acknowledgement" else None
    if answer == "yes":
        now = context.services.clock.stamp().isoformat(timespec="seconds")
        shown = cast(KeyFactsShown, application["key_facts"])
        acknowledged = KeyFactsShown(**{**shown, "acknowledged_at": now, "channel": context.channel})
        await _record("key_facts.acknowledged", acknowledged, context)
        return Application(key_facts=acknowledged), []
    if answer == "no":
        return Application(), [line("sanction.not_acknowledged")]
    return Application(), [line("ask.kfs_acknowledgement")]


def acknowledged_key_facts(application: Application, context: Context) -> KeyFacts | None:
    """The statement that was acknowledged; None when it no longer says the same, because charges or wording changed."""
    shown = cast(KeyFactsShown, application["key_facts"])
    facts = _key_facts_of(application, context, date.fromisoformat(shown["shown_on"]), shown["language"])
    return facts if facts.digest == shown["digest"] else None


def _key_facts_of(application: Application, context: Context, shown_on: date, language: str) -> KeyFacts:
    """The statement of the application's offer; the same offer, day and language give the same statement."""
    offer, services = cast(Offer, application["offer"]), context.services
    return build_kfs(
        proposal_number=f"KFS-{offer['offer_id']}",
        applicant_name=cast(str, application["applicant_name"]),
        amount=offer["amount"],
        annual_rate_pct=Decimal(offer["rate_pct"]),
        months=offer["months"],
        charges=charges_of(services.policy_of(application.get("decision"))),
        sanctioned_on=shown_on,
        first_due=add_months(shown_on, 1),
        lender=services.lender,
        language=language_of_papers(language),
    )


async def _record(kind: str, shown: KeyFactsShown, context: Context) -> None:
    facts: AuditFacts = {
        "kfs_id": shown["kfs_id"],
        "sha256": shown["digest"],
        "language": shown["language"],
        "channel": shown["channel"],
    }
    await context.services.audit.record(kind, context.session_id, facts)


def _summary(facts: KeyFacts) -> Line:
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
