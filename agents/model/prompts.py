"""The prompts are documents in `agents/prompts/`, read at their first use and known by their digest."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Prompt:
    """A document as the model gets it. `sha256` is of exactly that."""

    name: str
    text: str
    sha256: str


@cache
def load_prompt(name: str) -> Prompt:
    text = (files("agents") / "prompts" / f"{name}.md").read_text(encoding="utf-8").strip()
    return Prompt(name, text, sha256(text.encode()).hexdigest())
