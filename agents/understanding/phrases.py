"""Finding tagged phrases in a message, in one pass and whatever the spelling."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tools.numbers import Token, fold

_BRIDGES = frozenset("-./&")


@dataclass(frozen=True, slots=True)
class Cue:
    """A tagged phrase over the tokens ``first:last`` (last exclusive)."""

    tag: str
    first: int
    last: int


class _Node:
    __slots__ = ("children", "tags")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.tags: list[str] = []


class Phrasebook:
    """Tags by phrase. Phrases are comma-separated and matched word by word in folded spelling; the longest wins.

    Several tags may share a phrase. A hyphen, slash or dot inside a phrase is overlooked (take-home, p.a.).
    `spelled` makes the key of a word, as the tokens that are searched have theirs.
    """

    def __init__(self, phrases_by_tag: Mapping[str, str], spelled: Callable[[str], str] = fold) -> None:
        self._root = _Node()
        self._spelled = spelled
        for tag, phrases in phrases_by_tag.items():
            for phrase in phrases.split(","):
                self._add(tag, phrase.split())

    def _add(self, tag: str, phrase: Iterable[str]) -> None:
        node = self._root
        for word in phrase:
            node = node.children.setdefault(self._spelled(word), _Node())
        if node is not self._root and tag not in node.tags:
            node.tags.append(tag)

    def find(self, tokens: Sequence[Token]) -> list[Cue]:
        cues: list[Cue] = []
        openings = self._root.children
        at = 0
        while at < len(tokens):
            match = self._longest(tokens, at) if tokens[at].key in openings else None
            if match is None:
                at += 1
                continue
            node, last = match
            cues += [Cue(tag, at, last) for tag in node.tags]
            at = last
        return cues

    def find_all(self, tokens: Sequence[Token]) -> list[Cue]:
        """Every phrase, also inside others: of each tag the longest from each token on, in the order of the tokens."""
        cues: list[Cue] = []
        openings = self._root.children
        for first, token in enumerate(tokens):
            if token.key not in openings:
                continue
            node, at = openings[token.key], first + 1
            ends = dict.fromkeys(node.tags, at)
            while node.children and at < len(tokens):
                key = tokens[at].key
                if key not in _BRIDGES:
                    following = node.children.get(key)
                    if following is None:
                        break
                    node = following
                    ends.update(dict.fromkeys(node.tags, at + 1))
                at += 1
            cues += [Cue(tag, first, last) for tag, last in ends.items()]
        return cues

    def _longest(self, tokens: Sequence[Token], at: int) -> tuple[_Node, int] | None:
        node, best = self._root, None
        first = at
        while at < len(tokens):
            token = tokens[at]
            if at > first and token.key in _BRIDGES:
                at += 1
                continue
            if token.kind == "sign" and not _is_pictograph(token.key):
                break
            following = node.children.get(token.key)
            if following is None:
                break
            node, at = following, at + 1
            if node.tags:
                best = (node, at)
        return best


def _is_pictograph(sign: str) -> bool:
    return unicodedata.category(sign[0]) == "So"
