"""A message prepared for reading: clean characters, tokens with keys, clauses."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from agents.hedge_fund_guy.reading.reading import Fact
from agents.understanding.message import group_cues
from agents.understanding.phrases import Cue, Phrasebook
from tools.numbers import Token

# What \w leaves out of words: combining marks, and the joiners inside Persian and Indian ones.
MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f"
    "\u0955-\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a70-\u0a75\u0a81-\u0a83\u0abc-\u0acd"
    "\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03"
    "\u0d3b-\u0d4d\u0d57\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u102b-\u103e\u17b4-\u17d3\u200c\u200d"
)
_TOKEN = re.compile(
    rf"""(?P<numeral>\d{{1,3}}(?:[ \u00a0\u202f]\d{{3}}(?!\d))+(?:[.,]\d{{1,2}}(?!\d))?|\d+(?:[.,']\d+)*
                    |(?<![\w.])\.\d+)
      |(?P<word>[^\W\d_](?:[^\W\d_]|[{MARKS}]|['](?=[^\W\d_]))*)
      |(?P<sign>\S)""",
    re.VERBOSE,
)
_AS_TYPED = str.maketrans(
    {
        **dict.fromkeys("’‘‛ʼ`´＇", "'"),
        **dict.fromkeys("“”„«»＂", '"'),
        **dict.fromkeys("‐‑", "-"),
        **dict.fromkeys("＠﹫", "@"),
        **dict.fromkeys("．", "."),
        **dict.fromkeys(
            "\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad", ""
        ),
    }
)
_HELD_DOWN = re.compile(r"([a-z])\1{2,}")
_BREAKS = frozenset(".,;!?\n()[]|•…。！？、，।؟")
_QUESTION = frozenset("?？؟")
_DASHES = frozenset("-–—/~*")
_TITLES = ("mr", "mrs", "ms", "mx", "dr", "prof", "rev", "lt", "col", "capt", "gen", "maj", "sgt", "st", "jr", "sr")
_SHORT_FORMS = frozenset((*_TITLES, "fr", "rs", "p"))
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens ``first:last``, without the sign that ends them; `asks` when that is a question mark."""

    first: int
    last: int
    asks: bool


@dataclass(slots=True)
class Said:
    """`cues` by tag, in the order of their places; `taken` are tokens whose meaning is settled."""

    text: str
    asked: Fact | None
    tokens: list[Token]
    clauses: list[Clause]
    cues: dict[str, list[Cue]]
    taken: set[int] = field(default_factory=set)

    def key(self, at: int) -> str:
        return self.tokens[at].key if 0 <= at < len(self.tokens) else ""

    def keys(self, first: int, last: int) -> list[str]:
        return [token.key for token in self.tokens[max(first, 0) : max(last, 0)]]

    def span(self, first: int, last: int) -> tuple[int, int]:
        return self.tokens[first].start, self.tokens[last - 1].end

    def take(self, start: int, end: int) -> None:
        """Settle the tokens that overlap the characters ``start:end``."""
        first = bisect_right(self.tokens, start, key=_end)
        self.taken.update(range(first, bisect_left(self.tokens, end, lo=first, key=_start)))

    def cued(self, tag: str, first: int = 0, last: int | None = None) -> list[Cue]:
        """The cues of a tag that lie within the tokens ``first:last``."""
        cues = self.cues.get(tag, ())
        end = len(self.tokens) if last is None else last
        found: list[Cue] = []
        for at in range(bisect_left(cues, first, key=_first), len(cues)):
            if cues[at].first >= end:
                break
            if cues[at].last <= end:
                found.append(cues[at])
        return found


def _first(cue: Cue) -> int:
    return cue.first


def _start(token: Token) -> int:
    return token.start


def _end(token: Token) -> int:
    return token.end


def spelled(word: str) -> str:
    """The key of a word: lower case, without apostrophes, a letter held down once (heyyy, nooo), but for iii."""
    key = word.casefold().replace("'", "")
    return key if key == "iii" else _HELD_DOWN.sub(r"\1", key)


def prepare(text: str, asked: Fact | None, phrases: Phrasebook) -> Said:
    """The message ready for reading; `phrases` are the cues to be found in it."""
    clean = unicodedata.normalize("NFC", text).translate(_AS_TYPED)
    tokens = _tokens(clean)
    return Said(clean, asked, tokens, _clauses(clean, tokens), group_cues(phrases.find_all(tokens)))


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    previous_end = -1
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        written = match.group()
        glued = start == previous_end
        if match.lastgroup == "numeral":
            tokens.append(Token("numeral", written, written, start, end, numeral(written), glued))
        elif match.lastgroup == "word":
            tokens.append(Token("word", written, spelled(written), start, end, None, glued))
        else:
            tokens.append(Token("sign", written, written, start, end, None, glued))
        previous_end = end
    return tokens


def numeral(written: str) -> Fraction | None:
    """A figure in any grouping: 120,000 and 1,20,000, 120.000 and 4.500,50, 120 000, 120'000. None for what is none."""
    figure = re.sub(r"['\s]", "", written)
    if sum(map(len, re.split(r"[.,]", figure))) > _MOST_DIGITS:
        return None
    signs = [character for character in figure if character in ".,"]
    decimal = _decimal_sign(figure, signs)
    whole, _, decimals = figure.rpartition(decimal) if decimal else (figure, "", "")
    if decimal and decimal in whole:
        return None  # 1.2.3 is a version or a date
    digits = re.sub(r"[.,]", "", whole)
    value = Fraction(int(digits or "0"))  # int() reads every script's digits
    return value + Fraction(int(decimals), 10 ** len(decimals)) if decimals else value


def _decimal_sign(figure: str, signs: Sequence[str]) -> str:
    if not signs:
        return ""
    last = signs[-1]
    if len(set(signs)) > 1:
        return last
    decimals = len(figure) - figure.rindex(last) - 1
    if len(signs) > 1:
        return "" if decimals >= 2 else last
    # 4.500 is four and a half thousand in half of the world; who earns says no thousandths.
    groups = decimals == 3 and figure.index(last) in (1, 2, 3) and not figure.startswith("0")
    return "" if groups else last


def _clauses(text: str, tokens: Sequence[Token]) -> list[Clause]:
    clauses: list[Clause] = []
    first = 0
    for at, token in enumerate(tokens):
        new_line = at > first and "\n" in text[tokens[at - 1].end : token.start]
        if new_line:
            clauses.append(Clause(first, at, False))
            first = at
        if token.kind == "sign" and _breaks(tokens, at):
            asks = token.key in _QUESTION
            if at > first:
                clauses.append(Clause(first, at, asks))
            first = at + 1
    if first < len(tokens):
        clauses.append(Clause(first, len(tokens), False))
    return clauses


def _breaks(tokens: Sequence[Token], at: int) -> bool:
    sign = tokens[at].key
    glued_on = at + 1 < len(tokens) and tokens[at + 1].glued
    if sign in _DASHES:
        return not (tokens[at].glued and glued_on) and sign != "~" and not _between_numbers(tokens, at)
    if sign == ".":
        if at and _is_short_form(tokens, at - 1):
            return False
        return not glued_on or tokens[at + 1].text[0].isupper()
    return sign in _BREAKS or unicodedata.category(sign[0]) == "So"


def _is_short_form(tokens: Sequence[Token], at: int) -> bool:
    """Dr., an initial, the end of p.a."""
    token, before = tokens[at], tokens[at - 1].key if at else ""
    initial = len(token.text) == 1 and token.text.isupper() and not token.glued
    return token.key in _SHORT_FORMS or initial or (len(token.key) == 1 and before == "." and token.glued)


def _between_numbers(tokens: Sequence[Token], at: int) -> bool:
    """80k - 100k, $80 – $100"""
    following = tokens[at + 1 : at + 3]
    return any(token.kind == "numeral" for token in following) and any(
        token.kind == "numeral" for token in tokens[max(at - 3, 0) : at]
    )
