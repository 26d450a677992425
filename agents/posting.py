"""What leaves the house for a customer: letters put on record and mails, each of them once."""

from datetime import timedelta
from hashlib import sha256
from typing import cast

from agents.application import Application
from agents.context import Context
from agents.speaking import Line, phrasebook
from tools.audit import Facts
from tools.effects import Asked, Done
from tools.identifiers import mask_mobile, mask_pan
from tools.letter import Borrower
from tools.mail import Message, Posting
from tools.papers import LetterRecord

LETTERS_PATH = "/api/v1/letters/"
MAIL_TRIED_FOR = timedelta(days=3)


def borrower_of(application: Application) -> Borrower:
    """The customer as a letter may show them: identifiers masked."""
    return Borrower(
        name=cast(str, application["applicant_name"]),
        masked_pan=mask_pan(cast(str, application["pan"])),
        masked_mobile=mask_mobile(cast(str, application["phone"])),
        city=(application.get("customer") or {}).get("city"),
    )


def email_of(application: Application) -> str | None:
    return cast(str | None, application.get("email") or (application.get("customer") or {}).get("email"))


async def keep_letter(letter_id: str, pdf: bytes, context: Context, record: LetterRecord | None = None) -> None:
    """Keep a letter and put it on record. What an earlier attempt kept is the letter: no two signatures are alike."""
    services = context.services
    kept = await services.papers.keep_letter(context.session_id, letter_id, pdf, record)
    facts: Facts = {"letter_id": letter_id, "sha256": sha256(kept).hexdigest()}
    await services.audit.record("letter.issued", context.session_id, facts)


async def mail(
    key: str,
    subject: Line,
    body: Line,
    application: Application,
    context: Context,
    *,
    letter: tuple[str, str] | None = None,
) -> None:
    """Put into the outbox once for each `key`, in the customer's language; nothing without an address. `letter` is the
    id of a kept one, and the name it is attached by."""
    services, to = context.services, email_of(application)
    if to is None:
        return
    book = phrasebook(application["language"])

    async def write() -> Done:
        now = services.clock.now()
        message = Message(
            id=services.sealer.seal("message", key),
            session_id=context.session_id,
            channel="email",
            to=to,
            subject=book.phrase(subject),
            body=book.phrase(body),
            created_at=now,
        )
        return Done(postings=[Posting(message, until=now + MAIL_TRIED_FOR, letter=letter)])

    asked = Asked(key, {"mail": body["key"], "letter": letter[0] if letter else None}, repeatable=True)
    await services.effects.once(context.session_id, asked, write)
