"""A text as numerals, words and signs, each with its place in the original."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tools.numbers.spelling import fold

TokenKind = Literal["numeral", "word", "sign"]

# Commas between digits are dropped whatever the grouping (3,00,000 and 300,000); a one-digit group is a list (2,3).
_TOKEN = re.compile(
    r"""(?P<numeral>\d+(?:,\d{2,})+(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+)
      |(?P<word>[^\W\d_](?:[^\W\d_]|[\u0900-\u0963\u0970-\u0977]|['’](?=[^\W\d_]))*)
      |(?P<sign>\S)""",
    re.VERBOSE,
)
# 3 00 000 and 50 000: blanks as separators, only where the last group is zeros, so that lists stay lists.
_BLANK_GROUPS = re.compile(r"(?<![\d,.])\d{1,3}(?:[ \u00a0\u202f]\d{2})*[ \u00a0\u202f]000(?![\d,.])")
_MAX_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Token:
    """``key`` is the folded spelling; ``number`` is set for numerals only; ``glued``: no blank before it."""

    kind: TokenKind
    text: str
    key: str
    start: int
    end: int
    number: Fraction | None
    glued: bool


def tokenise(text: str) -> list[Token]:
    tokens: list[Token] = []
    blank_groups = {match.start(): match for match in _BLANK_GROUPS.finditer(text)} if " 000" in text else {}
    position, previous_end = 0, -1
    while match := _TOKEN.search(text, position):
        match = blank_groups.get(match.start(), match)
        start, end = match.span()
        written = match.group()
        kind: TokenKind = "numeral" if match.re is _BLANK_GROUPS else _kind(match)
        number = _numeral(written) if kind == "numeral" else None
        key = fold(written) if kind == "word" else written
        tokens.append(Token(kind, written, key, start, end, number, start == previous_end))
        position = previous_end = end
    return tokens


def _kind(match: re.Match[str]) -> TokenKind:
    if match.lastgroup == "numeral":
        return "numeral"
    return "word" if match.lastgroup == "word" else "sign"


def _numeral(written: str) -> Fraction | None:
    digits = "".join(written.replace(",", "").split())
    # int() reads every script's digits; Fraction's own parser only ASCII ones.
    whole, _, decimals = digits.partition(".")
    if len(digits) > _MAX_DIGITS:
        return None
    value = Fraction(int(whole or "0"))
    return value + Fraction(int(decimals), 10 ** len(decimals)) if decimals else value
