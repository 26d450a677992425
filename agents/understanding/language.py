"""Which language to answer in."""

from collections.abc import Sequence

from agents.understanding import lexicon
from agents.understanding.reading import Language
from tools.numbers import Token


class LanguageGuess:
    """English, Hindi in Devanagari, or Hindi in Roman letters, from the words of one message."""

    def __init__(self) -> None:
        from_words = lexicon.folded(lexicon.HINDI_WORDS)
        self._hindi = from_words - lexicon.folded(lexicon.NOT_EVIDENCE)

    def of(self, tokens: Sequence[Token]) -> Language:
        words = [token for token in tokens if token.kind == "word"]
        devanagari = sum(1 for token in words if "\u0900" <= token.text[0] <= "\u097f")
        if devanagari and devanagari * 2 >= len(words):
            return "hi"
        if devanagari or any(token.key in self._hindi for token in words):
            return "hinglish"
        return "en"
