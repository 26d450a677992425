"""The parts of the running service, put together once, when it starts."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from uuid import uuid4

from agents.embedded import one_time_code
from agents.services import Services
from agents.speaking import Speaker, TemplateSpeaker
from agents.understanding.reading import Understander
from agents.understanding.rules import RulesUnderstander
from graph.assistants import LOAN, Assistant
from kb.lender import load_lender
from kb.policy import load_policy
from kb.search import KnowledgeBase, open_knowledge_base
from kb.store import StoreUnavailable
from server.settings import Settings
from server.store.checkpoints import Checkpoints, SqliteCheckpoints
from server.store.database import Database
from server.store.ledgers import SqlEffects, SqlHistory, SqlPapers, Uploads
from server.store.sessions import Sessions
from server.store.turns import Turns
from server.tracing import tracing
from server.turns import TurnRunner
from tools.clock import Clock
from tools.letter.press import LetterPress
from tools.mail import OutboxCarrier, RoutedCarrier, SmtpCarrier
from tools.providers.simulated import SimulatedProviders, customers_from, packaged_customers
from tools.sealing import Sealer

log = logging.getLogger("esoteric")

DRAIN_SECONDS = 10.0


@dataclass(slots=True)
class House:
    """What a request may use. `runner` is the one way to the graph."""

    settings: Settings
    services: Services
    runner: TurnRunner
    sessions: Sessions
    uploads: Uploads
    papers: SqlPapers
    knowledge: KnowledgeBase
    outbox: OutboxCarrier
    started_at: float = field(default_factory=monotonic)

    async def open_session(self, assistant: Assistant = LOAN) -> tuple[str, str, str]:
        """Start a conversation: session id, time, greeting."""
        session_id, now, greeting = str(uuid4()), utc_now(), assistant.opening()
        await self.sessions.create(session_id, assistant.name, greeting, assistant.view({}), now)
        return session_id, now, greeting

    async def erase_session(self, session_id: str) -> None:
        """Forget the session wherever it left something. Raises UnknownSession."""
        await self.sessions.get(session_id)
        async with self.runner.erasing(session_id):
            await self.outbox.forget(session_id)
            await self.sessions.erase(session_id)


@contextlib.asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Everything up in order, unfinished turns resumed; everything down in reverse, running turns finished first."""
    async with contextlib.AsyncExitStack() as cleanup:
        await cleanup.enter_async_context(tracing(settings))
        database, checkpoints = await _open_storage(settings)
        cleanup.push_async_callback(database.close)
        cleanup.push_async_callback(checkpoints.close)
        outbox = OutboxCarrier(settings.data_dir / "outbox", sender=settings.mail_from)
        knowledge = await asyncio.to_thread(_knowledge, settings)
        cleanup.push_async_callback(knowledge.close)
        press = LetterPress()
        cleanup.push_async_callback(press.close)
        services = await asyncio.to_thread(_services, settings, database, knowledge, outbox, press, cleanup)
        runner = TurnRunner(LOAN, services, Turns(database), checkpoints)
        cleanup.push_async_callback(runner.drain, DRAIN_SECONDS)
        indexing = asyncio.create_task(_get_ready(knowledge, press, settings), name="get ready")
        cleanup.push_async_callback(_settle, indexing)
        await runner.resume_unfinished()
        yield House(
            settings=settings,
            services=services,
            runner=runner,
            sessions=Sessions(database),
            uploads=Uploads(database),
            papers=SqlPapers(database),
            knowledge=knowledge,
            outbox=outbox,
        )


async def _open_storage(settings: Settings) -> tuple[Database, Checkpoints]:
    if settings.database_url is None:
        database = await asyncio.to_thread(Database.sqlite, settings.data_dir / "esoteric.db")
        await database.migrate()
        return database, await SqliteCheckpoints.open(settings.data_dir / "checkpoints.db")
    from server.store.postgres import PostgresCheckpoints

    database = Database.postgres(settings.database_url)
    await database.migrate()
    return database, await PostgresCheckpoints.open(settings.database_url)


def _knowledge(settings: Settings) -> KnowledgeBase:
    return open_knowledge_base(
        settings.data_dir / "chroma", chroma_url=settings.chroma_url, embedding_model=settings.embedding_model
    )


def _services(
    settings: Settings,
    database: Database,
    knowledge: KnowledgeBase,
    outbox: OutboxCarrier,
    press: LetterPress,
    cleanup: contextlib.AsyncExitStack,
) -> Services:
    customers = customers_from(settings.customers_file) if settings.customers_file else packaged_customers()
    smtp = settings.smtp_url
    carrier = (
        RoutedCarrier(sms=outbox, email=SmtpCarrier(smtp.get_secret_value(), settings.mail_from)) if smtp else outbox
    )
    clock = Clock(as_of=settings.policy_as_of)
    understander, speaker = _language(settings, knowledge, cleanup)
    return Services(
        understander=understander,
        speaker=speaker,
        knowledge=knowledge,
        providers=SimulatedProviders.of(customers).providers(),
        history=SqlHistory(database),
        effects=SqlEffects(database),
        papers=SqlPapers(database),
        carrier=carrier,
        print_letter=press,
        one_time_code=one_time_code,
        policy=load_policy(settings.policy_profile, on=clock.today()),
        lender=load_lender(),
        clock=clock,
        sealer=Sealer(settings.sealing_key()),
    )


def _language(
    settings: Settings, knowledge: KnowledgeBase, cleanup: contextlib.AsyncExitStack
) -> tuple[Understander, Speaker]:
    """With a key, Groq behind the rules and before the templates; without one, these alone."""
    rules = RulesUnderstander(embed=knowledge.embed)
    if settings.groq_api_key is None:
        return rules, TemplateSpeaker()
    from agents.model.client import open_model
    from agents.model.speaking import ModelSpeaker
    from agents.model.understanding import ModelUnderstander

    model = open_model(
        api_key=settings.groq_api_key,
        model_name=settings.groq_model_name,
        base_url=settings.groq_api_base,
        call_seconds=settings.groq_timeout,
    )
    cleanup.push_async_callback(model.close)
    return ModelUnderstander(rules, model), ModelSpeaker(model)


async def _get_ready(knowledge: KnowledgeBase, press: LetterPress, settings: Settings) -> None:
    """Index what changed while the first customers already talk; without vectors, questions are answered by words."""
    try:
        await knowledge.ingest()
    except StoreUnavailable as error:
        log.warning("the knowledge base answers by words alone: %s", error)
    await press.warm_up()
    log.info("Esoteric is ready on http://%s:%d", settings.host, settings.port)


async def _settle(task: asyncio.Task[object]) -> None:
    """Stop a background task and wait for its end."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
