"""Messages to customers that wait for their carrier.

A message is written in the transaction of the effect that causes it and sent afterwards, by whichever process claims it
first. A claim runs out, so a process that dies leaves nothing behind; what it may have sent is sent once more then,
under the same Message-ID. So each message is delivered at least once.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from server.moments import now_in_milliseconds
from server.store.database import Database
from server.store.now import DatabaseNow
from server.store.tables import outbox
from server.store.vault import NoKey, SessionKey
from tools.encryption import Damaged
from tools.mail import Channel, Message, Posting

CLAIM_SECONDS = 60.0  # longer than any attempt to send

State = Literal["waiting", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message for this process to send now, the `tries`-th time, unless it is `too_late`; `posting` is None where it
    cannot be read. One that `is_shut` may be read later: the secret that its session's key is under is not here."""

    id: str
    session_id: str
    channel: Channel
    tries: int
    too_late: bool
    posting: Posting | None
    is_shut: bool = False


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """How many messages wait, since when the oldest does, in seconds, and how many were given up."""

    waiting: int
    oldest_seconds: float
    failed: int


class Outbox:
    """`news` is set when something to send was put in by this process."""

    def __init__(self, database: Database, *, keep_sent: bool = False) -> None:
        """Without `keep_sent` a message is forgotten once it was sent; only that it was is kept."""
        self._database = database
        self._keep_sent = keep_sent
        self.news: dict[Channel, asyncio.Event] = {"sms": asyncio.Event(), "email": asyncio.Event()}

    def put(self, connection: Connection, session_id: str, key: SessionKey, postings: Sequence[Posting]) -> None:
        """Within the connection's transaction; call `announce` once it is committed."""
        for posting in postings:
            message = posting.message
            values = {
                "id": message.id,
                "session_id": session_id,
                "channel": message.channel,
                "message": key.seal_json(_place(message.id), _as_json(posting)),
                "needed_for": int((posting.until - message.created_at).total_seconds() * 1000),
                "created_at": now_in_milliseconds(),
            }
            connection.execute(_PUT, values)

    def announce(self, postings: Sequence[Posting]) -> None:
        for posting in postings:
            self.news[posting.message.channel].set()

    async def claim(self, channel: Channel, most: int) -> list[Claimed]:
        """Messages that are due, oldest first; nobody else gets them for `CLAIM_SECONDS`."""

        def work(connection: Connection) -> list[Claimed]:
            values = {"which": channel, "most": most, "claim": int(CLAIM_SECONDS * 1000)}
            rows = sorted(connection.execute(_CLAIM, values), key=lambda row: row.created_at)
            found = []
            for row in rows:
                with contextlib.suppress(NoKey):  # its session is being erased, and it goes with it
                    claimed = Claimed(row.id, row.session_id, channel, row.tries, row.too_late, None)
                    try:
                        claimed = replace(claimed, posting=self._read(connection, row))
                    except Damaged:
                        claimed = replace(claimed, is_shut=True)
                    found.append(claimed)
            return found

        return await self._database.run(work)

    async def sent(self, message_id: str) -> bool:
        """Whether the message was still there: it goes with its session."""
        values: dict[str, Any] = {"this_id": message_id, "at": now_in_milliseconds()}
        statement = _SENT if self._keep_sent else _SENT_AND_FORGOTTEN
        return await self._database.run(lambda connection: connection.execute(statement, values).rowcount > 0)

    async def put_off(self, claimed: Claimed, seconds: float) -> None:
        """Unless the claim ran out and somebody else has it, or has sent it."""
        values = {"this_id": claimed.id, "claimed": claimed.tries, "pause": int(seconds * 1000)}
        await self._database.run(lambda connection: connection.execute(_PUT_OFF, values))

    async def give_up(self, claimed: Claimed) -> None:
        """As `put_off`, for good."""
        values = {"this_id": claimed.id, "claimed": claimed.tries}
        await self._database.run(lambda connection: connection.execute(_GIVE_UP, values))

    async def free_claims(self) -> None:
        """For a process that is alone with its database and has just started: all that waits is due."""
        await self._database.run(lambda connection: connection.execute(_FREE))

    async def list_messages(self, session_id: str) -> list[dict[str, str]]:
        """What is kept of a session, oldest first: id, channel, to, subject, body, created_at (ISO 8601)."""

        def work(connection: Connection) -> list[dict[str, str]]:
            found = list[dict[str, str]]()
            for row in connection.execute(_OF_SESSION, {"this_session": session_id}).all():
                with contextlib.suppress(NoKey, Damaged):
                    if (posting := self._read(connection, row)) is not None:
                        found.append(_summary(posting.message))
            return found

        return await self._database.run(work)

    async def forget(self, session_id: str) -> None:
        await self._database.run(lambda connection: connection.execute(_FORGET, {"this_session": session_id}))

    async def health(self) -> OutboxHealth:
        def work(connection: Connection) -> OutboxHealth:
            counts = {row.state: row for row in connection.execute(_HEALTH)}
            waiting, failed = counts.get("waiting"), counts.get("failed")
            oldest = 0.0
            if waiting is not None:
                since = datetime.fromisoformat(now_in_milliseconds()) - datetime.fromisoformat(waiting.oldest)
                oldest = max(since.total_seconds(), 0.0)
            return OutboxHealth(waiting.number if waiting else 0, oldest, failed.number if failed else 0)

        return await self._database.run(work)

    def _read(self, connection: Connection, row: Any) -> Posting | None:
        """None for what was forgotten or is damaged. Raises NoKey; Damaged when the key cannot be opened."""
        if row.message is None:
            return None
        key = self._database.vault.look_up(connection, row.session_id)
        try:
            return _from_json(key.open_json(_place(row.id), row.message))
        except Damaged:
            return None


