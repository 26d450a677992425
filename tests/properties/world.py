"""The whole service without its wire: the real graph, runner and store in a directory, and stubs for what is outside.

A world can be dropped in mid-turn, as a process that is killed, and opened again over the same directory.
"""

import re
import shutil
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from agents.embedded import embedded_services, one_time_code
from agents.model.consulting import ModelConsultant
from agents.model.masking import Masking
from agents.model.speaking import ModelSpeaker
from agents.model.understanding import ModelUnderstander
from agents.services import Language, Services
from agents.speaking import TemplateSpeaker
from agents.understanding.rules import RulesUnderstander
from graph.assistants import LOAN
from server.access.principal import Officer
from server.auditing import ProviderAudit
from server.cases.desk import CaseDesk
from server.mailing import Mailing
from server.observing.observer import Observer
from server.observing.parts import watched_providers
from server.store.acts import ActsWriter
from server.store.attempts import SqlAttempts
from server.store.cases import Cases
from server.store.checkpoints import Checkpoints
from server.store.database import Database
from server.store.document_marks import SqlDocumentMarks
from server.store.effects import SqlEffects
from server.store.ledgers import SqlHistory, SqlPapers
from server.store.outbox import Outbox
from server.store.sessions import Sessions
from server.store.sqlite import SqliteCheckpoints
from server.store.turns import Turns
from server.turns.graph_run import Hosted
from server.turns.lanes import Submission, TurnFailed
from server.turns.runner import TurnRunner
from tests.keys import vault
from tests.properties.model import WorstModel
from tests.properties.stubs import Armed, Crashable, HeardSpeaker, MovingClock, Spoken, Stub
from tests.server.parts import KEY, Crash, Letterbox, NoKnowledge
from tools.letter.press import print_in_thread
from tools.mail import OutboxCarrier
from tools.providers.simulated import Customer, SimulatedProviders
from tools.sealing import Sealer
from tools.signing.identity import passing_identity

Json = dict[str, Any]

MAKER = Officer("asha", frozenset({"maker"}), 300_000, "s-1")
SENIOR = Officer("dilip", frozenset({"maker", "checker"}), 500_000, "s-2")
CHECKER = Officer("bela", frozenset({"checker"}), 2_500_000, "s-3")


@cache
def _identity() -> Any:
    return passing_identity()


@cache
def _rules() -> RulesUnderstander:
    return RulesUnderstander()


@cache
def _masking() -> Masking:
    return Masking(_rules())


@cache
def _reading() -> ModelUnderstander:
    return ModelUnderstander(_rules(), WorstModel(0))


def reader_of(model: WorstModel) -> ModelUnderstander:
    """Another model for what takes a tenth of a second to make."""
    reader = copy(_reading())
    reader._model = model
    return reader


@cache
def observer() -> Observer:
    return Observer()


