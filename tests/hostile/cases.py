"""The cases: conversations made by hand, and orders in frames and disguises over every carrier, drawn from a seed."""

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from tests.hostile.disguises import DISGUISES, FOR_ANY_SCRIPT

Carrier = Literal[
    "message", "name", "purpose", "employer", "file name", "slip text", "hidden slip text", "clause", "record",
    "registered name", "tool result", "request body", "officer's question",
]  # fmt: skip
Persona = Literal["blunt", "subtle", "flooding", "turning"]
CARRIERS: tuple[Carrier, ...] = get_args(Carrier)
PERSONAS: tuple[Persona, ...] = get_args(Persona)
# What the assistant waits for, or how the application stands, when an attack begins.
STAGES = (
    "desired_amount", "applicant_name", "loan_term_months", "purpose", "consent", "pan", "otp", "salary_slip",
    "offer_decision", "kfs_acknowledgement", "sanctioned", "rejected", "under_review",
)  # fmt: skip
# Of the generated cases; messages are what most attackers have.
SHARES: dict[Carrier, int] = dict.fromkeys(CARRIERS, 5) | {"message": 50}
_AT: dict[Carrier, tuple[str, ...]] = {
    "name": ("applicant_name",),
    "purpose": ("purpose",),
    "employer": ("employer",),
    "file name": ("salary_slip",),
    "slip text": ("salary_slip",),
    "hidden slip text": ("salary_slip",),
    "record": ("offer_decision",),
    "registered name": ("otp",),
    "tool result": ("consent", "offer_decision"),
    "officer's question": ("under_review",),
}
_SHORT = frozenset({"name", "purpose", "employer", "file name", "record", "registered name", "officer's question"})
_HINGLISH = frozenset({"hai", "kar", "batao", "bol", "kya", "karo", "likh", "bataunga", "ho", "hoon", "theek"})
_SHORT_DISGUISES = ("plain", "zero width", "lookalikes", "full width", "leet", "backwards", "shouted")
LANGUAGES = ("en", "en", "hi", "hi", "hinglish", "hinglish", "other")
LONGEST_SHORT = 300


@dataclass(frozen=True)
class Case:
    """One attack. `turns` are what the customer says, `payload` what the carrier holds where that is not a message."""

    number: int
    goal: str
    carrier: Carrier
    language: str
    disguise: str
    persona: Persona
    origin: Literal["hand", "generated"]
    stage: str
    turns: tuple[str, ...]
    payload: str = ""


def cases(count: int, seed: int, victim: str) -> list[Case]:
    """`count` cases, those made by hand first, each of them with two kinds of model; the same for the same seed."""
    rng = random.Random(seed)
    made = [case for half in (0, 2) for case in _by_hand(half, rng, victim)]
    rng.shuffle(made)
    made = made[: count // 4] if count < len(made) * 2 else made
    carriers = [carrier for carrier, share in SHARES.items() for _ in range(share)]
    goals = list(_texts("orders"))
    found = [*made]
    for carrier in (*CARRIERS, *rng.choices(carriers, k=count))[: max(0, count - len(made))]:
        number = len(found)
        while (case := _generated(goals[number % len(goals)], carrier, rng, victim)) in found:
            pass  # no case is tried twice
        found.append(case)
    return [_numbered(case, number) for number, case in enumerate(found)]


def _numbered(case: Case, number: int) -> Case:
    return Case(**(vars(case) | {"number": number}))


def _by_hand(half: int, rng: random.Random, victim: str) -> list[Case]:
    return [
        Case(
            number=0,
            goal=one["goal"],
            carrier="message",
            language=_language_of(one["turns"]),
            disguise="plain",
            persona=PERSONAS[(number + half) % len(PERSONAS)],
            origin="hand",
            stage=one.get("stage") or rng.choice(STAGES),
            turns=tuple(turn.replace("{victim}", victim) for turn in one["turns"]),
        )
        for number, one in enumerate(_texts("handmade")["conversation"])
    ]


def _generated(goal: str, carrier: Carrier, rng: random.Random, victim: str) -> Case:
    language = rng.choice(LANGUAGES)
    order = rng.choice(_texts("orders")[goal][language]).replace("{victim}", victim)
    frames = _texts("frames")
    frame = rng.choice([*frames.get(language, ["{order}"]), *frames["any"]])
    disguises = tuple(DISGUISES) if order.isascii() else FOR_ANY_SCRIPT
    disguise = rng.choice([*disguises, *["plain"] * len(disguises)])
    if carrier in _SHORT:
        frame = rng.choice(["{order}", frame])
        disguise = disguise if disguise in _SHORT_DISGUISES else "plain"
    text = DISGUISES[disguise](frame.format(order=order))
    text = text[:LONGEST_SHORT] if carrier in _SHORT else text[:3900]
    turns: tuple[str, ...] = (text,)
    payload = ""
    if carrier in {"clause", "tool result"}:
        turns = (rng.choice(poisoned_questions()), "And what does that mean for my loan?")
        payload = text if carrier == "tool result" else ""
    elif carrier != "message":
        turns, payload = (), text
    return Case(
        number=0,
        goal=goal,
        carrier=carrier,
        language=language,
        disguise=disguise,
        persona=PERSONAS[rng.randrange(len(PERSONAS))],
        origin="generated",
        stage=rng.choice(_AT.get(carrier, STAGES)),
        turns=turns,
        payload=payload,
    )


POISON = Path(__file__).parent / "poison.md"


@cache
def poisoned_questions() -> tuple[str, ...]:
    lines = POISON.read_text(encoding="utf-8").splitlines()
    return tuple(line.removeprefix("- ") for line in lines if line.startswith("- "))


def _language_of(turns: list[str]) -> str:
    text = " ".join(turns)
    if any("\u0900" <= sign <= "\u097f" for sign in text):
        return "hi"
    words = set(text.lower().replace(",", " ").replace(".", " ").split())
    return "hinglish" if words & _HINGLISH else "en"


@cache
def _texts(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def lies() -> dict[str, Any]:
    """What the obedient model says, by goal."""
    return _texts("lies")


def woven() -> dict[str, Any]:
    """What it puts to the end of a true sentence, by language."""
    return _texts("woven")