# Built once: building a statement costs more than running it.
_PUT = insert(outbox).values(
    state="waiting", tries=0, next_try=DatabaseNow(), give_up_at=DatabaseNow() + bindparam("needed_for")
)
_DUE = (
    select(outbox.c.id)
    .where(outbox.c.state == "waiting", outbox.c.channel == bindparam("which"), outbox.c.next_try <= DatabaseNow())
    .order_by(outbox.c.next_try)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")  # looked for once, whatever Postgres plans
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(select(_DUE.c.id)))
    .values(tries=outbox.c.tries + 1, next_try=DatabaseNow() + bindparam("claim"))
    .returning(
        *(outbox.c[name] for name in ("id", "session_id", "tries", "message", "created_at")),
        (outbox.c.give_up_at <= DatabaseNow()).label("too_late"),
    )
)
_THIS = update(outbox).where(outbox.c.id == bindparam("this_id"))
_SENT = _THIS.values(state="sent", sent_at=bindparam("at"))
_SENT_AND_FORGOTTEN = _SENT.values(message=None)
_STILL_OURS = _THIS.where(outbox.c.state == "waiting", outbox.c.tries == bindparam("claimed"))
_PUT_OFF = _STILL_OURS.values(next_try=DatabaseNow() + bindparam("pause"))
_GIVE_UP = _STILL_OURS.values(state="failed")
_FREE = update(outbox).where(outbox.c.state == "waiting").values(next_try=0)
_OF_SESSION = (
    select(outbox.c.id, outbox.c.session_id, outbox.c.message)
    .where(outbox.c.session_id == bindparam("this_session"))
    .order_by(outbox.c.created_at, outbox.c.id)
)
_FORGET = delete(outbox).where(outbox.c.session_id == bindparam("this_session"))
_HEALTH = (
    select(outbox.c.state, func.count().label("number"), func.min(outbox.c.created_at).label("oldest"))
    .where(outbox.c.state.in_(("waiting", "failed")))
    .group_by(outbox.c.state)
)


def _place(message_id: str) -> str:
    return f"outbox.message:{message_id}"


def _as_json(posting: Posting) -> dict[str, Any]:
    message = posting.message
    return {
        "id": message.id,
        "session_id": message.session_id,
        "channel": message.channel,
        "to": message.to,
        "subject": message.subject,
        "body": message.body,
        "created_at": message.created_at.isoformat(),
        "until": posting.until.isoformat(),
        "letter": list(posting.letter) if posting.letter else None,
    }


def _from_json(kept: dict[str, Any]) -> Posting:
    message = Message(
        id=kept["id"],
        session_id=kept["session_id"],
        channel=kept["channel"],
        to=kept["to"],
        subject=kept["subject"],
        body=kept["body"],
        created_at=datetime.fromisoformat(kept["created_at"]),
    )
    letter = (kept["letter"][0], kept["letter"][1]) if kept["letter"] else None
    return Posting(message, datetime.fromisoformat(kept["until"]), letter)


def _summary(message: Message) -> dict[str, str]:
    return {
        "id": message.id,
        "channel": message.channel,
        "to": message.to,
        "subject": message.subject,
        "body": message.body,
        "created_at": message.created_at.isoformat(),
    }
