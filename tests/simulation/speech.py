"""How one customer puts things: a phrase of their language, in their typing, with their manners."""

import random
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from tests.simulation.plans import Plan

_TYPO_SHARE = 0.12
_MANNERS_SHARE = 0.25
_STATES_FACTS = frozenset(
    {"desired_amount", "loan_term_months", "purpose", "employer", "monthly_income", "household_annual_income"}
)


@cache
def wording() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "wording.toml").read_text(encoding="utf-8"))


class Speech:
    """Draws on the conversation's own random numbers, so that a seed gives the same words again."""

    def __init__(self, plan: Plan, rng: random.Random) -> None:
        self.plan, self._rng = plan, rng
        book = wording()
        self._phrases = book[plan.language] | book["asides"][plan.language]
        self._manners = book["manners"][plan.language].get(plan.temperament, [])

    def phrase(self, key: str, *, plain: bool = False, **values: str) -> str:
        """A sentence for `key`. `plain` is how people say it the second time: shortest form, no slips."""
        template: str = self._phrases[key][0] if plain else self._rng.choice(self._phrases[key])
        if not plain:
            template = self._typed(template)
        text = template.format(**values)
        if not plain and key in _STATES_FACTS and self._manners and self._rng.random() < _MANNERS_SHARE:
            text = f"{text}. {self._rng.choice(self._manners)}"
        return text.upper() if self.plan.habit == "capitals" and not plain and key != "email" else text

    def purpose(self) -> tuple[str, str]:
        """The purpose in words, and as the application will name it."""
        known = wording()["purposes"][self.plan.language]
        said, reads = known[self.plan.purpose % len(known)]
        return said, reads

    def ordinal(self, number: int) -> str:
        words: list[str] = wording()["ordinals"][self.plan.language]
        return words[number - 1]

    def _typed(self, template: str) -> str:
        """The template as these fingers type it; what stands in braces stays."""
        if self.plan.habit == "unpunctuated":
            return re.sub(r"(?<=\w)[.,!;]|[.!;,](?=\s|$)", "", template)
        if self.plan.habit != "typos":
            return template
        return re.sub(r"(?<!\{)\b[a-z]{5,}\b(?!\})", self._slip, template)

    def _slip(self, word: re.Match[str]) -> str:
        """Two neighbouring letters swapped, or one left out, inside a word."""
        letters = word.group()
        if self._rng.random() > _TYPO_SHARE:
            return letters
        at = self._rng.randrange(1, len(letters) - 2)
        if self._rng.random() < 0.5:
            return letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :]
        return letters[:at] + letters[at + 1 :]
