"""Who comes to talk: a kind of person, what they would tell of themselves, and how they go about it."""

import random
from dataclasses import dataclass
from typing import Literal

from agents.hedge_fund_guy.reading.reading import FACTS, Fact
from tests.driver import Transport
from tests.simulation.hedge_fund_guy.cast import DOMAINS, INCOMES, NAMES, Income

Kind = Literal[
    "trader", "novice", "tip_seeker", "wanderer", "refuser", "hesitant", "corrector", "abusive", "one_word",
    "non_native", "all_at_once", "returner", "name_dropper", "suspicious", "volunteer", "talker",
]  # fmt: skip
# What somebody does when a fact is asked for.
Manner = Literal["gives", "refuses", "asks_why", "ignores", "gives_with_question"]
Act = Literal[
    "market", "short", "broken", "advice", "off_topic", "small_talk", "statement", "trap", "abuse", "who", "why",
    "source",
]  # fmt: skip
Habit = Literal["tidy", "lower", "capitals", "unpunctuated"]
TRANSPORTS: tuple[Transport, ...] = ("rest", "sse", "websocket")


@dataclass(frozen=True)
class Nature:
    """A kind of person: what they talk about by weight, how they take being asked, and how long they stay."""

    talks: dict[Act, int]
    manners: tuple[Manner, ...]
    turns: tuple[int, int] = (10, 20)
    volunteers: float = 0.0  # a fact that nobody asked for, each turn
    corrects: float = 0.0  # a fact that was given, each turn


# fmt: off
NATURES: dict[Kind, Nature] = {
    "trader": Nature({"market": 6, "statement": 4, "source": 1, "trap": 1, "small_talk": 1},
                     ("gives", "gives_with_question")),
    "novice": Nature({"market": 8, "small_talk": 2, "advice": 1}, ("gives",)),
    "tip_seeker": Nature({"advice": 6, "market": 3, "small_talk": 1}, ("gives", "asks_why", "ignores")),
    "wanderer": Nature({"off_topic": 7, "market": 2, "small_talk": 2}, ("gives", "ignores", "refuses")),
    "refuser": Nature({"market": 6, "source": 1, "small_talk": 1}, ("refuses",)),
    "hesitant": Nature({"market": 5, "small_talk": 1}, ("refuses", "asks_why", "gives"), volunteers=0.08),
    "corrector": Nature({"market": 5, "small_talk": 1}, ("gives",), corrects=0.3),
    "abusive": Nature({"abuse": 5, "market": 3, "off_topic": 1}, ("refuses", "ignores", "gives")),
    "one_word": Nature({"short": 7, "small_talk": 2}, ("gives",), (8, 16)),
    "non_native": Nature({"broken": 7, "small_talk": 1}, ("gives", "gives_with_question")),
    "all_at_once": Nature({"market": 5, "small_talk": 1}, ("gives",), (5, 10)),
    "returner": Nature({"market": 6, "small_talk": 1, "source": 1}, ("gives",), (12, 22)),
    "name_dropper": Nature({"trap": 6, "market": 3, "statement": 1}, ("ignores", "gives")),
    "suspicious": Nature({"who": 2, "why": 2, "source": 2, "market": 3}, ("asks_why", "refuses", "gives")),
    "volunteer": Nature({"market": 5, "statement": 1, "small_talk": 1}, ("gives",), volunteers=0.4),
    "talker": Nature({"market": 10, "statement": 4, "small_talk": 3, "off_topic": 2, "advice": 2, "source": 1},
                     ("gives", "ignores", "refuses", "asks_why"), (50, 80)),
}
# fmt: on
KINDS: tuple[Kind, ...] = tuple(NATURES)


@dataclass(frozen=True)
class Person:
    """One conversation to be held; `seed` decides every word of it."""

    number: int
    kind: Kind
    transport: Transport
    habit: Habit
    name: str
    mail: str
    income: Income
    other_name: str
    other_mail: str
    other_income: Income
    turns: int
    seed: int

    @property
    def label(self) -> str:
        return f"{self.number:04d}-{self.kind}-{self.transport}"

    @property
    def nature(self) -> Nature:
        return NATURES[self.kind]

    def truth(self, fact: Fact, *, other: bool = False) -> str:
        """The fact as the service must show it; `other` is what it is corrected to."""
        income = self.other_income if other else self.income
        shown = (self.other_name, self.other_mail) if other else (self.name, self.mail)
        return dict(zip(FACTS, (*shown, income.means), strict=True))[fact]


def people(number: int, seed: int) -> list[Person]:
    """The same for the same seed. Kinds take turns, each on every transport."""
    rng = random.Random(seed)
    return [_person(place, rng) for place in range(number)]


def _person(number: int, rng: random.Random) -> Person:
    kind = KINDS[number % len(KINDS)]
    name, other = rng.sample(NAMES, 2)
    income, other_income = rng.sample(INCOMES, 2)
    return Person(
        number=number,
        kind=kind,
        transport=TRANSPORTS[(number + number // len(KINDS)) % len(TRANSPORTS)],
        habit=rng.choices(("tidy", "lower", "capitals", "unpunctuated"), (5, 3, 1, 2))[0],
        name=name,
        mail=_mail(number, rng),
        income=income,
        other_name=other,
        other_mail=_mail(number, rng),
        other_income=other_income,
        turns=rng.randint(*NATURES[kind].turns),
        seed=rng.getrandbits(32),
    )


def _mail(number: int, rng: random.Random) -> str:
    word = rng.choice(("night.owl", "bull", "no_sleep", "j.doe", "chart-wizard", "hello", "theta+news", "x", "me"))
    return f"{word}{number}{rng.choice('abcdefgh')}@{rng.choice(DOMAINS)}"
