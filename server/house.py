"""The parts of the running service, put together once, when it starts."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from uuid import uuid4

from agents.services import Services
from graph.assistants import HEDGE_FUND_GUY, LOAN, Assistant
from kb.retention import read_retention
from kb.search import KnowledgeBase
from kb.store import StoreUnavailable
from server.access.desk import open_desk
from server.access.gate import Access, Gate
from server.access.oidc import OpenIdSignIn
from server.access.sign_in import SignInDesk
from server.access.tokens import Tokens
from server.audit_anchor import AuditAnchor
from server.cases.desk import CaseDesk
from server.erasing import Erasure
from server.faults import fault
from server.feedback import FeedbackDesk
from server.guy import guy_services
from server.knowing import open_knowledge_bases, state_of
from server.language import open_guy_language, open_model_of
from server.letters.desk import LetterDesk
from server.letters.signing import known_fingerprints, signing_identity
from server.lifecycle.draining import TURNS_SECONDS, Draining
from server.lifecycle.readiness import Readiness
from server.lifecycle.sharing import tell_what_is_not_shared
from server.lifecycle.standing import Standing
from server.lifecycle.starting import migrated, refuse_wrong_secret
from server.limits.limits import Limits
from server.limits.opening import open_limits
from server.loan import loan_services
from server.mailing import Mailing, open_mailing
from server.moments import now_in_milliseconds
from server.observing.logs import count_dropped
from server.observing.metrics import Metrics
from server.observing.observer import Observer
from server.observing.spans import open_spans
from server.observing.tracing import tracing
from server.retention import Retention
from server.settings import Settings
from server.store.acts import ActsWriter
from server.store.cases import Cases
from server.store.checkpoints import Checkpoints
from server.store.database import Database
from server.store.expired import Expired
from server.store.feedback import Feedback
from server.store.ledgers import SqlPapers, Uploads
from server.store.letters import LetterRecords
from server.store.listing import Listing
from server.store.model_calls import ModelCalls
from server.store.officers import Officers
from server.store.opening import open_checkpoints
from server.store.revocations import Revocations
from server.store.sessions import Sessions, UnknownSession
from server.store.turns import Turns
from server.store.vault import Vault
from server.streaming.hub import Hub
from server.streaming.opening import open_hub
from server.turns.graph_run import Hosted
from server.turns.lanes import Submission, Turn
from server.turns.runner import TurnRunner
from tools.documents.ocr import find_engine
from tools.documents.reader import DocumentReader
from tools.letter.press import LetterPress
from tools.signing.checker import LetterChecker

log = logging.getLogger("esoteric")


@dataclass(slots=True)
class House:
    """What a request may use. `runner` is the one way to the graph, `hub` to what happens there."""

    settings: Settings
    services: Services
    runner: TurnRunner
    hub: Hub
    sessions: Sessions
    listing: Listing
    model_calls: ModelCalls
    uploads: Uploads
    reader: DocumentReader
    papers: SqlPapers
    letters: LetterDesk
    knowledge: KnowledgeBase
    outbox: Mailing
    observer: Observer
    gate: Gate
    limits: Limits
    desk: SignInDesk
    openid: OpenIdSignIn | None
    cases: CaseDesk
    draining: Draining
    readiness: Readiness
    standing: Standing
    erasure: Erasure
    feedback: FeedbackDesk
    started_at: float = field(default_factory=monotonic)

    def assistant(self, name: str | None) -> Assistant:
        """One that this house hosts; None stands for none of them. Raises LookupError."""
        return self.runner.hosted[name or ""].assistant

    async def open_session(
        self,
        assistant: Assistant = LOAN,
        session_id: str | None = None,
        *,
        capability_hash: bytes | None = None,
        tenant: str | None = None,
    ) -> tuple[str, str, str]:
        """Start a conversation that belongs to a capability's holder or to a tenant: session id, time, greeting.

        The time as it is kept. Raises Problem; SessionExists for a given id that is not free.
        """
        self.draining.refuse()
        session_id, now = session_id or str(uuid4()), now_in_milliseconds()
        greeting = assistant.opening(session_id)
        self.hub.lanes.begin_anew(session_id)
        await self.sessions.create(
            session_id,
            assistant.name,
            greeting,
            assistant.view({}),
            now,
            capability_hash=capability_hash,
            tenant=tenant,
        )
        return session_id, now, greeting

    async def submit(self, session_id: str, submission: Submission, access: Access | None = None) -> Turn:
        """Accept a message within the limits; without `access`, the caller's right was seen to.

        Raises Problem, UnknownSession, MessageIdReused.
        """
        self.draining.refuse()
        with self.limits.capacity.turn(self.runner.under_way):
            if access is not None and access.session is None:
                await self.limits.of_the_owner(session_id, access.callers, partial(self._look, session_id, access))
            if submission.upload is None:
                await self.limits.message(session_id, submission.message_id)
            return await self.runner.submit(session_id, submission, access.permits if access else None)

    async def _look(self, session_id: str, access: Access) -> None:
        if not access.permits(await self.sessions.get(session_id)):
            raise UnknownSession

    async def drain(self) -> None:
        """Take on nothing new and let the turns under way come to their end. The rest goes on working meanwhile."""
        self.draining.begin()
        log.info("service.draining")
        self.runner.keeper.stop()
        await self.runner.drain(TURNS_SECONDS)
        await self.hub.close()

    async def erase_session(self, session_id: str) -> None:
        """Forget the session wherever it left something. Raises UnknownSession."""
        async with self.runner.erasing(session_id):
            await self.erasure.erase(session_id)

    async def erase_idle(self, session_id: str, unless_since: str) -> None:
        """The same, unless something happened in the session since then. Raises StillInUse as well."""
        async with self.runner.erasing(session_id):
            await self.erasure.erase(session_id, unless_since=unless_since)


@contextlib.asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Everything up in order, unfinished turns resumed; everything down in reverse, running turns finished first."""
    async with contextlib.AsyncExitStack() as cleanup:
        spans = await cleanup.enter_async_context(open_spans(settings.otel_exporter_otlp_endpoint))
        observer = Observer(Metrics(), spans)
        thumbs = await cleanup.enter_async_context(tracing(settings, observer.metrics.thumb_told))
        count_dropped(observer.metrics.log_key_dropped, observer.metrics.log_line_dropped)
        database, checkpoints = await _open_storage(settings, observer)
        cleanup.push_async_callback(database.close)
        cleanup.push_async_callback(checkpoints.close)
        mailing = await open_mailing(settings, database, observer)
        knowledge, markets = await asyncio.to_thread(open_knowledge_bases, settings)
        for base in (knowledge, markets):
            cleanup.push_async_callback(base.close)
        signer = await asyncio.to_thread(signing_identity, settings)
        press = LetterPress(signer)
        cleanup.push_async_callback(press.close)
        secrets = await asyncio.to_thread(settings.secrets)
        acts = ActsWriter(database, secrets)
        anchor = AuditAnchor(database, acts.chain, settings.data_dir)
        cleanup.push_async_callback(anchor.note)
        draining = Draining()
        model_calls = ModelCalls(database)
        model = await asyncio.to_thread(open_model_of, settings, cleanup, observer, draining, model_calls)
        services = await asyncio.to_thread(
            loan_services, settings, database, acts, knowledge, mailing.outbox, press, cleanup, observer, model
        )
        limits = await open_limits(settings, observer.metrics.limit_refused, cleanup)
        desk, openid = await open_desk(settings, Officers(database), services.sealer, limits, cleanup)
        sessions = Sessions(database, acts)
        hub = open_hub(settings, database, sessions, cleanup)
        draining.hears(hub.leave)
        await cleanup.enter_async_context(mailing.sending())
        guy = guy_services(settings, services, markets, *await asyncio.to_thread(open_guy_language, model))
        hosted = [Hosted(LOAN, services), Hosted(HEDGE_FUND_GUY, guy)]
        runner = TurnRunner(hosted, services.audit, Turns(database, acts), checkpoints, observer, hub.lanes)
        cleanup.push_async_callback(runner.drain, TURNS_SECONDS)
        indexing = asyncio.create_task(_get_ready((knowledge, markets), press, settings), name="get ready")
        cleanup.push_async_callback(_settle, indexing)
        cleanup.push_async_callback(_settle, asyncio.create_task(anchor.keep(), name="audit anchor"))
        await runner.resume_unfinished()
        cleanup.push_async_callback(_settle, asyncio.create_task(runner.keeper.keep(), name="turns left"))
        case_desk = CaseDesk(Cases(database, acts), acts, services.policy_of, runner.submit)
        cleanup.push_async_callback(_settle, asyncio.create_task(case_desk.keep_delivering(), name="officers' acts"))
        reader = DocumentReader(await asyncio.to_thread(find_engine))
        readiness = Readiness(
            draining,
            sessions.ping,
            partial(state_of, knowledge),
            settings.data_dir if settings.database_url is None else None,
            {
                "markets": partial(state_of, markets),
                # Absent, and a person reads pictures; unsigned, and no sanction letter is printed.
                "text_recognition": lambda: "absent" if reader.engine is None else "ready",
                "letters": lambda: "ready" if press.signs else "unsigned",
                "limits": lambda: "degraded" if limits.degraded else "ready",
            },
        )
        standing = Standing(
            readiness.stores,
            lambda: {state_of(knowledge), state_of(markets)} == {"ready"},
            partial(mailing.delivers, "email"),
        )
        cleanup.push_async_callback(standing.close)
        house = House(
            settings=settings,
            services=services,
            runner=runner,
            hub=hub,
            sessions=sessions,
            listing=Listing(database),
            model_calls=model_calls,
            uploads=Uploads(database),
            reader=reader,
            papers=SqlPapers(database),
            letters=LetterDesk(
                LetterRecords(database),
                LetterChecker(await asyncio.to_thread(known_fingerprints, settings)),
                services.clock,
            ),
            knowledge=knowledge,
            outbox=mailing,
            observer=observer,
            gate=Gate(settings.auth_required, Tokens(settings.key_ring()), Revocations(database)),
            limits=limits,
            desk=desk,
            openid=openid,
            cases=case_desk,
            draining=draining,
            feedback=FeedbackDesk(Feedback(database), observer.metrics, thumbs),
            erasure=Erasure(sessions, (runner.forget, mailing.forget, hub.forget)),
            readiness=readiness,
            standing=standing,
        )
        await house.erasure.finish()
        retention = Retention(
            (rules := read_retention()), Expired(database, rules), house.erase_idle, acts, services.clock
        )
        cleanup.push_async_callback(_settle, asyncio.create_task(retention.keep_applying(), name="retention"))
        yield house


