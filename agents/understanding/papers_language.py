"""The wish to have the papers in the other language: "show me in Hindi", "अंग्रेज़ी में दिखाइए", "I can't read English"."""

import re
import unicodedata
from typing import Literal

PapersLanguage = Literal["en", "hi"]

_NAMES: dict[PapersLanguage, re.Pattern[str]] = {
    "hi": re.compile(r"\bhindi\b|\bhindee\b|हिंदी|हिन्दी|\bdevanagari\b|देवनागरी"),
    "en": re.compile(r"\benglish\b|\bangrezi\b|\bangreji\b|\bangrezee\b|अंग्रेज़ी|अंग्रेजी|अँग्रेज़ी|अँग्रेजी|इंग्लिश"),
}
# Who cannot read a language wants the other one; so does who says "not in English".
_NOT = re.compile(r"\bnot?\b|\bcannot\b|n't\b|n’t\b|\bnahi\b|\bnahin\b|\bnhi\b|\bmat\b|नहीं|नही|\bmat\b|मत\b")


def papers_language(text: str) -> PapersLanguage | None:
    """The language asked for; None when the message names none, or both."""
    text = unicodedata.normalize("NFC", text).casefold()
    named = [language for language, name in _NAMES.items() if name.search(text)]
    if len(named) != 1:
        return None
    if _NOT.search(text):
        return "en" if named[0] == "hi" else "hi"
    return named[0]
