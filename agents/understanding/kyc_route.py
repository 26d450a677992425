"""Which way to a higher KYC level a customer asks for: a video call, or the Central KYC record."""

from typing import Final

from agents.understanding.message import Findings, Message
from tools.numbers.words import keys

_ROUTES: Final = ("ckyc", "vcip")
_NEGATIONS = keys("not dont no without nahi nahin nhi mat never cant cannot wont नहीं मत ना बिना bina")
_NEAR = 3


def read_kyc_route(message: Message, found: Findings, answer: str | None) -> None:
    """Set `kyc_route` where one is asked for; a question about it, or a no to it, asks for none."""
    if answer == "no" or message.has("asks", "condition") or ("?" in message.text and not message.has("may_i")):
        return
    for route in _ROUTES:
        for cue in message.tagged(route):
            near = range(max(0, cue.first - _NEAR), cue.last + _NEAR)
            if not any(message.key(at) in _NEGATIONS for at in near):
                found.put("kyc_route", route, *message.span(cue.first, cue.last))
