"""The message as it may be searched for, shown to a model and kept for the summary: no fact about the person in it."""

import re

from agents.hedge_fund_guy.reading.reading import Reading

_MAIL = re.compile(r"(?<!\S)[^\s@]{0,254}[^\s@]@[^\s@]\S*")
_SPOKEN_MAIL = re.compile(
    r"(?<!\S)\S{1,64}\s+[(\[]?at[)\]]?\s+(?:\S{1,64}\.\w|\S{1,64}(?:\s+[(\[]?dot[)\]]?\s+\w{1,24}){1,4})", re.IGNORECASE
)
_LONG_NUMBER = re.compile(r"\+?\d(?:[ .()/-]{0,2}\d){6,}")  # of a phone, a card, an account
_UNIT = r"k|m|mn|bn|grand|thousand|million|lakhs?|lacs?|crores?|cr|hundred|bucks|quid"
_AMOUNT = re.compile(
    rf"[$€£¥₹]?\d(?:[\d.,']*\d)?(?:\s?(?:{_UNIT})\b)?"
    rf"|\b(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty"
    rf"|seventy|eighty|ninety|half|a|couple)[\s-]+){{1,3}}(?:{_UNIT})\b",
    re.IGNORECASE,
)


def masked(text: str, reading: Reading, name: str | None) -> str:
    """`name` is the person's, once it is known. A message of nothing but facts is kept as the names of the facts."""
    facts = reading["facts"]
    if facts and reading["intent"] in {"provide", "refuse"}:
        return " ".join(f"[{fact}]" for fact in facts)
    text = _MAIL.sub("[email]", text)
    if "email" in facts:
        text = _SPOKEN_MAIL.sub("[email]", text)
    text = _LONG_NUMBER.sub("[number]", text)
    if "income" in facts:
        text = _AMOUNT.sub("[income]", text)
    for word in (name or "").split():
        if len(word) > 1:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "[name]", text, flags=re.IGNORECASE)
    return text
