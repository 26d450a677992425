"""Reading credit policy files: overlay of a profile, sources of the thresholds, validation."""

import hashlib
import string
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from typing import cast

from pydantic import ValidationError

from kb.policy.model import Policy

Table = dict[str, object]

_THRESHOLDS = (
    "product",
    "applicant",
    "offer",
    "affordability",
    "challenge",
    "microfinance",
    "kyc",
    "bureau",
    "fraud",
    "fees",
    "periods",
)


class PolicyError(ValueError):
    """No policy fits what was asked, or its file is malformed; the message names the file and the key."""


def load_policy(
    profile: str, on: date | None = None, version: str | None = None, *, directory: Traversable | None = None
) -> Policy:
    """The policy `version`, or the one in force on a date, or the newest, under a profile.

    Files are the packaged ones unless a directory is given. Raises PolicyError.
    """
    entries = {entry.name: entry for entry in _files(directory or resources.files("kb.policy"))}
    tables = {name: _read(entry) for name, entry in entries.items()}
    fitting = [
        (_start(name, table), name)
        for name, table in tables.items()
        if (version is None or table.get("version") == version) and (on is None or _start(name, table) <= on)
    ]
    if not fitting:
        raise PolicyError("no credit policy of that version is in force on that day")
    _, name = max(fitting)
    return build_policy(tables[name], profile, name, sha256=_digest(entries[name]))


def load_all(profile: str, *, directory: Traversable | None = None) -> list[Policy]:
    """Every version that has the profile. Raises PolicyError."""
    entries = _files(directory or resources.files("kb.policy"))
    tables = [(entry, _read(entry)) for entry in entries]
    return [
        build_policy(table, profile, entry.name, sha256=_digest(entry))
        for entry, table in tables
        if profile in _table(table.get("profiles"))
    ]


def profiles(*, directory: Traversable | None = None) -> tuple[str, ...]:
    """Names of the profiles that any version has."""
    tables = (_read(entry) for entry in _files(directory or resources.files("kb.policy")))
    return tuple(sorted({name for table in tables for name in _table(table.get("profiles"))}))


def build_policy(table: Table, profile: str, file_name: str, *, sha256: str = "") -> Policy:
    """One profile of a parsed file, which has that digest. Raises PolicyError."""
    base = {key: value for key, value in table.items() if key not in ("profiles", "source_legend")}
    overlays = _table(table.get("profiles"))
    if profile not in overlays:
        raise PolicyError(f"{file_name}: profiles.{profile}: there is no such profile")
    overlay = {key: value for key, value in _table(overlays[profile]).items() if key != "description"}
    legend = _table(table.get("source_legend"))
    document = _merged(base, overlay)
    sources: dict[str, str] = {}
    for section in _THRESHOLDS:
        if section in document:
            document[section] = _values(section, _table(document[section]), sources, file_name)
    document["rules"] = [{"id": name, **_table(rule)} for name, rule in _table(document.get("rules")).items()]
    try:
        policy = Policy.model_validate({**document, "profile": profile, "sources": sources, "sha256": sha256})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(_named(first["loc"], document))
        prefix = f"{file_name}: {place}" if place else file_name
        raise PolicyError(f"{prefix}: {first['msg'].removeprefix('Value error, ')}") from error
    _check_names(policy, file_name)
    _check_sources(policy, legend, file_name)
    _check_texts(policy, file_name)
    return policy


def _files(directory: Traversable) -> list[Traversable]:
    return sorted((entry for entry in directory.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name)


def _read(entry: Traversable) -> Table:
    try:
        return tomllib.loads(entry.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{entry.name}: not valid TOML: {error}") from error


def _digest(entry: Traversable) -> str:
    return hashlib.sha256(entry.read_bytes()).hexdigest()


def _start(file_name: str, table: Table) -> date:
    start = table.get("effective_from")
    if type(start) is not date:
        raise PolicyError(f"{file_name}: effective_from: must be a date")
    return start


def _table(value: object) -> Table:
    return cast(Table, value) if isinstance(value, dict) else {}


def _merged(base: Table, overlay: Table) -> Table:
    result = dict(base)
    for key, value in overlay.items():
        before = result.get(key)
        # A value with its source is replaced whole, so that no note of the old value stays with the new one.
        nested = isinstance(before, dict) and isinstance(value, dict) and "value" not in value
        result[key] = _merged(cast(Table, before), cast(Table, value)) if nested else value
    return result


def _values(section: str, table: Table, sources: dict[str, str], file_name: str) -> Table:
    plain: Table = {}
    for key, entry in table.items():
        if not (isinstance(entry, dict) and {"value", "source"} <= entry.keys() <= {"value", "source", "note"}):
            raise PolicyError(f"{file_name}: {section}.{key}: needs a value and a source")
        plain[key] = entry["value"]
        sources[f"{section}.{key}"] = str(entry["source"])
    return plain


def _named(place: tuple[int | str, ...], document: Table) -> list[str]:
    """The key's parts, with list positions replaced by the ids of what stands there."""
    names: list[str] = []
    here: object = document
    for part in place:
        if isinstance(here, list) and isinstance(part, int):
            here = here[part]
            names.append(str(here.get("id", part)) if isinstance(here, dict) else str(part))
        else:
            here = here.get(part) if isinstance(here, dict) else None
            names.append(str(part))
    return names


def _check_names(policy: Policy, file_name: str) -> None:
    expected = f"{policy.policy_id}-{policy.version}.toml"
    if file_name != expected:
        raise PolicyError(f"{file_name}: version: the file should be called {expected}")


def _check_sources(policy: Policy, legend: Mapping[str, object], file_name: str) -> None:
    named = [*policy.sources.items()]
    named += [(band.id, band.source) for band in policy.score_bands]
    named += [(band.id, band.source) for band in policy.foir_bands]
    named += [(rule.id, rule.source) for rule in policy.rules]
    for key, source in named:
        if not set(source.split("+")) <= legend.keys():
            raise PolicyError(f"{file_name}: {key}: source is not in source_legend")


def _check_texts(policy: Policy, file_name: str) -> None:
    for code, texts in policy.reasons.items():
        for key, text in texts:
            try:
                known = not isinstance(text, str) or set(placeholders(text)) <= policy.sources.keys()
            except ValueError:
                known = False
            if not known:
                raise PolicyError(f"{file_name}: reasons.{code}.{key}: names an unknown threshold")


def placeholders(text: str) -> Iterator[str]:
    """The {section.key} names in a reason text."""
    return (name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
