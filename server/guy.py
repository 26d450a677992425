"""What the hedge fund guy reaches for in this house."""

from agents.hedge_fund_guy.reading.reading import Reader
from agents.hedge_fund_guy.services import GuyServices
from agents.hedge_fund_guy.speaking import GuySpeaker
from agents.hedge_fund_guy.voice import read_pools
from agents.services import Services
from kb.search import KnowledgeBase
from server.settings import Settings


def guy_services(
    settings: Settings, shared: Services, markets: KnowledgeBase, reader: Reader, speaker: GuySpeaker
) -> GuyServices:
    """His own reader, speaker and knowledge; ledger and clock are those that all assistants share."""
    read_pools()  # now rather than under the first visitor
    return GuyServices(
        reader=reader,
        speaker=speaker,
        knowledge=markets,
        effects=shared.effects,
        clock=shared.clock,
        leads_email=settings.leads_email or settings.mail_from,
    )
