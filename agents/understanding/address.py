"""The postal address, as it was typed."""

import re

from agents.understanding.message import Findings, Message

_LEAD = re.compile(
    r"^\s*(?:(?:my|mera|meri|मेरा)\s+)?(?:current\s+|home\s+|residential\s+)?"
    r"(?:address|adress|addres|pata|पता|एड्रेस)\s*(?:is|hai|है|:|-)*\s*"
    r"|^\s*i\s+(?:live|stay|reside)\s+(?:at|in)\s+|^\s*(?:residing|staying|living)\s+(?:at|in)\s+",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_SHORTEST = 8
_LEAST_WORDS = 3
_FIGURES = frozenset({"money", "months", "percent"})


def read_address(message: Message, found: Findings) -> None:
    """Set ``address`` where it was asked, or after words that announce it; a mere "Pune" is not one."""
    text = message.text
    lead = _LEAD.search(text)
    if message.asked != "address" and (lead is None or not message.has("my_address")):
        return
    body_start = lead.end() if lead else 0
    body = text[body_start:].strip(" \t\n.,;")
    has_detail = bool(_DIGIT.search(body)) or "," in body or len(body.split()) >= _LEAST_WORDS
    if len(body) < _SHORTEST or not has_detail or message.has("asks", "may_i", "off_topic") or "?" in body:
        return
    if message.asked == "address" and message.has("refuse", "human", "withdraw", "start_over"):
        return
    figures = any(q.kind in _FIGURES and q.explicit for q in message.quantities)
    if figures and not message.has("address", "pin"):
        return
    start = text.index(body, body_start)
    found.put("address", " ".join(body.split()), start, start + len(body))
