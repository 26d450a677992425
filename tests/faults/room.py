"""The composed service in this process, without its HTTP side: it opens quickly and may "crash" anywhere.

All parts are the real ones but two that cost most and store nothing: the knowledge base knows nothing, and letters are
printed in a thread. A crash is a `Crash` that no part catches, after which no wrapped call does anything any more.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import server.house
from agents.services import Services
from kb.search import Passage
from server.house import House, open_house
from server.routes.dev import outbox
from server.settings import Settings, load_settings
from server.store.database import StorageUnavailable
from server.turns.lanes import Submission, TurnFailed
from tests.driver import REQUESTS, answer_for, customers
from tests.faults.checker import Evidence, History, Json, Sent
from tests.faults.injecting import Crash, Injector, decides
from tests.service import AS_OF
from tools.letter import Paper
from tools.letter.press import print_in_thread
from tools.signing.identity import SigningIdentity

ENOUGH_TURNS = 40
ANSWER_SECONDS = 60.0


class NoKnowledge:
    """Has no clauses. What reads messages asks it for no vectors either."""

    embed = None
    ready, degraded = True, False

    async def ingest(self) -> None:
        return

    async def search(self, query: str, top_k: int = 3) -> list[Passage]:  # noqa: ARG002  the base's own signature
        return []

    async def close(self) -> None:
        return


class ThreadPress:
    """Prints without a process of its own."""

    def __init__(self, identity: SigningIdentity | None = None) -> None:
        self._identity = identity
        self.signs = identity is not None

    async def __call__(self, content: Paper) -> bytes:
        return await print_in_thread(content, self._identity)

    async def warm_up(self) -> None:
        return

    async def close(self) -> None:
        return


@contextlib.contextmanager
def light_parts() -> Iterator[None]:
    """Houses that open within the block have the two light parts."""
    with (
        patch.object(server.house, "open_knowledge_bases", lambda _settings: [NoKnowledge(), NoKnowledge()]),
        patch.object(server.house, "LetterPress", ThreadPress),
    ):
        yield


def settings_of(folder: Path, database_url: str | None, **more: Any) -> Settings:
    return load_settings(
        **{"_env_file": None, "data_dir": folder, "database_url": database_url, "policy_as_of": AS_OF}
        | {"rate_limit_enabled": False}
        | more
    )


class Room:
    """An open house and the injector that may end it."""

    def __init__(self, house: House, injector: Injector) -> None:
        self.house, self.injector = house, injector

    @property
    def services(self) -> Services:
        return self.house.services

    @property
    def dead(self) -> bool:
        return self.injector.dead

    async def say(
        self, history: History, text: str, sent: Sent | None = None, *, upload: Json | None = None
    ) -> Json | None:
        """Send a message, or one of before again. The answer; None when none came, for the house broke or fell."""
        sent = sent or history.add(f"m-{uuid4()}", text)
        submission = Submission(text, "rest", sent.message_id, upload)
        try:
            turn = await self.house.submit(history.session_id, submission)
            answer: Json | None = await self._unless_dead(turn.answer)
        except (Crash, TurnFailed, StorageUnavailable):
            return None
        if answer is not None:
            sent.answers.append(answer)
        return answer

    async def view(self, session_id: str) -> Json:
        return (await self.house.sessions.get(session_id)).view

    async def words_for(self, session_id: str, customer_id: str, *, accept: str = "yes, I accept") -> str | None:
        """What the customer says to the field that is awaited; None when nothing is."""
        awaiting = (await self.view(session_id))["awaiting"]
        if not awaiting:
            return None
        if awaiting[0] == "otp":
            return (await self.mails(session_id, "sms"))[-1]["body"][:6]
        if awaiting[0] == "offer_decision":
            return accept
        return answer_for(awaiting[0], customers()[customer_id], *REQUESTS[customer_id])

    async def mails(self, session_id: str, channel: str = "") -> list[Json]:
        """What reached the customer by mail and phone, as development shows it."""
        shown = await outbox(session_id, self.house)
        return [mail for mail in shown.model_dump()["messages"] if not channel or mail["channel"] == channel]

    async def evidence(self, session_id: str, tables: dict[str, list[Json]], pulls: list[str]) -> Evidence:
        """What is on record; `tables` are the rows of the case's database."""
        mine = {name: [row for row in rows if row["session_id"] == session_id] for name, rows in tables.items()}
        return Evidence(
            turns=mine["turns"],
            transcript=await self.house.sessions.transcript(session_id),
            effects=mine["effects"],
            letters=mine["letters"],
            mails=await self.mails(session_id),
            pulls=pulls,
            view=await self.view(session_id),
        )

    async def _unless_dead(self, answer: "asyncio.Future[Json]") -> Json | None:
        fall = asyncio.ensure_future(self.injector.crashed.wait())
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await asyncio.wait([answer, fall], return_when=asyncio.FIRST_COMPLETED)
        finally:
            fall.cancel()
        return answer.result() if answer.done() and not self.dead else None


@contextlib.asynccontextmanager
async def open_room(settings: Settings, injector: Injector | None = None) -> AsyncIterator[Room]:
    """A house under `injector`. Once that has crashed, closing it writes nothing: the process is gone.

    Raises Crash if that happens while it opens or closes.
    """
    chosen = injector or Injector()
    decides(chosen)
    async with open_house(settings) as house:
        yield Room(house, chosen)
