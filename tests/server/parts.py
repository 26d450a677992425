"""The turn runner over real storage in a directory, with parts that break when they are told to."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from agents.embedded import embedded_services
from agents.speaking import TemplateSpeaker
from graph.assistants import LOAN
from kb.search import Passage
from server.auditing import ProviderAudit
from server.lanes import Submission, Turn
from server.observing.observer import Observer
from server.observing.parts import watched_providers
from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.ledgers import SqlEffects, SqlHistory, SqlPapers
from server.store.sessions import Sessions
from server.store.sqlite import SqliteCheckpoints
from server.store.turns import Turns
from server.turns import TurnRunner
from tests.driver import REQUESTS, Json, answer_for, customers
from tests.keys import vault
from tools.clock import Clock
from tools.mail import OutboxCarrier
from tools.providers.protocols import BureauReport
from tools.providers.simulated import SimulatedProviders, packaged_customers
from tools.sealing import Sealer

KEY = b"a key for tests alone, 32 bytes."
AS_OF = date(2026, 12, 1)
When = Literal["before", "after"]


class Crash(BaseException):
    """The process ends here: nothing after it may run, and nobody catches it."""


class NoKnowledge:
    async def search(self, query: str, top_k: int = 3) -> list[Passage]:  # noqa: ARG002
        return []


@dataclass
class Bureau:
    """The simulated bureau with a list of the inquiries it was asked; `act` runs before it answers."""

    providers: SimulatedProviders
    inquiries: list[str] = field(default_factory=list)
    act: Callable[[], Awaitable[None]] | None = None

    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        self.inquiries.append(inquiry)
        if self.act is not None:
            await self.act()
        return await self.providers.pull(pan, inquiry=inquiry)


class CrashingAt:
    """A part whose method crashes the process once, before or after its `nth` call did its work."""

    def __init__(self, part: object, method: str, when: When, nth: int = 1) -> None:
        self._part, self._method, self._when, self._left = part, method, when, nth

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        return self._crashing(found) if name == self._method else found

    def _crashing(self, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left == 0 and self._when == "before":
                raise Crash
            result = await method(*args, **named)
            if self._left == 0:
                raise Crash
            return result

        return call


@dataclass
class Parts:
    """An open runner and what it stands on."""

    runner: TurnRunner
    database: Database
    sessions: Sessions
    checkpoints: SqliteCheckpoints
    outbox: OutboxCarrier
    bureau: Bureau

    async def open_session(self) -> str:
        session_id, now = str(uuid4()), datetime.now(UTC).isoformat()
        await self.sessions.create(session_id, LOAN.name, LOAN.opening(), LOAN.view({}), now)
        return session_id

    async def submit(self, session_id: str, text: str, message_id: str | None = None) -> Turn:
        return await self.runner.submit(session_id, Submission(text, "rest", message_id))

    async def say(self, session_id: str, text: str, message_id: str | None = None) -> Json:
        turn = await self.submit(session_id, text, message_id)
        return await turn.answer

    async def next_words(self, session_id: str, customer_id: str) -> str | None:
        """What the customer says next; None when nothing is awaited."""
        awaiting = (await self.sessions.get(session_id)).view["awaiting"]
        if not awaiting:
            return None
        if awaiting[0] == "otp":
            texts = [m["body"] for m in await self.outbox.list_messages(session_id) if m["channel"] == "sms"]
            return texts[-1][:6]
        return answer_for(awaiting[0], customers()[customer_id], *REQUESTS[customer_id])

    async def converse(self, session_id: str, customer_id: str, until: str | None = None) -> None:
        """Talk as the customer until nothing, or `until`, is awaited."""
        for _ in range(30):
            awaiting = (await self.sessions.get(session_id)).view["awaiting"]
            if not awaiting or awaiting[0] == until:
                return
            words = await self.next_words(session_id, customer_id)
            assert words is not None
            await self.say(session_id, words)
        raise AssertionError("the conversation does not end")

    async def state(self, session_id: str) -> dict[str, Any]:
        """The values of the checkpoint at which the session stands."""
        stands_at = (await self.sessions.get(session_id)).checkpoint_id
        found = await self.checkpoints.saver(session_id, stands_at).aget({"configurable": {"thread_id": session_id}})
        assert found is not None
        return found["channel_values"]

    async def count(self, table: str) -> int:
        query = f"SELECT count(*) FROM {table}"  # noqa: S608
        return int(await self.database.run(lambda connection: connection.exec_driver_sql(query).scalar_one()))


@contextlib.asynccontextmanager
async def open_parts(data_dir: Path, crash: tuple[str, str, When, int] | None = None) -> AsyncIterator[Parts]:
    """The runner over the data in `data_dir`; `crash` names the part, its method, when and at which call."""
    database = Database.sqlite(data_dir / "esoteric.db", vault=vault(KEY))
    await database.migrate()
    checkpoints = await SqliteCheckpoints.open(database)
    outbox = OutboxCarrier(data_dir / "outbox")
    providers = SimulatedProviders.of(packaged_customers())
    bureau = Bureau(providers)
    acts = ActsWriter(database, [KEY])
    real: dict[str, Any] = {
        "bureau": bureau,
        "carrier": outbox,
        "papers": SqlPapers(database),
        "effects": SqlEffects(database, acts),
        "history": SqlHistory(database),
        "turns": Turns(database, acts),
    }
    if crash is not None:
        part, method, when, nth = crash
        real[part] = CrashingAt(real[part], method, when, nth)
    services = replace(
        embedded_services(),
        speaker=TemplateSpeaker(),
        knowledge=NoKnowledge(),
        providers=watched_providers(
            providers.providers()._replace(bureau=real["bureau"]), Observer(), ProviderAudit(acts, Sealer(KEY))
        ),
        history=real["history"],
        effects=real["effects"],
        audit=acts,
        consents=acts,
        papers=real["papers"],
        carrier=real["carrier"],
        clock=Clock(as_of=AS_OF),
        sealer=Sealer(KEY),
    )
    runner = TurnRunner(LOAN, services, real["turns"], checkpoints)
    try:
        yield Parts(runner, database, Sessions(database, acts), checkpoints, outbox, bureau)
    finally:
        await runner.drain(10)
        await checkpoints.close()
        await database.close()
