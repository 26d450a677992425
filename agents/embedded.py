"""The embedded services: everything simulated, in memory, on this machine. What Studio and tests run on."""

import secrets
from functools import cache, partial
from pathlib import Path

from agents.services import Services
from agents.speaking import TemplateSpeaker
from agents.understanding.rules import RulesUnderstander
from kb.lender import load_lender
from kb.notices import read_notices
from kb.policy import PolicyBook
from kb.search import open_knowledge_base
from tools.attempts import MemoryAttempts
from tools.audit import MemoryTrail
from tools.clock import Clock
from tools.consents import MemoryConsents
from tools.document_marks import MemoryMarks
from tools.effects import MemoryEffects
from tools.letter.press import print_in_thread
from tools.mail import OutboxCarrier
from tools.papers import MemoryPapers
from tools.providers.simulated import SimulatedProviders, packaged_customers
from tools.sealing import Sealer
from tools.signing.identity import passing_identity
from tools.velocity import MemoryHistory


def one_time_code() -> str:
    return f"{secrets.randbelow(10**6):06d}"


@cache
def embedded_services() -> Services:
    """Made at the first turn that needs them and kept for the process."""
    data_dir = Path("var")
    read_notices()
    providers = SimulatedProviders.of(packaged_customers()).providers()
    knowledge = open_knowledge_base(data_dir / "chroma")
    papers = MemoryPapers()
    return Services(
        understander=RulesUnderstander(),
        speaker=TemplateSpeaker(),
        knowledge=knowledge,
        providers=providers,
        history=MemoryHistory(),
        attempts=MemoryAttempts(),
        marks=MemoryMarks(),
        effects=MemoryEffects(OutboxCarrier(data_dir / "outbox"), papers),
        audit=MemoryTrail(),
        consents=MemoryConsents(),
        papers=papers,
        print_letter=partial(print_in_thread, identity=passing_identity()),
        verify_url="http://127.0.0.1:8000/verify",
        one_time_code=one_time_code,
        policies=PolicyBook.read("default"),
        lender=load_lender(),
        clock=Clock(),
        sealer=Sealer(secrets.token_bytes(32)),
    )
