"""Hindi and Hinglish questions into English words, enough for search.

The clauses are English and so is the embedding model. This does not translate: it swaps the words that decide what is
being asked, drops the grammar around them, and leaves every English word where it stands.
"""

import re
import tomllib
from pathlib import Path

HINDI_TERMS = Path(__file__).parent / "hindi.toml"

_WORD = re.compile(r"[a-z]+|[\u0900-\u097f]+|[^a-z\u0900-\u097f]+")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")


class HindiTerms:
    """The table of `kb/hindi.toml`; its own comments say what the parts are."""

    def __init__(self, table: Path = HINDI_TERMS) -> None:
        data = tomllib.loads(table.read_text(encoding="utf-8"))
        self._markers = frozenset(data["markers"].split())
        self._dropped = self._markers | frozenset(data["dropped"].split())
        self._words = {hindi: english for english, row in data["words"].items() for hindi in row.split()}
        self._phrases = {hindi.strip(): english for english, row in data["phrases"].items() for hindi in row.split(",")}
        longest_first = sorted(self._phrases, key=len, reverse=True)
        self._phrase = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)")

    def in_english(self, text: str) -> str:
        """The text with Hindi words swapped for English ones; an English sentence comes back as it is."""
        lowered = text.lower()
        if not _DEVANAGARI.search(lowered) and self._markers.isdisjoint(_WORD.findall(lowered)):
            return text
        lowered = self._phrase.sub(lambda match: self._phrases[match[0]], lowered)
        swapped = (self._words.get(word, " " if word in self._dropped else word) for word in _WORD.findall(lowered))
        return " ".join("".join(swapped).split()) or text
