"""The message as it may be kept beside the transcript, searched for and shown to a model: no fact about the person."""

import re

from agents.hedge_fund_guy.reading.reading import Reading

_MAIL = re.compile(r"\S{1,254}@\S+|\b\S{1,64} (?:at|\(at\)|\[at\]) \S{1,64}(?: (?:dot|\(dot\)|\[dot\]) \w{1,24}){1,4}")
_NUMBER = re.compile(r"\+?\d(?:[ .()/-]{0,2}\d){6,}")  # of a phone, a card, an account
_AMOUNT = re.compile(r"(?:[^\W\d_]{1,3}|[$€£¥₹])?\s?\d[\d.,']*(?:\s?(?:k|m|bn|lakhs?|lacs?|crores?|cr|grand)\b)?", re.I)


def masked(text: str, reading: Reading, name: str | None) -> str:
    """`name` is the person's, once it is known. A message of nothing but facts is kept as the names of the facts."""
    facts = reading["facts"]
    if reading["intent"] in {"provide", "refuse"} and facts:
        return " ".join(f"[{fact}]" for fact in facts)
    text = _NUMBER.sub("[number]", _MAIL.sub("[email]", text))
    if "income" in facts:
        text = _AMOUNT.sub(" [income]", text)
    for word in (name or "").split():
        if len(word) > 1:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "[name]", text, flags=re.IGNORECASE)
    return text
