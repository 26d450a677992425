"""The turn runner over real storage in a directory, with parts that break when they are told to."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from agents.embedded import embedded_services
from agents.hedge_fund_guy.context import embedded_guy_services
from agents.speaking import TemplateSpeaker
from graph.assistants import HEDGE_FUND_GUY, LOAN, Assistant
from kb.search import Passage
from server.auditing import ProviderAudit
from server.mailing import Mailing
from server.observing.metrics import Metrics
from server.observing.observer import Observer
from server.observing.parts import watched_providers
from server.store.acts import ActsWriter
from server.store.checkpoints import Checkpoints
from server.store.database import Database
from server.store.effects import SqlEffects
from server.store.leases import LEASE_SECONDS, Leases
from server.store.ledgers import SqlHistory, SqlPapers
from server.store.outbox import Outbox
from server.store.sessions import SessionRow, Sessions
from server.store.sqlite import SqliteCheckpoints
from server.store.turns import Turns
from server.streaming.events import EventLog
from server.turns.graph_run import Hosted
from server.turns.lanes import Submission, Turn
from server.turns.runner import TurnRunner
from tests.driver import REQUESTS, Json, answer_for, customers
from tests.keys import vault
from tools.clock import Clock
from tools.mail import Message, OutboxCarrier
from tools.providers.protocols import BureauReport, NoOutcome
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
    """The simulated bureau with a list of the pulls it was asked for; `act` runs before it answers."""

    providers: SimulatedProviders
    inquiries: list[str] = field(default_factory=list)
    act: Callable[[], Awaitable[None]] | None = None

    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        self.inquiries.append(inquiry)
        if self.act is not None:
            await self.act()
        return await self.providers.pull(pan, inquiry=inquiry)

    async def inquire(self, pan: str, *, inquiry: str) -> BureauReport | NoOutcome:
        return await self.providers.inquire(pan, inquiry=inquiry)


@dataclass
class Letterbox:
    """A carrier whose list is the truth of what was sent, doubles and all."""

    sent: list[Message] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        self.sent.append(message)


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
    checkpoints: Checkpoints
    outbox: Mailing
    bureau: Bureau
    letterbox: Letterbox

    async def open_session(self, assistant: Assistant = LOAN) -> str:
        session_id, now = str(uuid4()), datetime.now(UTC).isoformat()
        await self.sessions.create(session_id, assistant.name, assistant.opening(session_id), assistant.view({}), now)
        return session_id

    @contextlib.contextmanager
    def following(self, session: SessionRow) -> Iterator[EventLog]:
        """What happens in the session from where it stands."""
        with self.runner.lanes.holding(session.session_id) as lane:
            lane.load(session)
            yield lane.log

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

    async def all_sent(self) -> None:
        """Send what waits, as the senders do in the background."""
        for channel in ("sms", "email"):
            await self.outbox.send_waiting(channel)

    async def state(self, session_id: str) -> dict[str, Any]:
        """The values of the checkpoint at which the session stands."""
        stands_at = (await self.sessions.get(session_id)).checkpoint_id
        saver = await self.checkpoints.saver(session_id, stands_at)
        found = await saver.aget({"configurable": {"thread_id": session_id}})
        assert found is not None
        return found["channel_values"]

    async def count(self, table: str) -> int:
        query = f"SELECT count(*) FROM {table}"  # noqa: S608
        return int(await self.database.run(lambda connection: connection.exec_driver_sql(query).scalar_one()))


async def _open_storage(data_dir: Path, url: str | None) -> tuple[Database, Checkpoints]:
    if url is None:
        database = Database.sqlite(data_dir / "esoteric.db", vault=vault(KEY))
        await database.migrate()
        return database, await SqliteCheckpoints.open(database)
    from server.store.postgres import PostgresCheckpoints

    database = Database.postgres(url, vault=vault(KEY))
    await database.migrate()
    return database, await PostgresCheckpoints.open(database)


@contextlib.asynccontextmanager
async def open_parts(
    data_dir: Path,
    crash: tuple[str, str, When, int] | None = None,
    *,
    bureau: Bureau | None = None,
    letterbox: Letterbox | None = None,
    url: str | None = None,
    lease_seconds: float = LEASE_SECONDS,
    as_of: date = AS_OF,
) -> AsyncIterator[Parts]:
    """The runner over the data in `data_dir`; `crash` names the part, its method, when and at which call.

    A bureau and a letterbox outlive the process, if they are handed in. `all_sent` sends, and nothing else does. With a
    `url` the database is that Postgres.
    """
    database, checkpoints = await _open_storage(data_dir, url)
    bureau = bureau or Bureau(SimulatedProviders.of(packaged_customers()))
    letterbox = letterbox or Letterbox()
    providers = bureau.providers
    acts = ActsWriter(database, [KEY])
    real: dict[str, Any] = {
        "bureau": bureau,
        "carrier": letterbox,
        "papers": SqlPapers(database),
        "outbox": Outbox(database, keep_sent=True),
        "history": SqlHistory(database),
        "turns": Turns(database, acts, Leases(database, seconds=lease_seconds)),
    }
    if crash is not None:
        part, method, when, nth = crash
        if part != "effects":
            real[part] = CrashingAt(real[part], method, when, nth)
    real["effects"] = SqlEffects(database, acts, real["outbox"])
    if crash is not None and crash[0] == "effects":
        real["effects"] = CrashingAt(real["effects"], *crash[1:])
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
        clock=Clock(as_of=as_of),
        sealer=Sealer(KEY),
    )
    guy = replace(embedded_guy_services(), knowledge=NoKnowledge(), effects=real["effects"], clock=services.clock)
    runner = TurnRunner(
        [Hosted(LOAN, services), Hosted(HEDGE_FUND_GUY, guy)], services.audit, real["turns"], checkpoints
    )
    files = OutboxCarrier(data_dir / "outbox")
    outbox = Mailing(real["outbox"], real["carrier"], real["papers"], Metrics(), files)
    try:
        yield Parts(runner, database, Sessions(database, acts), checkpoints, outbox, bureau, letterbox)
    finally:
        await runner.drain(10)
        await checkpoints.close()
        await database.close()