async def _open_storage(settings: Settings, observer: Observer) -> tuple[Database, Checkpoints]:
    vault, committed = Vault(await asyncio.to_thread(settings.secrets)), observer.metrics.committed
    if settings.database_url is None:
        path = settings.data_dir / "esoteric.db"
        database = await asyncio.to_thread(partial(Database.sqlite, path, committed, vault=vault))
    else:
        database = Database.postgres(settings.database_url, committed, vault=vault)
    await migrated(database, settings.where_the_database_is())
    await refuse_wrong_secret(database)
    return database, await open_checkpoints(database)


async def _get_ready(bases: Sequence[KnowledgeBase], press: LetterPress, settings: Settings) -> None:
    """Index what changed while the first customers already talk; without vectors, questions are answered by words."""
    for base in bases:
        try:
            await base.ingest()
        except StoreUnavailable as error:
            log.warning("knowledge.by_words_alone", extra=fault(error))
    await press.warm_up()
    if not press.signs:
        log.error("letters.unsigned", extra={"reason": "LETTER_SIGNING_FILE is not set"})
    tell_what_is_not_shared(settings)
    log.info("service.ready", extra={"url": f"http://{settings.host}:{settings.port}"})


async def _settle(task: asyncio.Task[object]) -> None:
    """Stop a background task and wait for its end."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
