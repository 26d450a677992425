"""What the loan assistant reaches for in this house."""

import contextlib
from typing import TYPE_CHECKING

from agents.embedded import one_time_code
from agents.services import Services
from kb.lender import load_lender
from kb.notices import read_notices
from kb.policy import PolicyBook
from kb.search import KnowledgeBase
from server.auditing import ProviderAudit
from server.language import open_language
from server.observing.observer import Observer
from server.observing.parts import WatchedPrinter, watched_providers
from server.providers import open_providers
from server.settings import Settings
from server.store.acts import ActsWriter
from server.store.attempts import SqlAttempts
from server.store.database import Database
from server.store.document_marks import SqlDocumentMarks
from server.store.effects import SqlEffects
from server.store.ledgers import SqlHistory, SqlPapers
from server.store.outbox import Outbox
from tools.clock import Clock
from tools.letter.press import LetterPress, SignedOnly
from tools.sealing import Sealer

if TYPE_CHECKING:  # LangChain's tools are loaded only where a model is set
    from agents.model.asking import Model


def loan_services(
    settings: Settings,
    database: Database,
    acts: ActsWriter,
    knowledge: KnowledgeBase,
    outbox: Outbox,
    press: LetterPress,
    cleanup: contextlib.AsyncExitStack,
    observer: Observer,
    model: "Model | None",
) -> Services:
    """From the settings, the storage and the knowledge; reads files. `model` may be None."""
    newest, *older = settings.secrets()
    clock, sealer = Clock(as_of=settings.policy_as_of), Sealer(newest, tuple(older))
    read_notices()
    policies = PolicyBook.read(settings.policy_profile)
    policies.on(clock.today())  # none in force stops the start
    language, plain = open_language(model, knowledge)
    return Services(
        understander=language.understander,
        speaker=language.speaker,
        knowledge=knowledge,
        providers=watched_providers(open_providers(settings, cleanup), observer, ProviderAudit(acts, sealer)),
        history=SqlHistory(database),
        attempts=SqlAttempts(database),
        marks=SqlDocumentMarks(database),
        effects=SqlEffects(database, acts, outbox),
        audit=acts,
        consents=acts,
        papers=SqlPapers(database),
        print_letter=WatchedPrinter(press if press.signs else SignedOnly(press), observer),
        verify_url=f"{settings.address()}/verify",
        one_time_code=one_time_code,
        policies=policies,
        lender=load_lender(),
        clock=clock,
        sealer=sealer,
        consulting=language.consulting,
        language_record=language.on_record,
        without_model=plain,
    )
