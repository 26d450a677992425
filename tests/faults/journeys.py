"""Conversations of one customer in rooms, from the first word to the last, however often the house falls."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from agents.services import Services
from server.routes.documents import as_claims
from tests.driver import customers, slip_of
from tests.faults.checker import Evidence, History, Sent
from tests.faults.injecting import Crash
from tests.faults.room import ENOUGH_TURNS, Room
from tests.faults.stage import Stage
from tools.documents.child import read_salary_slip

PATIENCE = 20.0  # seconds until what works in the background has to have been done
LOOK_SECONDS = 0.01
TABLES = ("turns", "effects", "letters")


@dataclass(frozen=True, slots=True)
class Journey:
    """A packaged customer, and how they take the offer."""

    name: str
    customer_id: str
    accept: str = "yes, I accept"


JOURNEYS = (
    Journey("sanctioned", "C01"),
    Journey("refused in writing", "C05"),
    Journey("under review", "C06"),
    Journey("identity looked at again", "C16"),
    Journey("salary slip", "C02"),
)


class Traveller:
    """Walks a journey. When the house falls it waits, or asks again with the same message id, and goes on."""

    def __init__(self, stage: Stage, journey: Journey, *, retries: bool = True) -> None:
        self.stage, self.journey, self.retries = stage, journey, retries
        self.history = History("")
        self.falls = 0  # of the house
        self._unanswered: Sent | None = None

    async def walk(self, room: Room) -> bool:
        """Go on in this room; whether the journey's end was reached before the room fell."""
        try:
            if not self.history.session_id:
                self.history.session_id = (await room.house.open_session())[0]
            for _ in range(ENOUGH_TURNS):
                if not await self._step(room):
                    return not room.dead
                if room.dead:
                    break
        except Crash:
            pass
        if room.dead:
            return False
        raise AssertionError(f"the conversation does not end: {(await room.view(self.history.session_id))['awaiting']}")

    async def _step(self, room: Room) -> bool:
        """One message, or the one that is still unanswered; whether there was one."""
        if (left := self._unanswered) is not None:
            if not self.retries:
                await self._until_over(left, room)
            if await self._say(room, left.text, left) is None and not room.dead:
                raise AssertionError(f"{left.message_id} finds no answer")
            return True
        words = await self._words(room)
        if words is None:
            return False
        await self._say(room, words)
        return True

    async def _say(self, room: Room, text: str, again: Sent | None = None) -> object:
        sent = again or self.history.add(f"m-{len(self.history.sent)}", text)
        self._unanswered = sent
        upload = _slip(self.journey.customer_id, room.services) if text == "[slip]" else None
        if upload is not None:
            await _keep(room, self.history.session_id, upload)
        answer = await room.say(self.history, text, sent, upload=upload)
        if answer is not None:
            self._unanswered = None
        return answer

    async def _words(self, room: Room) -> str | None:
        session_id = self.history.session_id
        awaiting = (await room.view(session_id))["awaiting"]
        if awaiting[:1] == ["salary_slip"]:
            return "[slip]"
        if awaiting[:1] == ["otp"]:
            await _until(lambda: _mailed(room, session_id, "sms"), "the code did not arrive")
        return await room.words_for(session_id, self.journey.customer_id, accept=self.journey.accept)

    async def _until_over(self, sent: Sent, room: Room) -> None:
        """Ask nothing: a turn that was accepted comes to its end by itself."""

        async def over() -> bool:
            rows = self.stage.rows(
                "SELECT status FROM turns WHERE session_id = ? AND message_id = ?",
                (self.history.session_id, sent.message_id),
            )
            return room.dead or rows != [("accepted",)]

        await _until(over, f"{sent.message_id} stays accepted")

    async def evidence(self, room: Room, pulls: list[str], mails: int) -> Evidence:
        """Once so many mails have left, or patience has."""

        async def sent() -> bool:
            return len(await room.mails(self.history.session_id)) >= mails

        await _until(sent, "")
        return await room.evidence(self.history.session_id, {name: self.stage.table(name) for name in TABLES}, pulls)


async def _mailed(room: Room, session_id: str, channel: str) -> bool:
    return bool(await room.mails(session_id, channel))


async def _until(condition: Callable[[], Any], otherwise: str) -> None:
    """Wait for it; past all patience AssertionError, unless `otherwise` is empty."""
    for _ in range(int(PATIENCE / LOOK_SECONDS)):
        if await condition():
            return
        await asyncio.sleep(LOOK_SECONDS)
    assert not otherwise, otherwise


@cache
def _read_slip(customer_id: str) -> Any:
    return read_salary_slip(slip_of(customer_id), kind="pdf")


def _slip(customer_id: str, services: Services) -> dict[str, Any]:
    """The customer's slip as an upload of a session: the same document, the same id."""
    document_id = str(uuid5(NAMESPACE_URL, f"{customer_id} {customers()[customer_id]['pan']}"))
    return {
        "document_id": document_id,
        "kind": "salary_slip",
        "reading": as_claims(_read_slip(customer_id), services),
    }


async def _keep(room: Room, session_id: str, upload: dict[str, Any]) -> None:
    """The file itself, as the route keeps it before the turn; an earlier attempt may have."""
    if await room.house.uploads.read(session_id, upload["document_id"]) is None:
        await room.house.uploads.keep(session_id, upload["document_id"], upload["kind"], "pdf", b"%PDF-1.7 a slip")
