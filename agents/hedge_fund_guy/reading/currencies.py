"""The currency of a sum, by sign, code or word, before or after the figure."""

from agents.hedge_fund_guy.reading.said import Said, spelled
from agents.hedge_fund_guy.reading.tables import Table
from agents.understanding.phrases import Phrasebook
from tools.numbers import Token

_SHORT = {"rs": "INR", "fr": "CHF", "sfr": "CHF", "zł": "PLN", "rm": "MYR", "ksh": "KES", "re": "INR"}
_IN_HAN = {"円": "JPY", "元": "CNY", "块": "CNY", "원": "KRW"}


class Currencies:
    def __init__(self, tables: Table) -> None:
        self._signs, self._dollars = tables["signs"], tables["dollars"]
        small = tables["codes"]["small"].split()
        self.codes = {code: "CNY" if code == "rmb" else code.upper() for code in small}
        self._capitals = frozenset(tables["codes"]["capitals"].split())
        self._words = Phrasebook(tables["words"], spelled)

    def before(self, said: Said, at: int) -> tuple[str | None, int]:
        """The currency that starts at this token and the token after it; the same token where there is none."""
        if at >= len(said.tokens) or at in said.taken:
            return None, at
        token = said.tokens[at]
        if token.key in self._signs:
            return self._signs[token.key], at + 1
        if dollars := self._lettered_dollars(said, at):
            return dollars, at + 2
        code = self._code(token) or _SHORT.get(token.key)
        if code is None:
            return None, at
        end = at + 1 + (said.key(at + 1) == "." and token.key in _SHORT)
        end += said.key(end) in self._signs
        return (code, end) if end < len(said.tokens) and said.tokens[end].kind == "numeral" else (None, at)

    def after(self, said: Said, at: int) -> tuple[str | None, int, bool]:
        """The currency, the token after it, and whether money was named at all ("pesos" are several countries')."""
        before = said.tokens[at - 1]
        for sign in before.key if not before.key.isascii() and before.kind == "word" else "":
            if sign in _IN_HAN:
                return _IN_HAN[sign], at, True
        if before.key[:1] == "k" and before.key[1:] in self.codes:
            return self.codes[before.key[1:]], at, True
        if at >= len(said.tokens):
            return None, at, False
        token = said.tokens[at]
        if token.key in self._signs:
            return self._signs[token.key], at + 1, True
        if dollars := self._lettered_dollars(said, at):
            return dollars, at + 2, True
        for cue in self._words.find(said.tokens[at : at + 4]):
            if cue.first == 0:
                return (None if cue.tag == "none" else cue.tag), at + cue.last, True
            break
        code = self._code(token)
        return (code, at + 1, True) if code else (None, at, False)

    def _lettered_dollars(self, said: Said, at: int) -> str | None:
        """A$, US$, R$"""
        following = said.tokens[at + 1] if at + 1 < len(said.tokens) else None
        glued = following is not None and following.key == "$" and following.glued
        return self._dollars.get(said.key(at)) if glued else None

    def _code(self, token: Token) -> str | None:
        if token.kind != "word":
            return None
        return token.text if token.text in self._capitals else self.codes.get(token.key)