class World:
    """`people` are the customers that the stubs know. With `model_seed`, a language model reads and speaks."""

    def __init__(
        self, folder: Path, people: list[Customer], today: date, model_seed: int | None = None, url: str | None = None
    ) -> None:
        self.folder, self.url = folder, url
        self.clock = MovingClock(today)
        self.stub = Stub(SimulatedProviders.of(people))
        self.letterbox = Letterbox()
        self.armed = Armed()
        self.spoken = Spoken()
        self.model = None if model_seed is None else WorstModel(model_seed)
        self.deaths = 0

    async def open(self) -> None:
        if self.url is None:
            self.database = Database.sqlite(self.folder / "esoteric.db", vault=vault(KEY))
            self.checkpoints: Checkpoints = await SqliteCheckpoints.open(self.database)
        else:
            from server.store.postgres import PostgresCheckpoints

            self.database = Database.postgres(self.url, vault=vault(KEY))
            self.checkpoints = await PostgresCheckpoints.open(self.database)
        self.acts = ActsWriter(self.database, [KEY])
        self.papers = SqlPapers(self.database)
        waiting = Outbox(self.database, keep_sent=True)
        files = OutboxCarrier(self.folder / "outbox")
        self.outbox = Mailing(waiting, self.letterbox, self.papers, observer().metrics, files)
        self.sessions = Sessions(self.database, self.acts)
        self.services = self._services()
        turns: Any = Crashable("turns", Turns(self.database, self.acts), self.armed)
        self.runner = TurnRunner(
            [Hosted(LOAN, self.services)], self.services.audit, turns, self.checkpoints, observer()
        )
        self.cases = Cases(self.database, self.acts)
        self.desk = CaseDesk(self.cases, self.acts, self.services.policy_of, self.runner.submit)

    def _services(self) -> Services:
        bureau: Any = Crashable("bureau", self.stub, self.armed)
        providers = replace_providers(self.stub, bureau)
        watched = watched_providers(providers, observer(), ProviderAudit(self.acts, Sealer(KEY)))
        plain = Language(_rules(), HeardSpeaker(TemplateSpeaker(), self.spoken))
        heard = (
            plain
            if self.model is None
            else Language(
                reader_of(self.model),
                HeardSpeaker(ModelSpeaker(self.model), self.spoken),
                partial(ModelConsultant, self.model, _masking()),
            )
        )
        parts: dict[str, Any] = {
            "papers": self.papers,
            "effects": SqlEffects(self.database, self.acts, self.outbox.outbox),
            "history": SqlHistory(self.database),
        }
        crashable: dict[str, Any] = {name: Crashable(name, part, self.armed) for name, part in parts.items()}
        return replace(
            embedded_services(),
            understander=heard.understander,
            speaker=heard.speaker,
            consulting=heard.consulting,
            without_model=plain,
            knowledge=NoKnowledge(),
            providers=watched,
            attempts=SqlAttempts(self.database),
            marks=SqlDocumentMarks(self.database),
            audit=self.acts,
            consents=self.acts,
            clock=self.clock,  # type: ignore[arg-type]
            sealer=Sealer(KEY),
            one_time_code=one_time_code,
            print_letter=partial(print_in_thread, identity=_identity()),
            **crashable,
        )

    async def close(self) -> None:
        await self.runner.drain(10)
        await self.checkpoints.close()
        await self.database.close()

    async def die(self) -> None:
        """The process is gone: whatever was under way is not finished. Start again and run what it left."""
        self.deaths += 1
        self.armed.at = None
        await self.checkpoints.close()
        await self.database.close()
        await self.open()
        await self.runner.resume_unfinished()
        await self.runner.drain(30)
        await self.desk.deliver_pending()

    async def begin(self) -> str:
        session_id, now = str(uuid4()), datetime.now(UTC).isoformat()
        await self.sessions.create(session_id, LOAN.name, LOAN.opening(session_id), LOAN.view({}), now)
        return session_id

    async def send(self, session_id: str, submission: Submission) -> Json:
        """The answer, also if the process died over it. Raises TurnFailed where the turn broke."""
        try:
            turn = await self.runner.submit(session_id, submission)
        except Crash:
            await self.die()
            return await (await self.runner.submit(session_id, submission)).answer
        assert turn.task is not None or turn.answer.done()
        try:
            return await turn.answer
        except TurnFailed:
            task = turn.task
            if task is None or not (task.done() and not task.cancelled() and isinstance(task.exception(), Crash)):
                raise
        await self.die()
        return await (await self.runner.submit(session_id, submission)).answer

    async def all_sent(self) -> None:
        for channel in ("sms", "email"):
            await self.outbox.send_waiting(channel)

    async def code(self, session_id: str) -> str | None:
        """The newest code on the simulated phone."""
        texts = [m["body"] for m in await self.outbox.list_messages(session_id) if m["channel"] == "sms"]
        found = re.search(r"\b\d{6}\b", texts[-1]) if texts else None
        return found.group() if found else None

    async def state(self, session_id: str) -> Json:
        """The graph's state where the session stands; empty before its first turn."""
        at = (await self.sessions.get(session_id)).checkpoint_id
        if at is None:
            return {}
        saver = await self.checkpoints.saver(session_id, at)
        found = await saver.aget({"configurable": {"thread_id": session_id}})
        return {} if found is None else dict(found["channel_values"])

    async def erase(self, session_id: str) -> None:
        """As `House.erase_session` does."""
        async with self.runner.erasing(session_id):
            await self.outbox.forget(session_id)
            await self.sessions.erase(session_id)


def replace_providers(stub: Stub, bureau: Any) -> Any:
    base = stub.people.providers()
    return base._replace(register=stub, records=stub, offers=stub, bureau=bureau, screening=stub)


async def make_template(folder: Path) -> None:
    """A migrated, empty store to copy from; migrating costs more than a conversation."""
    database = Database.sqlite(folder / "esoteric.db", vault=vault(KEY))
    await database.migrate()
    checkpoints = await SqliteCheckpoints.open(database)
    await checkpoints.close()
    await database.scrub()
    await database.close()


def copy_template(template: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    for file in template.iterdir():
        shutil.copy(file, folder)
