"""Who lends: the name, registration, officers and complaint route printed on every paper."""

import tomllib
from dataclasses import dataclass, replace
from importlib import resources
from typing import cast

TRANSLATIONS = ("hi",)


@dataclass(frozen=True, slots=True)
class Officer:
    """A person or desk that answers complaints."""

    name: str
    phone: str
    email: str
    hours: str


@dataclass(frozen=True, slots=True)
class Ombudsman:
    """Where a complaint goes when the lender did not settle it in `wait_days`."""

    scheme: str
    portal: str
    wait_days: int


@dataclass(frozen=True, slots=True)
class Bureau:
    """The credit information company whose reports this lender asks for."""

    name: str
    website: str


@dataclass(frozen=True, slots=True)
class Lender:
    """Identity of the lender. `descriptor` says in plain words that this one is invented.

    `translations` holds the same lender in the words of other languages.
    """

    name: str
    descriptor: str
    registration_line: str
    cin: str
    address: tuple[str, ...]
    phone: str
    email: str
    website: str
    recovery_agent: str
    co_lending: str
    transferable: bool
    grievance_officer: Officer
    nodal_officer: Officer
    ombudsman: Ombudsman
    bureau: Bureau
    translations: tuple[tuple[str, "Lender"], ...] = ()

    def in_language(self, language: str) -> "Lender":
        """This lender in the words of one language, its own standing in for one that the file lacks."""
        return dict(self.translations).get(language) or replace(self, translations=())

    def desk(self, language: str) -> dict[str, str]:
        """How a customer reaches a person, as facts for a sentence in that language."""
        officer = self.in_language(language).grievance_officer
        return {"phone": officer.phone, "email": officer.email, "hours": officer.hours}


class LenderDataError(ValueError):
    """The lender file lacks a key or holds a value of the wrong type; the message names the key."""


def parse_lender(text: str) -> Lender:
    """Read a lender file (TOML). Raises LenderDataError naming the first key that is missing or malformed."""
    try:
        table: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LenderDataError(f"not valid TOML: {error}") from error
    other = {language: words for language, words in table.items() if language in TRANSLATIONS}
    own = {key: value for key, value in table.items() if key not in TRANSLATIONS}
    translated = tuple((language, _lender(_merged(own, _table(other, language)))) for language in sorted(other))
    return replace(_lender(own), translations=translated)


def load_lender() -> Lender:
    """The packaged lender (`kb/lender.toml`)."""
    return parse_lender((resources.files("kb") / "lender.toml").read_text(encoding="utf-8"))


def _lender(table: dict[str, object]) -> Lender:
    transferable = table.get("transferable")
    if not isinstance(transferable, bool):
        raise LenderDataError("transferable must be true or false")
    ombudsman, bureau = _table(table, "ombudsman"), _table(table, "bureau")
    wait_days = ombudsman.get("wait_days")
    if not isinstance(wait_days, int) or isinstance(wait_days, bool) or wait_days < 1:
        raise LenderDataError("ombudsman.wait_days must be a whole number of days")
    return Lender(
        name=_text(table, "name"),
        descriptor=_text(table, "descriptor"),
        registration_line=_text(table, "registration_line"),
        cin=_text(table, "cin"),
        address=_lines(table, "address"),
        phone=_text(table, "phone"),
        email=_text(table, "email"),
        website=_text(table, "website"),
        recovery_agent=_text(table, "recovery_agent"),
        co_lending=_text(table, "co_lending"),
        transferable=transferable,
        grievance_officer=_officer(table, "grievance_officer"),
        nodal_officer=_officer(table, "nodal_officer"),
        ombudsman=Ombudsman(
            scheme=_text(ombudsman, "scheme", "ombudsman."),
            portal=_text(ombudsman, "portal", "ombudsman."),
            wait_days=wait_days,
        ),
        bureau=Bureau(name=_text(bureau, "name", "bureau."), website=_text(bureau, "website", "bureau.")),
    )


def _officer(table: dict[str, object], key: str) -> Officer:
    part, prefix = _table(table, key), f"{key}."
    return Officer(
        name=_text(part, "name", prefix),
        phone=_text(part, "phone", prefix),
        email=_text(part, "email", prefix),
        hours=_text(part, "hours", prefix),
    )


def _merged(own: dict[str, object], words: dict[str, object]) -> dict[str, object]:
    """The lender's table with the words of another language over its own."""
    both = {**own, **words}
    for key, value in words.items():
        base = own.get(key)
        if isinstance(value, dict) and isinstance(base, dict):
            both[key] = {**base, **value}
    return both


def _table(table: dict[str, object], key: str) -> dict[str, object]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise LenderDataError(f"[{key}] is missing")
    return cast(dict[str, object], value)


def _text(table: dict[str, object], key: str, prefix: str = "") -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise LenderDataError(f"{prefix}{key} must be a text that is not empty")
    return value


def _lines(table: dict[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(line, str) and line for line in value):
        raise LenderDataError(f"{key} must be a list of lines")
    return tuple(cast(list[str], value))
