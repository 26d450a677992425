"""Which language to answer in."""

from collections.abc import Sequence

from agents.understanding.reading import Language
from tools.numbers import Token


def language_of(tokens: Sequence[Token], hindi: frozenset[str]) -> Language:
    """English, Hindi in Devanagari, or Hindi in Roman letters; ``hindi`` are folded words that only Hindi has."""
    words = [token for token in tokens if token.kind == "word" and not _is_code(token)]
    devanagari = sum(1 for token in words if "\u0900" <= token.text[0] <= "\u097f")
    if devanagari and devanagari * 2 >= len(words):
        return "hi"
    if devanagari or any(token.key in hindi for token in words):
        return "hinglish"
    return "en"


def _is_code(token: Token) -> bool:
    """PAN, OTP, EMI and the letters of an identifier are the same in every language."""
    return token.text.isascii() and token.text.isupper()
