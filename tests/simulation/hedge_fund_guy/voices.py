"""What a reply is made of: sentences of the knowledge base, and lines of the guy's pools. Whatever is neither is named.

The pools and clauses are read as data; how a reply is composed of them is not looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from agents.hedge_fund_guy.voice import Pool, placeholders, read_pools
from kb import clauses as kb_clauses

MARKETS = Path(kb_clauses.__file__).parent / "markets"
# What a placeholder may hold in a reply.
_HOLDS = {"count": r"[a-z -]{1,60}?", "name": r"\S{1,40}(?: \S{1,40}){0,5}?"}
_WITHIN_A_SENTENCE = r"(?:(?![.!?]\s)[^\n]){1,400}?"
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a reply. `of` is the clause's id or the pool's name; empty for what comes from neither."""

    kind: Literal["clause", "line", "unknown"]
    of: str
    text: str


@dataclass(frozen=True, slots=True)
class Clauses:
    """Texts, titles and documents of the clauses, by their id."""

    texts: dict[str, str]
    titles: dict[str, str]
    documents: dict[str, str]


@cache
def clauses() -> Clauses:
    found = kb_clauses.load_clauses(MARKETS)
    return Clauses(
        {one.id: one.text for one in found},
        {one.id: one.title for one in found},
        {one.id: one.document for one in found},
    )


def sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def folded(text: str) -> str:
    """A sentence as two that differ in case and punctuation alone are the same."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def pieces(reply: str) -> list[Piece]:
    """The reply cut up from its beginning, the longest known part first."""
    found: list[Piece] = []
    at = 0
    while at < len(reply):
        if reply[at].isspace():
            at += 1
            continue
        best = max(_known_at(reply, at), key=lambda piece: len(piece.text), default=None)
        if best is None:
            best = Piece("unknown", "", sentences(reply[at:])[0])
        found.append(best)
        at += len(best.text)
    return found


def _known_at(reply: str, at: int) -> Iterator[Piece]:
    for clause_id, sentence in _clause_sentences():
        if reply.startswith(sentence, at):
            yield Piece("clause", clause_id, sentence)
    for pool, pattern in _line_patterns():
        if match := pattern.match(reply, at):
            yield Piece("line", pool, match.group())


@cache
def _clause_sentences() -> tuple[tuple[str, str], ...]:
    return tuple((clause_id, part) for clause_id, text in clauses().texts.items() for part in sentences(text))


@cache
def _line_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = []
    for name, pool in read_pools().items():
        found += [(name, _pattern(template)) for template in pool.lines.values()]
        if pool.grammar:
            found.append((name, _grammar(pool)))
    return tuple(found)


def _grammar(pool: Pool) -> re.Pattern[str]:
    lists = [
        "(?:" + "|".join(_source(part) for part in sorted(parts, key=len, reverse=True)) + ")" for parts in pool.grammar
    ]
    return re.compile(" ".join(lists) + r"(?=\s|$)")


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_source(template) + r"(?=\s|$)")


def _source(template: str) -> str:
    source = re.escape(template)
    for name in placeholders(template):
        held = _topics() if name == "topic" else _HOLDS.get(name, _WITHIN_A_SENTENCE)
        source = source.replace(re.escape("{" + name + "}"), held)
    return source


@cache
def _topics() -> str:
    """What a line may name as a topic: a clause's title."""
    titles = "|".join(map(re.escape, clauses().titles.values()))
    return rf"[\"“‘']?(?:{titles})[\"”’']?"
