"""What a visitor types: a phrase of the book, with what it gives, refuses or asks known beside it."""

import random
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from agents.hedge_fund_guy.reading.reading import FACTS, Fact
from tests.simulation.hedge_fund_guy.people import Act, Habit, Person

Sort = Literal[Act, "greeting", "goodbye", "gives", "refuses", "corrects"]


@dataclass(frozen=True)
class Said:
    """One message and its truth.

    about   documents that an answer may come from, for a question about markets
    gives   facts it gives, as the service must show them
    refuses facts it will not give
    asks    whether it is a question that wants an answer
    """

    text: str
    sort: Sort
    about: frozenset[str] = frozenset()
    gives: dict[Fact, str] = field(default_factory=dict)
    refuses: frozenset[Fact] = frozenset()


@cache
def wording() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "wording.toml").read_text(encoding="utf-8"))


class Speech:
    """Draws on the conversation's own random numbers, so that a seed gives the same words again."""

    def __init__(self, person: Person, rng: random.Random) -> None:
        self._person, self._rng = person, rng

    def greeting(self) -> Said:
        return Said(self._typed(self._rng.choice(wording()["says"]["greeting"])), "greeting")

    def goodbye(self) -> Said:
        return Said(self._typed(self._rng.choice(wording()["says"]["goodbye"])), "goodbye")

    def talk(self, act: Act) -> Said:
        """Something that is about no fact of theirs."""
        if act not in {"market", "short", "broken"}:
            return Said(self._typed(self._rng.choice(wording()["says"][act])), act)
        key = "ask" if act == "market" else act
        group = self._rng.choice([group for group in wording()["market"] if key in group])
        return Said(self._typed(self._rng.choice(group[key])), act, about=frozenset(group["about"]))

    def gives(self, fact: Fact, *, asked: bool, and_asks: bool = False) -> Said:
        template = self._rng.choice(wording()["gives"][fact]["asked" if asked else "volunteered"])
        text = self._filled(template)
        asks = self.talk("market") if and_asks else None
        return Said(
            f"{text.rstrip('?.')}. {asks.text}" if asks else text,
            "gives",
            about=asks.about if asks else frozenset(),
            gives={fact: self._person.truth(fact)},
        )

    def gives_all(self) -> Said:
        text = self._filled(self._rng.choice(wording()["at_once"]["ways"]))
        return Said(text, "gives", gives={fact: self._person.truth(fact) for fact in FACTS})

    def refuses(self, fact: Fact) -> Said:
        """No to the fact that was asked for; now and then to all of them."""
        book = wording()["refuses"]
        if self._rng.random() < 0.06:
            return Said(self._typed(self._rng.choice(book["all"])), "refuses", refuses=frozenset(FACTS))
        text = self._rng.choice([*book["any"], *book[fact]])
        return Said(self._typed(text), "refuses", refuses=frozenset({fact}))

    def corrects(self, fact: Fact) -> Said:
        text = self._filled(self._rng.choice(wording()["corrects"][fact]), other=True)
        return Said(text, "corrects", gives={fact: self._person.truth(fact, other=True)})

    def _filled(self, template: str, *, other: bool = False) -> str:
        person = self._person
        name, old = (person.other_name, person.name) if other else (person.name, person.other_name)
        mail = person.other_mail if other else person.mail
        income = (person.other_income if other else person.income).said
        spoken = mail.replace("@", " at ").replace(".", " dot ")
        text = template.format(name=name, old=old, mail=mail, income=income, spoken=spoken)
        return text.lower() if person.habit == "lower" else text

    def _typed(self, text: str) -> str:
        return typed(text, self._person.habit)


def typed(text: str, habit: Habit) -> str:
    match habit:
        case "lower":
            return text.lower()
        case "capitals":
            return text.upper()
        case "unpunctuated":
            return text.rstrip("?.!").replace(",", "")
        case "tidy":
            return text
