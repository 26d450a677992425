"""One spelling for the many ways a word is typed: hazaar = hazar = hajaar, साढ़े = साढे, don't = dont."""

import re
import unicodedata

_NOT_SOUND = re.compile("[\u200b-\u200d\ufeff'’‘`\u093c]")  # joiners, apostrophes, nukta
_REPEATED_CH = re.compile(r"(?:ch)+h*")
_REPEATED = re.compile(r"([a-z])\1+")
_LETTER_TWICE = 2
_LONG_VOWELS = (("ee", "i"), ("oo", "u"))
_SAME_SOUND = str.maketrans({"z": "j", "w": "v", "ँ": "ं"})
# Folding a long vowel here would make another common word of it: kaam (work) / kam (less), baad (after) / bad.
_KEPT = frozenset({"kaam", "baad", "off", "pass", "too", "see", "saab"})


def fold(word: str) -> str:
    """Return the comparison key of one word. Keys are for looking up, never for showing."""
    key = _NOT_SOUND.sub("", unicodedata.normalize("NFD", unicodedata.normalize("NFKC", word)).lower())
    if key in _KEPT:
        return key
    if not key.isascii():
        # Latin accents go, Devanagari vowel signs (category Mc/Mn in another block) stay.
        key = "".join(c for c in key if not "\u0300" <= c <= "\u036f")
    for long, short in _LONG_VOWELS:
        key = key.replace(long, short)
    squeezed = _REPEATED.sub(r"\1", _REPEATED_CH.sub("ch", key))
    if len(squeezed) == 1 and len(key) > _LETTER_TWICE:
        return key  # a key held down is no word: "aaaa" is not option a, "kkkk" no ok
    return squeezed.translate(_SAME_SOUND)
