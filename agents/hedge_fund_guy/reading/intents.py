"""What a message wants. When unsure it is taken for a question about markets: the knowledge base then decides."""

from collections.abc import Sequence

from agents.hedge_fund_guy.reading.reading import Fact, Intent
from agents.hedge_fund_guy.reading.said import Clause, Said
from agents.hedge_fund_guy.reading.tables import books, read_table, word_set
from tools.numbers import Token

_YOU = frozenset(("you", "your", "youre", "u", "ur", "yourself"))
_OPERATORS = frozenset(("times", "x", "plus", "minus", "*", "+", "÷", "^"))
_SHORT = 3  # words, up to which a sentence without a topic is small talk


class Intents:
    def __init__(self) -> None:
        table = read_table("intents")
        self._books = books(table["cues"])
        words = {name: word_set(listed) for name, listed in table["words"].items()}
        self._filler, self._questions, self._provides = words["filler"], words["questions"], words["provides"]

    def find(self, said: Said, given: Sequence[Fact], *, refuses: bool) -> Intent:
        free = [token for at, token in enumerate(said.tokens) if at not in said.taken]
        if self._is_abuse(said):
            return "abuse"
        if not given and not refuses and (meta := self._about_the_talk(said)):
            return meta
        asks = any(self._asks(said, clause) for clause in said.clauses)
        rest = [token for token in free if token.kind == "word" and token.key not in self._provides]
        topic = self._topic(free)
        if refuses and not (topic and asks):
            return "refuse"
        if given and not (asks and topic) and not (topic and len(rest) > _SHORT):
            return "provide"
        if (given or refuses) and (meta := self._about_the_talk(said)):
            return meta
        return topic or self._without_topic(free, asks=asks)

    def _about_the_talk(self, said: Said) -> Intent | None:
        """Where it is from, why it is asked, who he is."""
        if said.asked and [token.key for token in said.tokens if token.kind == "word"] in (
            ["why"],
            ["but", "why"],
            ["y"],
        ):
            return "why"
        if self._has(said.tokens, "source") and not (self._has(said.tokens, "market") and len(said.tokens) > 10):
            return "source"
        if self._has(said.tokens, "why"):
            return "why"
        return "who" if self._has(said.tokens, "who") else None

    def _topic(self, tokens: Sequence[Token]) -> Intent | None:
        markets = self._has(tokens, "market") or any(_is_ticker(token) for token in tokens)
        elsewhere = self._has(tokens, "off") or _is_sum(tokens)
        if self._has(tokens, "advice") and (markets or not elsewhere):
            return "advice"
        if markets:
            return "market"
        return "off_topic" if elsewhere else None

    def _without_topic(self, tokens: Sequence[Token], *, asks: bool) -> Intent:
        words = [token for token in tokens if token.kind == "word"]
        said = {at for cue in self._books["small"].find(words) for at in range(cue.first, cue.last)}
        left = [word for at, word in enumerate(words) if at not in said and word.key not in self._filler]
        if said and len(left) <= 1:
            return "small_talk"
        if not left or (len(words) <= _SHORT and not asks):
            return "small_talk"
        return "market"

    def _asks(self, said: Said, clause: Clause) -> bool:
        if clause.asks:
            return True
        words = [
            key for key in said.keys(clause.first, clause.last) if key not in ("so", "and", "but", "hey", "ok", "well")
        ]
        return bool(words) and words[0] in self._questions

    def _is_abuse(self, said: Said) -> bool:
        if self._has(said.tokens, "hate"):
            return True
        for clause in said.clauses:
            tokens = said.tokens[clause.first : clause.last]
            if self._has(tokens, "groups") and self._has(tokens, "hating"):
                return True
            if self._has(tokens, "abuse") and not self._about_himself(tokens):
                return True
            words = [token for token in tokens if token.kind == "word"]
            if self._has(tokens, "insult") and not self._about_himself(tokens):
                at_him = any(word.key in _YOU for word in words) and len(words) <= 8
                if at_him or all(
                    self._has([word], "insult") or word.key in ("a", "what", "such", "fucking") for word in words
                ):
                    return True
        return False

    def _about_himself(self, tokens: Sequence[Token]) -> bool:
        keys = {token.key for token in tokens}
        return bool(keys & {"i", "im", "myself"}) and not keys & (_YOU - {"your"})

    def _has(self, tokens: Sequence[Token], tag: str) -> bool:
        return bool(self._books[tag].find(tokens))


def _is_ticker(token: Token) -> bool:
    return token.kind == "word" and token.text.isupper() and token.text.isascii() and 3 <= len(token.text) <= 5


def _is_sum(tokens: Sequence[Token]) -> bool:
    """17 times 23"""
    return any(
        before.kind == after.kind == "numeral" and sign.key in _OPERATORS
        for before, sign, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )
