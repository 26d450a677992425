"""Reading by rules first and a model second: it settles what the rules left open and overrides nothing.

It sees only words that the guy knows and points at the rest. What it points at counts only where the rules, reading
those very words as an answer to what was asked, find the fact in them.
"""

import re
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.hedge_fund_guy.model.hiding import Hidden, hide
from agents.hedge_fund_guy.model.patterns import groups_of, leash_patterns
from agents.hedge_fund_guy.model.sense import plain_text
from agents.hedge_fund_guy.model.vocabulary import load_vocabulary
from agents.hedge_fund_guy.reading.reading import Fact, Facts, Intent, Reading
from agents.hedge_fund_guy.reading.rules import RulesReader
from agents.model.asking import Ask, Model, ModelFailed, proposed
from agents.model.prompts import load_prompt
from agents.model.pseudonyms import PLACEHOLDER

READING_SECONDS = 4.0
LONGEST_SPAN = 120
LONG_ENOUGH = 5  # words, below which small talk is small talk
_UNSURE = frozenset({"off_topic", "small_talk"})
# Behind which the fact may stand.
_PLACES: dict[Fact, frozenset[str]] = {
    "name": frozenset({"NAME", "WORD"}),
    "email": frozenset({"EMAIL", "WORD"}),
    "income": frozenset({"NUMBER"}),
}
_CLAUSE_END = re.compile(r"[;!?\n]|[,.](?!\w)|\b(?:but|while|whereas)\b")

ProposedIntent = Literal[
    "market", "advice", "source", "who", "why", "provide", "refuse", "small_talk", "off_topic"
]  # never abuse: nobody is rebuffed on a model's word


class GuyProposal(BaseModel):
    """What the person's message wants."""

    model_config = ConfigDict(extra="ignore")

    intent: ProposedIntent = Field(description="what the person wants with this message")
    span: str = Field(default="", max_length=LONGEST_SPAN, description="the words of the message that show it, copied")


class ModelGuyReader:
    """Reads with `rules`, then asks the model about what they left open. Any failure leaves the rules' reading."""

    def __init__(self, rules: RulesReader, model: Model, *, seconds: float = READING_SECONDS) -> None:
        self._rules = rules
        self._model = model
        self.seconds = seconds
        self._vocabulary = load_vocabulary()

    async def read(self, text: str, asked: Fact | None) -> Reading:
        reading = await self._rules.read(text, asked)
        wanted = asked if asked and _is_open(asked, reading) else None
        if not self._model.is_available or (wanted is None and reading["intent"] not in _UNSURE):
            return reading
        hidden = hide(text, self._vocabulary, reading["facts"].get("name", "").split())
        if not _is_worth_asking(reading, hidden, wanted):
            return reading
        try:
            arguments = await proposed(self._model, self._ask(hidden, wanted), GuyProposal)
        except ModelFailed:
            return reading
        proposal = _well_formed(arguments)
        return self._settled(reading, proposal, hidden, wanted) if proposal else reading

    def _ask(self, hidden: Hidden, wanted: Fact | None) -> Ask:
        content = {"asked": wanted, "message": hidden.text}
        return Ask("understand", load_prompt("hedge_fund_guy_reading"), content, self.seconds)

    def _settled(self, reading: Reading, proposal: GuyProposal, hidden: Hidden, wanted: Fact | None) -> Reading:
        match proposal.intent:
            case "provide":
                found = self._fact(proposal.span, hidden, wanted) if wanted else {}
                if not found:
                    return reading
                facts = cast(Facts, {**reading["facts"], **found})
                return cast(Reading, {**reading, "intent": "provide", "facts": facts})
            case "refuse":
                if wanted is None or not _stands(proposal.span, hidden.text) or "?" in hidden.text:
                    return reading
                return cast(Reading, {**reading, "intent": "refuse", "declined": [*reading["declined"], wanted]})
            case intent:
                # What the rules take for a question about markets is one: the knowledge base decides.
                settled: Intent = intent if reading["intent"] in _UNSURE else reading["intent"]
                return cast(Reading, {**reading, "intent": settled})

    def _fact(self, span: str, hidden: Hidden, wanted: Fact) -> dict[str, Any]:
        """The fact as the rules read it in the words that were pointed at, or nothing."""
        if not _stands(span, hidden.text) or not _kinds(span) & _PLACES[wanted]:
            return {}
        if groups_of(leash_patterns("not_theirs"), _clause_around(span, hidden.text)):
            return {}
        found = cast(dict[str, Any], self._rules.read_now(hidden.restored(span), wanted)["facts"])
        return {wanted: found[wanted]} if set(found) == {wanted} else {}


def _is_open(asked: Fact, reading: Reading) -> bool:
    """Whether the fact that was asked for was neither given nor refused nor tried."""
    if reading["intent"] not in _UNSURE | {"market", "provide"}:
        return False
    return asked not in reading["facts"] and asked not in reading["declined"] and asked not in reading["broken"]


def _is_worth_asking(reading: Reading, hidden: Hidden, wanted: Fact | None) -> bool:
    """Whether a model could add anything."""
    words = PLACEHOLDER.sub("", hidden.text).split()
    if not any(character.isalpha() for word in words for character in word):
        return False
    if wanted and (_kinds(hidden.text) & _PLACES[wanted] or "?" not in hidden.text):
        return True
    return reading["intent"] in _UNSURE and len(words) >= LONG_ENOUGH


def _well_formed(arguments: dict[str, Any]) -> GuyProposal | None:
    try:
        return GuyProposal.model_validate(arguments)
    except ValidationError:
        return None


def _kinds(text: str) -> frozenset[str]:
    return frozenset(found.strip("[]").partition("_")[0] for found in PLACEHOLDER.findall(text))


def _stands(span: str, text: str) -> bool:
    """As words of its own."""
    return bool(span.strip()) and re.search(rf"(?<!\w){re.escape(span.strip())}(?!\w)", text) is not None


def _clause_around(span: str, text: str) -> str:
    at = text.index(span.strip())
    start = max((stop.end() for stop in _CLAUSE_END.finditer(text, 0, at)), default=0)
    stop = _CLAUSE_END.search(text, at + len(span.strip()))
    return plain_text(text[start : stop.start() if stop else len(text)])
