"""Messages to customers (SMS and e-mail) and the carriers that take them."""

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from pathlib import Path
from typing import Literal, Protocol

from tools.papers import Papers

Channel = Literal["sms", "email"]

_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\Z")
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f\u2028\u2029]*\Z")


class MailError(Exception):
    """A message could not be handed over. `retryable` tells a refusal from a carrier that is out of order."""

    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an e-mail; `media_type` such as `application/pdf`."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person. `id` is the same on every attempt to send it; `created_at` has a time zone.

    Raises ValueError for an id that is no file name, a line break in an address or a subject, a naive time, or an
    attachment to an SMS.
    """

    id: str
    session_id: str
    channel: Channel
    to: str
    subject: str
    body: str
    created_at: datetime
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        if not _PLAIN_ID.match(self.id):
            raise ValueError("a message id is letters, digits, '-', '_' and '.'")
        for name in ("session_id", "to", "subject"):
            if not _ONE_LINE.match(getattr(self, name)):
                raise ValueError(f"{name} must be one line")
        if self.created_at.tzinfo is None:
            raise ValueError("created_at needs a time zone")
        if self.channel == "sms" and self.attachments:
            raise ValueError("an SMS carries no attachment")


@dataclass(frozen=True, slots=True)
class Posting:
    """A message to be sent. `letter` is the id of a kept letter that goes with it, and the name it is attached by;
    after `until` (with a time zone) nobody needs the message any more."""

    message: Message
    until: datetime
    letter: tuple[str, str] | None = None


class Carrier(Protocol):
    """Delivers messages. Raises MailError when it cannot; sending the same message again is harmless."""

    async def send(self, message: Message) -> None: ...


async def ready_to_send(posting: Posting, papers: Papers) -> Message:
    """The message with its letter. Raises MailError when there is no such letter."""
    if posting.letter is None:
        return posting.message
    letter_id, name = posting.letter
    pdf = await papers.letter(letter_id)
    if pdf is None:
        raise MailError("the letter is not kept", retryable=False)
    return replace(posting.message, attachments=(Attachment(name, "application/pdf", pdf),))


class OutboxCarrier:
    """Writes messages to a directory instead of sending them: `<session>-<id>.eml`, each id once.

    `<session>` is a hash: a name finds a session's files without opening any other's, and tells nobody the session.
    """

    def __init__(self, directory: Path, *, sender: str = "no-reply@esoteric.example.com") -> None:
        self._directory = directory
        self._sender = sender

    async def send(self, message: Message) -> None:
        await asyncio.to_thread(self._write, message)

    async def forget(self, session_id: str) -> int:
        """Delete what was written for a session; the number of messages deleted."""

        def delete() -> int:
            paths = [path for path, _ in self._of_session(session_id)]
            for path in paths:
                path.unlink(missing_ok=True)
            return len(paths)

        return await asyncio.to_thread(delete)

    def _write(self, message: Message) -> None:
        path = self._directory / f"{_of(message.session_id)}-{message.id}.eml"
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            if path.exists():
                return
            mail = compose(message, self._sender)
            # Kept in files only: a session id must not travel in real mail.
            mail["X-Session"] = message.session_id
            mail["X-Channel"] = message.channel
            mail["X-Created-At"] = message.created_at.isoformat()
            _write_once(path, mail.as_bytes())
        except OSError as error:
            raise MailError("the outbox cannot be written", retryable=True) from error

    def _of_session(self, session_id: str) -> Iterator[tuple[Path, EmailMessage]]:
        for path in self._directory.glob(f"{_of(session_id)}-*.eml"):
            try:
                mail = BytesParser(_class=EmailMessage, policy=SMTP_POLICY).parsebytes(path.read_bytes())
            except FileNotFoundError:  # deleted since the listing
                continue
            if mail["X-Session"] == session_id:
                yield path, mail


class RoutedCarrier:
    """One carrier for each channel."""

    def __init__(self, *, sms: Carrier, email: Carrier) -> None:
        self._carriers: dict[Channel, Carrier] = {"sms": sms, "email": email}

    async def send(self, message: Message) -> None:
        await self._carriers[message.channel].send(message)


def compose(message: Message, sender: str) -> EmailMessage:
    """The message in RFC 5322 form; an SMS has its number in `X-To`. A second attempt has the same Message-ID."""
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["Message-ID"] = f"<{message.id}@{_domain(sender)}>"
    mail["Date"] = format_datetime(message.created_at)
    mail["From"] = sender
    mail["X-To" if message.channel == "sms" else "To"] = message.to
    mail["Subject"] = message.subject
    mail.set_content(message.body)
    for attachment in message.attachments:
        maintype, _, subtype = attachment.media_type.partition("/")
        mail.add_attachment(attachment.data, maintype=maintype, subtype=subtype, filename=attachment.name)
    return mail


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip("> ") or "localhost"


def _of(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()[:16]


def _write_once(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees all of it or none, and a crash leaves no half file under its name."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        return  # another process wrote the same message
    finally:
        Path(name).unlink(missing_ok=True)
