"""The notices behind consents: what data, what for, how to withdraw, where to complain. One file a language."""

import json
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from kb.lender import Lender

LANGUAGES = ("en", "hi", "hinglish")
_SHOWN = ("title", "data", "purpose", "without_it", "withdraw", "complain")


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as a customer reads it."""

    purpose_id: str
    version: str
    language: str
    title: str
    data: tuple[str, ...]
    purpose: str
    without_it: str
    withdraw: str
    complain: str

    @property
    def sha256(self) -> str:
        """Of all of its words, 64 hex digits."""
        return sha256(json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        named = {"version": self.version, "language": self.language, "sha256": self.sha256}
        words = asdict(self) | {"data": list(self.data)}
        return named | {name: words[name] for name in _SHOWN}


def read_notices() -> None:
    """Read the files now, so that no conversation has to wait for them."""
    for language in LANGUAGES:
        _table(language)


@cache
def notice(purpose_id: str, language: str, lender: Lender) -> Notice:
    """The notice in force; in English where a language has none. Raises KeyError for an unknown purpose."""
    language = language if language in LANGUAGES else "en"
    table = _table(language)
    in_words = lender.in_language(language)
    officer = in_words.grievance_officer
    filled = {
        "lender": in_words.name,
        "bureau": in_words.bureau.name,
        "grievance": f"{officer.name}, {officer.phone}, {officer.email}",
    }
    words = table[purpose_id]
    return Notice(
        purpose_id=purpose_id,
        version=table["version"],
        language=language,
        title=words["title"],
        data=tuple(words["data"]),
        purpose=words["purpose"].format(**filled),
        without_it=words["without_it"],
        withdraw=table["withdraw"],
        complain=table["complain"].format(**filled),
    )


@cache
def _table(language: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("kb.notices") / f"{language}.toml").read_text(encoding="utf-8"))
