"""What the hedge fund guy may reach for."""

from dataclasses import dataclass

from agents.hedge_fund_guy.reading.reading import Reader
from agents.hedge_fund_guy.speaking import GuySpeaker
from agents.knowledge import Knowledge
from tools.clock import Clock
from tools.effects import EffectLedger


@dataclass(frozen=True, slots=True)
class GuyServices:
    """`knowledge` is that of the markets, `leads_email` where complete leads go."""

    reader: Reader
    speaker: GuySpeaker
    knowledge: Knowledge
    effects: EffectLedger
    clock: Clock
    leads_email: str
