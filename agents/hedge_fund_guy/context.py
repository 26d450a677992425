"""The context of a turn of the hedge fund guy, and his services where no server is around: Studio, tests."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agents.hedge_fund_guy.reading.rules import RulesReader
from agents.hedge_fund_guy.services import GuyServices
from agents.hedge_fund_guy.speaking import DraftSpeaker
from agents.turn_context import TurnContext
from kb.corpora import MARKETS
from kb.search import open_knowledge_base
from tools.clock import Clock
from tools.effects import MemoryEffects
from tools.mail import OutboxCarrier
from tools.papers import MemoryPapers

NOBODY = "leads@esoteric.example.com"


@cache
def embedded_guy_services() -> GuyServices:
    """Made at the first turn that needs them and kept for the process."""
    data_dir = Path("var")
    return GuyServices(
        reader=RulesReader(),
        speaker=DraftSpeaker(),
        knowledge=open_knowledge_base(data_dir / "chroma", MARKETS),
        effects=MemoryEffects(OutboxCarrier(data_dir / "outbox"), MemoryPapers()),
        clock=Clock(),
        leads_email=NOBODY,
    )


@dataclass
class GuyContext(TurnContext[GuyServices]):
    @staticmethod
    def embedded() -> GuyServices:
        return embedded_guy_services()
