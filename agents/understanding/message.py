"""One message prepared for reading: tokens, cues, clauses, and the findings gathered from it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agents.understanding.phrases import Cue
from tools.numbers import Quantity, Token
from tools.numbers.words import keys

_CONNECTORS = keys("and aur but lekin magar par then also plus और लेकिन मगर तथा")
# Hindi puts the verb last: what follows it is a new clause even without a comma.
_CLOSING_VERBS = keys("hai hain hoon hun hu है हैं हूँ हूं")
_BREAKS = frozenset(",;!?।()\n")
_ENDS = frozenset(".!?।")
_NO_STOP_AFTER = frozenset({"rs", "mr", "mrs", "ms", "dr", "no", "smt", "shri", "st"})


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens ``first:last``; ``sentence`` counts sentences, so that a cue can reach over a comma but not a stop."""

    first: int
    last: int
    sentence: int


@dataclass(slots=True)
class Findings:
    """Facts as they are found: the first value for a slot stands."""

    text: str
    values: dict[str, object] = field(default_factory=dict)
    spans: dict[str, str] = field(default_factory=dict)
    corrects: list[str] = field(default_factory=list)

    def put(self, slot: str, value: object, start: int, end: int) -> None:
        if slot not in self.values:
            self.values[slot] = value
            self.spans[slot] = self.text[start:end]

    def has(self, *slots: str) -> bool:
        return any(slot in self.values for slot in slots)


@dataclass(slots=True)
class Message:
    """``taken`` are tokens whose meaning is settled (a phone number, a date), no longer figures to place."""

    text: str
    asked: str | None
    tokens: list[Token]
    cues: dict[str, list[Cue]]
    clauses: list[Clause] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    quantities: list[Quantity] = field(default_factory=list)

    def tagged(self, *tags: str) -> list[Cue]:
        return [cue for tag in tags for cue in self.cues.get(tag, ())]

    def has(self, *tags: str) -> bool:
        return any(tag in self.cues for tag in tags)

    def inside(self, first: int, last: int, *tags: str) -> list[Cue]:
        """Cues of these tags that lie within the tokens ``first:last``."""
        found: list[Cue] = []
        for tag in tags:
            cues = self.cues.get(tag)
            if cues:
                for at in range(bisect_left(cues, first, key=_first), len(cues)):
                    if cues[at].first >= last:
                        break
                    if cues[at].last <= last:
                        found.append(cues[at])
        return found

    def clause_of(self, token: int) -> Clause:
        at = bisect_right(self.clauses, token, key=_last)
        return self.clauses[min(at, len(self.clauses) - 1)]

    def key(self, at: int) -> str:
        return self.tokens[at].key if 0 <= at < len(self.tokens) else ""

    def take(self, start: int, end: int) -> None:
        """Settle every token that overlaps the characters ``start:end``."""
        self.taken.update(self.over(start, end))

    def over(self, start: int, end: int) -> range:
        """Indices of the tokens that overlap the characters ``start:end``."""
        first = bisect_right(self.tokens, start, key=_token_end)
        return range(first, bisect_left(self.tokens, end, lo=first, key=_token_start))

    def span(self, first: int, last: int) -> tuple[int, int]:
        return self.tokens[first].start, self.tokens[last - 1].end


def _first(cue: Cue) -> int:
    return cue.first


def _last(clause: Clause) -> int:
    return clause.last


def _token_start(token: Token) -> int:
    return token.start


def _token_end(token: Token) -> int:
    return token.end


def group_cues(cues: Iterable[Cue]) -> dict[str, list[Cue]]:
    grouped: dict[str, list[Cue]] = {}
    for cue in cues:
        grouped.setdefault(cue.tag, []).append(cue)
    return grouped


def split_clauses(text: str, tokens: Sequence[Token], quantities: Sequence[Quantity]) -> list[Clause]:
    """Cut at punctuation, connectors and closing verbs, never inside a quantity."""
    inner = {index for quantity in quantities for index in range(quantity.first, quantity.last)}
    clauses: list[Clause] = []
    first = sentence = 0
    for at, token in enumerate(tokens):
        if at in inner:
            continue
        line_ends = at > 0 and "\n" in text[tokens[at - 1].end : token.start]
        full_stop = _is_full_stop(tokens, at)
        if line_ends and at > first:
            clauses.append(Clause(first, at, sentence))
            first, sentence = at, sentence + 1
        if token.key in _BREAKS or full_stop or token.key in _CONNECTORS or _verb_closes(tokens, at):
            clauses.append(Clause(first, at + 1, sentence))
            first = at + 1
            sentence += token.key in _ENDS and (full_stop or token.key != ".")
    if first < len(tokens) or not clauses:
        clauses.append(Clause(first, len(tokens), sentence))
    return clauses


def _is_full_stop(tokens: Sequence[Token], at: int) -> bool:
    if tokens[at].key != ".":
        return False
    if at + 1 < len(tokens) and tokens[at + 1].glued:
        return False
    before = tokens[at - 1].key if at else ""
    return before not in _NO_STOP_AFTER and (len(before) > 1 or not before.isalpha())


def _verb_closes(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].key in _CLOSING_VERBS and at + 1 < len(tokens) and tokens[at + 1].kind != "sign"
