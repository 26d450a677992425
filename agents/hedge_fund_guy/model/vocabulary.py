"""The words that the guy knows: those of his own lines and notes, and everyday ones.

They bound what goes to a model and what comes back: a word that is not among them leaves as a placeholder, and a reply
full of words that are not among them is about something else.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# After these a capital is no sign of a name.
_BEGINS = re.compile(r"(?:^|[.!?:;\n\"“”(#|\u2014\u2013-])\s*$")
_ENDINGS = ("'s", "s", "es", "ed", "d", "ing", "ly", "er", "est", "r")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`words` are folded, `names` are capitalised ones as they stand within a sentence."""

    words: frozenset[str]
    names: frozenset[str]

    def knows(self, word: str) -> bool:
        """Whether it is one of the words, or several with hyphens between."""
        folded = plain(word)
        return folded in self.words or all(part in self.words for part in re.split("['-]", folded))

    def knows_a_form_of(self, word: str) -> bool:
        if self.knows(word):
            return True
        folded = plain(word)
        stems = (folded.removesuffix(ending) for ending in _ENDINGS if folded.endswith(ending))
        candidates = (stem + end for stem, end in product(stems, ("", "e", "y")) if len(stem) >= _SHORTEST_STEM)
        return any(candidate in self.words or _undoubled(candidate) in self.words for candidate in candidates)

    def with_words_of(self, texts: Iterable[str]) -> "Vocabulary":
        words, names = _read(texts)
        return Vocabulary(self.words | words, self.names | names)


@cache
def load_vocabulary() -> Vocabulary:
    return Vocabulary(frozenset(), frozenset()).with_words_of(_documents())


def plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'")


def begins_a_sentence(text: str, at: int) -> bool:
    return _BEGINS.search(text, max(0, at - 4), at) is not None if at else True


def _documents() -> Iterator[str]:
    yield (files("agents.model") / "everyday" / "english.txt").read_text(encoding="utf-8")
    for folder in (files("agents.hedge_fund_guy.lines"), files("kb") / "markets"):
        for file in folder.iterdir():
            if file.name.endswith((".toml", ".md")):
                yield file.read_text(encoding="utf-8")


def _read(texts: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    words: set[str] = set()
    names: set[str] = set()
    for text in texts:
        for match in WORD.finditer(text):
            words.add(plain(match.group()))
            words.update(re.split("['-]", plain(match.group())))
            if match.group()[0].isupper() and not begins_a_sentence(text, match.start()):
                names.add(match.group())
    return frozenset(words), frozenset(names)


def _undoubled(stem: str) -> str:
    """Of trimm(ing), stopp(ed)."""
    return stem[:-1] if len(stem) > _SHORTEST_STEM and stem[-1] == stem[-2] else stem
