"""Who a customer is in conversation, and what they are going to do: temperament, language, habits, honesty, ends."""

import random
from dataclasses import dataclass
from typing import Literal

from tests.driver import Transport
from tests.simulation.figures import Language
from tests.simulation.people import Person

Temperament = Literal["brief", "chatty", "impatient", "anxious", "suspicious", "polite"]
Habit = Literal["typos", "capitals", "unpunctuated", "tidy"]
Conduct = Literal[
    "honest",
    "changes_mind",
    "claims",
    "lies_about_income",
    "lies_about_work",
    "hides_emi",
    "wrong_name",
    "another_pan",
    "another_slip",
    "old_slip",
    "short_slip",
    "wrong_code",
    "wrong_code_always",
    "no_consent",
    "consent_at_second",
    "hostile",
    "withdraws",
    "goes_silent",
    "refuses_offer",
    "negotiates",
    "asks_for_more",
    "no_slip",
    "too_little_first",
    "out_of_order",
    "asks_and_answers",
    "name_typo",
    "changes_at_the_end",
    "switches_language",
]
Review = Literal["approve", "decline", "left"]
OnCounter = Literal["first", "last", "longer", "shorter", "smaller", "refuse", "slip"]

TEMPERAMENTS: tuple[Temperament, ...] = ("brief", "chatty", "impatient", "anxious", "suspicious", "polite")
HABITS: tuple[Habit, ...] = ("tidy", "typos", "capitals", "unpunctuated")
LANGUAGES: tuple[Language, ...] = ("en", "hinglish", "hi")
TRANSPORTS: tuple[Transport, ...] = ("rest", "sse", "websocket")
# How likely a digression is before an answer.
DIGRESSES: dict[Temperament, float] = {
    "brief": 0.02,
    "impatient": 0.06,
    "polite": 0.08,
    "suspicious": 0.18,
    "anxious": 0.2,
    "chatty": 0.25,
}
HONEST_SHARE = 0.4
_DISHONEST: tuple[Conduct, ...] = (
    "changes_mind", "claims", "lies_about_income", "lies_about_work", "hides_emi", "wrong_name", "another_pan",
    "another_slip", "old_slip", "short_slip", "wrong_code", "wrong_code_always", "no_consent", "consent_at_second",
    "hostile", "withdraws", "goes_silent", "refuses_offer", "negotiates", "asks_for_more", "no_slip",
    "too_little_first", "changes_mind", "negotiates", "hostile", "out_of_order", "asks_and_answers", "name_typo",
    "changes_at_the_end", "switches_language",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """One conversation to be held. `seed` decides every word of it."""

    person: Person
    temperament: Temperament
    language: Language
    habit: Habit
    conduct: Conduct
    transport: Transport
    on_counter: OnCounter
    several_at_once: bool
    upgrades_kyc: bool
    purpose: int
    review: Review
    seed: int
    again: bool = False

    @property
    def name(self) -> str:
        person = self.person
        return f"{person.record['customer_id']}{'b' if self.again else ''}"


def plan_for(person: Person, number: int, rng: random.Random, *, again: bool = False) -> Plan:
    conduct: Conduct = "honest" if again or rng.random() < HONEST_SHARE else _DISHONEST[number % len(_DISHONEST)]
    return Plan(
        person=person,
        temperament=rng.choice(TEMPERAMENTS),
        language=rng.choices(LANGUAGES, (5, 3, 2))[0],
        habit=rng.choice(HABITS),
        conduct=conduct,
        transport=TRANSPORTS[number % len(TRANSPORTS)],
        on_counter=rng.choice(("first", "first", "last", "longer", "shorter", "smaller", "refuse", "slip")),
        several_at_once=rng.random() < 0.35,
        upgrades_kyc=rng.random() < 0.5,
        purpose=rng.randrange(100),
        review=rng.choice(("approve", "approve", "decline", "left")),
        seed=rng.getrandbits(32),
        again=again,
    )


def plans_for(persons: list[Person], seed: int, *, repeat_share: float = 0.05) -> list[list[Plan]]:
    """Lists of conversations; those of one list follow each other: one person twice, or two with one phone."""
    rng = random.Random(seed * 7919 + 1)
    groups: list[list[Plan]] = []
    for number, person in enumerate(persons):
        plan = plan_for(person, number, rng)
        if person.stratum == "phone_shared" and groups:
            groups[-1].append(plan)
        else:
            groups.append([plan])
            if rng.random() < repeat_share and plan.conduct in {"honest", "refuses_offer", "withdraws"}:
                groups[-1].append(plan_for(person, number, rng, again=True))
    return groups
