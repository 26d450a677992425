"""The words of papers: one file a language beside the code that prints them, figures filled in by name.

`{x:rupees}` "₹9,680" (paise when there are any), `{x:paise}` "₹9,680.00", `{x:pct}` "10.00%", `{x:rate}` "2.5%",
`{x:day}` "5 January 2027", `{n:month|months}` one or many. What stands between two asterisks is to be bold.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from tools.digests import canonical_digest
from tools.rupees import half_up, rupees, to_the_paisa

LANGUAGES = ("en", "hi")
OWN = "en"


class Wording:
    """The texts of one file by dotted key. A key it lacks, or a fact not given, raises KeyError."""

    def __init__(self, language: str, texts: Mapping[str, Any]) -> None:
        self.language = language
        self.digest = canonical_digest(texts)
        self._texts = dict(dotted({key: value for key, value in texts.items() if key != "months"}))
        self._filling = _Filling(texts["months"])

    def say(self, key: str, /, **facts: object) -> str:
        return self.fill(self._texts[key], **facts)

    def fill(self, template: str, /, **facts: object) -> str:
        return self._filling.vformat(template, (), facts)

    def day(self, value: date) -> str:
        return self.fill("{day:day}", day=value)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._texts)


@cache
def wording(package: str, language: str) -> Wording:
    """The texts in `text/<language>.toml` of a package; English for a language it is not written in."""
    language = language if language in LANGUAGES else OWN
    return Wording(language, tomllib.loads((files(package) / "text" / f"{language}.toml").read_text(encoding="utf-8")))


def plain(text: str) -> str:
    """The text without its marks of boldness."""
    return text.replace("**", "")


class _Filling(Formatter):
    def __init__(self, months: Sequence[str]) -> None:
        self._months = months

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "rupees":
                return rupees(value)
            case "paise":
                return f"₹{to_the_paisa(value)}"
            case "pct":
                return f"{half_up(value, Decimal('0.01'))}%"
            case "rate":
                return f"{value.normalize():f}%"
            case "day":
                return f"{value.day} {self._months[value.month - 1]} {value.year}"
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if value == 1 else many
        return plain(str(value))  # a name that holds asterisks makes nothing bold


def dotted(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Texts of a table and of those within it, each with its keys joined by dots."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from dotted(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
