"""A customer's words into the words of the clauses, enough for search.

The clauses are plain English and so is the embedding model; customers write Hindi, Hinglish and the trade's jargon
("cibil", "preclosure"). This does not translate: it swaps the words that decide what is being asked, drops Hindi
grammar around them, and leaves the rest where it stands.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path

SEARCH_TERMS = Path(__file__).parent / "terms.toml"

_WORD = re.compile(r"[a-z]+|[\u0900-\u097f]+|[^a-z\u0900-\u097f]+")
_LONG_WORD = re.compile(r"[a-z]{5,30}")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")


class Phrases:
    """Swaps whole phrases, the longest that fits first."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        """`rows` maps what is put in to what is looked for, several separated by commas."""
        self._swap = {phrase.strip(): to for to, row in rows.items() for phrase in row.split(",")}
        longest_first = sorted(self._swap, key=len, reverse=True)
        any_of_them = "|".join(map(re.escape, longest_first)) or "(?!)"
        self._pattern = re.compile(rf"(?<!\w)({any_of_them})(?!\w)")

    def swap(self, text: str) -> str:
        return self._pattern.sub(lambda match: self._swap[match[0]], text)


class SearchTerms:
    """A table such as `kb/terms.toml`, whose comments say what its parts are."""

    def __init__(self, table: Path = SEARCH_TERMS) -> None:
        data = tomllib.loads(unicodedata.normalize("NFC", table.read_text(encoding="utf-8")))
        self._markers = frozenset(data["markers"].split())
        self._dropped = self._markers | frozenset(data["dropped"].split())
        self._words = {hindi: english for english, row in data["words"].items() for hindi in row.split()}
        self._phrases = Phrases(data["phrases"])
        self._synonyms = Phrases(data["synonyms"])
        self._spelt = tuple(data.get("spelt", "").split())

    def in_english(self, text: str) -> str:
        """Lower-case text with Hindi words swapped for English ones; an English sentence keeps all its words."""
        lowered = unicodedata.normalize("NFC", text.lower().replace("’", "'"))
        if not _DEVANAGARI.search(lowered) and self._markers.isdisjoint(_WORD.findall(lowered)):
            return lowered
        words = _WORD.findall(self._phrases.swap(lowered))
        swapped = "".join(self._words.get(word, " " if word in self._dropped else word) for word in words)
        return " ".join(swapped.lower().split()) or lowered

    def in_our_words(self, english: str) -> str:
        """English text with customers' expressions swapped for those of the clauses."""
        return self._synonyms.swap(self._put_right(english) if self._spelt else english)

    def _put_right(self, text: str) -> str:
        return _LONG_WORD.sub(lambda word: self._as_spelt(word[0]), text)

    def _as_spelt(self, word: str) -> str:
        if word in self._spelt:
            return word
        return next((right for right in self._spelt if one_letter_off(word, right)), word)


def one_letter_off(word: str, right: str) -> bool:
    """Whether one letter is wrong, missing, too many, or has changed places with its neighbour."""
    if abs(len(word) - len(right)) > 1:
        return False
    same = 0
    while same < min(len(word), len(right)) and word[same] == right[same]:
        same += 1
    rest, wanted = word[same:], right[same:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return wanted in (swapped, rest[1:]) or rest[1:] == wanted[1:] or rest == wanted[1:]
