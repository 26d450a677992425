"""The files of a deployment, as the tests read them."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
BACKEND = "esoteric-backend"
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
# What somebody sets who sets only what is needed.
GIVEN = {
    "POSTGRES_PASSWORD": "pg0000secret",
    "REDIS_PASSWORD": "rd0000secret",
    "SECRET_KEY": "5f1c0f6e0f0b4a3f8d7e9c2b1a0958473625f4e3d2c1b0a99887766554433221",
    "LETTER_SIGNING_FILE": "./letters.p12",
}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def services() -> dict[str, Any]:
    found: dict[str, Any] = document()["services"]
    return found


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text("compose.yaml"))
    return found


def filled_in(value: str) -> str:
    """A value with its variables as compose puts them in."""
    return VARIABLE.sub(lambda found: GIVEN.get(found[1], found[3] if found[2] == "-" else ""), value)
