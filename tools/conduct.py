"""Sales conduct: finds in a text what a lender's assistant may not say, whoever or whatever wrote it.

The patterns are data (`conduct.toml`). No list of words proves a text fair; this one keeps the known dark patterns out
of our own sentences and out of a model's.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_BETWEEN = r"(?:[^\s.!?।]+\s+){0,6}?"
_BLANK = "[ -]"  # of a text whose blanks are single ones


class Breach(NamedTuple):
    """What was said, and which kind of conduct it breaks."""

    kind: str
    words: str


def breaches(text: str) -> list[Breach]:
    """Every forbidden phrase of the text, in the order of kinds; none for a text that is fair as far as words show."""
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").casefold().split())
    return [Breach(kind, found.group()) for kind, pattern in _patterns().items() for found in pattern.finditer(plain)]


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    document = tomllib.loads((files("tools") / "conduct.toml").read_text(encoding="utf-8"))
    return {kind: _compiled(table["patterns"]) for kind, table in document.items()}


def _compiled(patterns: list[str]) -> re.Pattern[str]:
    """Devanagari vowel signs are no word characters for `re`, hence the explicit block."""
    written = (unicodedata.normalize("NFKC", pattern.replace("…", "\0")) for pattern in patterns)
    spelt = (pattern.casefold().replace(" ", _BLANK).replace("\0", _BETWEEN) for pattern in written)
    return re.compile(rf"(?<![\w\u0900-\u097f])(?:{'|'.join(spelt)})")
