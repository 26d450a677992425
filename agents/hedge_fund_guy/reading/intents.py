"""What a message wants. When unsure it is taken for a question about markets: the knowledge base then decides."""

import re
from collections.abc import Sequence

from agents.hedge_fund_guy.reading.reading import Fact, Intent
from agents.hedge_fund_guy.reading.said import Clause, Said
from agents.hedge_fund_guy.reading.tables import Table, word_set
from tools.numbers import Token

_YOU = frozenset(("you", "your", "youre", "u", "ur", "yourself"))
_ME = frozenset(("i", "im", "myself"))
_WITH_AN_INSULT = frozenset(("a", "what", "such", "fucking"))
_BEFORE_A_QUESTION = frozenset(("so", "and", "but", "hey", "ok", "well"))
_STARRED = re.compile(r"(?<!\w)f[*@#$%!u]{1,3}c?k?\s+(?:you|u|off)(?!\w)", re.IGNORECASE)
_EXPLAIN = frozenset(("explain", "define", "describe", "teach"))
_OPERATORS = frozenset(("times", "x", "plus", "minus", "*", "+", "÷", "^"))
_SHORT = 3  # words, up to which a sentence without a topic is small talk
_LONG = 10  # tokens, from which "source" in a sentence about markets is no question for one


class Intents:
    def __init__(self, table: Table) -> None:
        words = {name: word_set(listed) for name, listed in table["words"].items()}
        self._filler, self._questions, self._provides = words["filler"], words["questions"], words["provides"]

    def find(self, said: Said, given: Sequence[Fact], *, refuses: bool) -> Intent:
        if "intents.distress" in said.cues:
            return "distress"
        if _is_abuse(said):
            return "abuse"
        if not given and not refuses and (meta := _about_the_talk(said)):
            return meta
        asks = any(self._asks(said, clause) for clause in said.clauses)
        topic = self._topic(said)
        if refuses and not (topic and asks):
            return "refuse"
        if given and not (topic and (asks or self._says_more(said))):
            return "provide"
        if (given or refuses) and (meta := _about_the_talk(said)):
            return meta
        return topic or self._without_topic(said, asks=asks)

    def _topic(self, said: Said) -> Intent | None:
        free = [said.tokens[at] for at in _free(said)]
        markets = _has(said, "market") or (not said.text.isupper() and any(map(_is_ticker, free)))
        elsewhere = _has(said, "off") or _is_sum(free)
        if (markets or not elsewhere) and _has(said, "advice"):
            return "advice"
        explains = bool(said.tokens) and said.tokens[0].key in _EXPLAIN
        if not explains and _has(said, "advising") and (markets or not (elsewhere or self._names_something(said))):
            return "advice"
        if markets:
            return "market"
        return "off_topic" if elsewhere else None

    def _names_something(self, said: Said) -> bool:
        """ "should I email her", not "what should I do now", nor "what would you do with 50k" """
        asking = {at for cue in said.cued("intents.advising") for at in range(cue.first, cue.last)}
        return any(
            said.tokens[at].kind == "word"
            and len(said.key(at)) > 1
            and at not in asking
            and said.key(at) not in self._filler
            for at in _free(said)
        )

    def _says_more(self, said: Said) -> bool:
        rest = [at for at in _free(said) if said.tokens[at].kind == "word" and said.key(at) not in self._provides]
        return len(rest) > _SHORT

    def _without_topic(self, said: Said, *, asks: bool) -> Intent:
        words = [at for at in _free(said) if said.tokens[at].kind == "word"]
        small = {at for cue in said.cued("intents.small") for at in range(cue.first, cue.last)}
        left = [at for at in words if at not in small and said.key(at) not in self._filler]
        if not left or (small and len(left) <= 1) or (len(words) <= _SHORT and not asks):
            return "small_talk"
        return "market"

    def _asks(self, said: Said, clause: Clause) -> bool:
        if clause.asks:
            return True
        first = clause.first
        while said.key(first) in _BEFORE_A_QUESTION:
            first += 1
        return first < clause.last and said.key(first) in self._questions


def _free(said: Said) -> list[int]:
    return [at for at in range(len(said.tokens)) if at not in said.taken]


def _has(said: Said, tag: str) -> bool:
    """A cue outside of what is settled."""
    return any(said.taken.isdisjoint(range(cue.first, cue.last)) for cue in said.cues.get(f"intents.{tag}", ()))


def _about_the_talk(said: Said) -> Intent | None:
    """Where it is from, why it is asked, what is on file, who he is."""
    words = [token.key for token in said.tokens if token.kind == "word"] if len(said.tokens) < _LONG else []
    if said.asked and words in (["why"], ["but", "why"], ["y"]):
        return "why"
    if _has(said, "source") and not (len(said.tokens) > _LONG and _has(said, "market")):
        return "source"
    if _has(said, "why"):
        return "why"
    if _has(said, "file"):
        return "file"
    return "who" if _has(said, "who") else None


def _is_abuse(said: Said) -> bool:
    if _has(said, "hate") or _STARRED.search(said.text):
        return True
    if not any(f"intents.{tag}" in said.cues for tag in ("abuse", "insult", "groups")):
        return False
    return any(_abuses(said, clause) for clause in said.clauses)


def _abuses(said: Said, clause: Clause) -> bool:
    """Aimed at him or at a group; not at oneself, at a market, at somebody in the news."""

    def has(tag: str) -> bool:
        return bool(said.cued(f"intents.{tag}", clause.first, clause.last))

    if has("groups") and has("hating"):
        return True
    if not has("abuse") and not has("insult"):
        return False
    words = [token.key for token in said.tokens[clause.first : clause.last] if token.kind == "word"]
    if not _ME.isdisjoint(words) and (_YOU - {"your"}).isdisjoint(words):
        return False
    if has("abuse"):
        return True
    insults = {
        at for cue in said.cued("intents.insult", clause.first, clause.last) for at in range(cue.first, cue.last)
    }
    at_him = not _YOU.isdisjoint(words) and len(words) <= 8
    alone = all(
        at in insults or said.key(at) in _WITH_AN_INSULT or said.tokens[at].kind == "sign"
        for at in range(clause.first, clause.last)
    )
    return at_him or alone


def _is_ticker(token: Token) -> bool:
    return token.kind == "word" and token.text.isupper() and token.text.isascii() and 3 <= len(token.text) <= 5


def _is_sum(tokens: Sequence[Token]) -> bool:
    """17 times 23"""
    return any(
        before.kind == after.kind == "numeral" and sign.key in _OPERATORS
        for before, sign, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )
