"""Fictional customers for the load bench, one for each conversation, so that nobody applies twice.

Made from the packaged ones, whose road to a loan is known: only the identifiers are new, in the ranges that are not
given to anybody (PAN `ZZZ…`, mobile `+919000…`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

FIRST = ("Aarav", "Diya", "Kabir", "Meera", "Rohan", "Sana", "Vikram", "Anita", "Nisha", "Rajesh", "Pooja", "Imran")
LAST = ("Mehta", "Nair", "Singh", "Iyer", "Das", "Sheikh", "Reddy", "Kapoor", "Kumar", "Joshi", "Verma", "Gupta")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Road:
    """A packaged customer whose application ends in a sanction: what to ask for, in rupees, how to take the offer."""

    model: str
    amount: int
    months: int
    acceptance: str


# An instant approval, and a counter-offer of a longer tenure that the customer takes.
ROADS = (Road("C01", 300_000, 36, "yes, I accept"), Road("C03", 240_000, 12, "I take option 1"))


@dataclass(frozen=True, slots=True)
class Person:
    """What one customer says of themselves."""

    name: str
    pan: str
    phone: str
    born: date
    road: Road


def people(count: int, roads: Sequence[Road] = ROADS) -> tuple[list[Person], list[dict[str, Any]]]:
    """`count` customers and their records in the shape of the customers file."""
    packaged = json.loads((files("tools.providers") / "customers.json").read_text(encoding="utf-8"))
    listed = packaged["customers"] if isinstance(packaged, dict) else packaged
    models = {record["customer_id"]: record for record in listed}
    persons, records = [], []
    for number in range(count):
        road = roads[number % len(roads)]
        model, first, last = models[road.model], FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
        pan = f"ZZZP{last[0]}{number % 10_000:04d}{LETTERS[number // 10_000]}"
        phone = f"+919000{100_000 + number:06d}"
        person = Person(f"{first} {last}", pan, phone, date.fromisoformat(model["dob"]), road)
        changed = {"customer_id": f"L{number:05d}", "name": person.name, "pan": pan, "phone": phone}
        persons.append(person)
        records.append({**model, **changed, "email": f"load{number}@example.com"})
    return persons, records


def write_customers(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps({"customers": records}), encoding="utf-8")
