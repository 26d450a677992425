"""The words of this house: those of its tables, sentences, clauses and notices, and everyday ones of both languages.

They bound what goes to a model (an unknown word leaves as a placeholder, whoever's name it is) and what may come back
from one (a word that nobody here uses is no part of an answer).
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Any

from tools.numbers import fold

# Vowel signs of Devanagari, and of the scripts from Bengali to Burmese, are no `\w`.
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0963\u0970-\u109f]|['’](?=[^\W\d_]))*")
# Words of ours that are names at least as often.
_NAMES_TOO = frozenset(map(fold, ["priya", "kavita", "karan", "tata", "das", "ram", "rose", "asha", "khushi"]))
_ENDINGS = ("'s", "’s", "s", "es", "ed", "d", "ing", "ly")
_SHORTEST_STEM = 3
# After these a capital is no sign of a name.
_BEGINS = re.compile(r"(?:^|[.!?:;\n\"“”(।—–-])\s*$")


@dataclass(frozen=True, slots=True)
class KnownWords:
    """Folded words. `trade` are those on which a capital means nothing, as they stand in our tables and sentences."""

    words: frozenset[str]
    trade: frozenset[str]

    def knows(self, word: str) -> bool:
        """Whether we use the word, or an English form of it."""
        if fold(word) in self.words:
            return True
        stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
        return any(
            len(stem) >= _SHORTEST_STEM and (fold(stem) in self.words or fold(f"{stem}e") in self.words)
            for stem in stems
        )

    def knows_capital(self, word: str) -> bool:
        """Whether we use the word so that a capital makes no name of it."""
        return fold(word) in self.trade


@cache
def load_known_words() -> KnownWords:
    tables = [files("agents.understanding") / "words" / f"{name}.toml" for name in ("cues", "purposes", "language")]
    trade = _folded(chain.from_iterable(map(_toml_texts, [*tables, files("agents.text") / "en.toml"])))
    return KnownWords((trade | _folded(_other_texts())) - _NAMES_TOO, trade - _NAMES_TOO)


@cache
def load_warm_words() -> frozenset[str]:
    """Folded words that state nothing by themselves: courtesies, feelings, occasions of a life, and what holds a
    sentence together. No giving, getting, time, number or promise is among them."""
    return _folded(iter([(files("agents.model") / "everyday" / "warm.txt").read_text(encoding="utf-8")]))


def begins_a_sentence(text: str, at: int) -> bool:
    """Whether a word that starts there has its capital from that."""
    return _BEGINS.search(text, max(0, at - 4), at) is not None if at else True


def _other_texts() -> Iterator[str]:
    beside = [files("agents.understanding") / "words", files("agents.text"), files("kb.notices")]
    for file in (file for folder in beside for file in folder.iterdir() if file.name.endswith(".toml")):
        yield from _toml_texts(file)
    for folder in (files("kb") / "clauses", files("agents.model") / "everyday"):
        for file in folder.iterdir():
            yield file.read_text(encoding="utf-8")


def _folded(texts: Iterator[str]) -> frozenset[str]:
    return frozenset(fold(word) for text in texts for word in WORD.findall(text))


def _toml_texts(file: Traversable) -> Iterator[str]:
    yield from _texts(tomllib.loads(file.read_text(encoding="utf-8")))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
