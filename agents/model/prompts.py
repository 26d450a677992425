"""The prompts are documents in `agents/prompts/`, read at their first use."""

from functools import cache
from importlib.resources import files


@cache
def load_prompt(name: str) -> str:
    return (files("agents") / "prompts" / f"{name}.md").read_text(encoding="utf-8").strip()
