"""Invented customers with consistent facts, drawn so that each rule is met on both sides of its limit."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.simulation.cast import EMPLOYERS, NAMES, TOWNS
from tools.calendar import add_months
from tools.identifiers import verhoeff_digit

AS_OF = date(2026, 12, 1)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
Record = dict[str, Any]
LIVE, LAST_DAY, OVER = "2027-03-31", "2026-12-01", "2026-11-30"


@dataclass(frozen=True)
class Person:
    """A customer: what the records hold, the loan they come for, and what is peculiar about them.

    `truth` is what is so, whether or not a record holds it. Amounts in whole rupees.
    """

    record: Record
    truth: Record
    amount: int
    months: int
    stratum: str

    @property
    def born(self) -> date:
        return date.fromisoformat(self.record["dob"])


@dataclass
class Draft:
    """A person in the making."""

    rng: random.Random
    record: Record
    amount: int
    months: int
    turn: int | None

    def pick(self, *choices: Any) -> Any:
        """One of them; the first that is picked for a person by turns, so that a run leaves none out."""
        turn, self.turn = self.turn, None
        return self.rng.choice(choices) if turn is None else choices[turn % len(choices)]

    def offer(self, limit: int, until: str = LIVE) -> None:
        self.record["offer"] = {"limit": limit, "valid_until": until}

    def income(self, amount: int) -> None:
        self.record["declared_income"] = self.record["net_income_on_file"] = amount
        self.record["household_annual_income"] = max(360_000, amount * 14)


def person(number: int, rng: random.Random) -> Person:
    """The `number`th customer: their stratum by turns, so that a run of any length meets them all."""
    names = list(STRATA)
    months = rng.choice((12, 18, 24, 30, 36, 48, 60))
    draft = Draft(rng, _ordinary(number, rng), rng.randrange(50, 401) * 1000, months, number // len(names))
    stratum = names[number % len(names)]
    STRATA[stratum](draft)
    truth = dict(draft.record)
    _forget(draft, number)
    return Person(draft.record, truth, draft.amount, draft.months, stratum)


def people(count: int, seed: int) -> list[Person]:
    """The same people for the same seed. Two of those who share a phone stand side by side."""
    rng = random.Random(seed)
    found: list[Person] = []
    for number in range(count):
        one = person(number, rng)
        if one.stratum == "phone_shared" and found:
            # The one before keeps their number; the second to apply with it is the one who is looked at.
            one.record["phone"] = one.truth["phone"] = found[-1].record["phone"]
        found.append(one)
    return found


def write_customers(path: Path, persons: list[Person]) -> None:
    path.write_text(json.dumps({"customers": [one.record for one in persons]}), encoding="utf-8")


def _ordinary(number: int, rng: random.Random) -> Record:
    """Somebody with nothing against them: salaried, well paid, good score, live offer as often as not."""
    name = rng.choice(NAMES)
    city, pincode = rng.choice(TOWNS)
    income = rng.randrange(60, 160) * 1000
    aadhaar = f"99995{number + 1_000:06d}"
    return {
        "customer_id": f"S{number:05d}",
        "name": name.full,
        "dob": _born(rng.randrange(25, 52), rng.randrange(1, 330)),
        "city": city,
        "pincode": pincode,
        "phone": f"+919000{200_000 + number:06d}",
        "email": f"{name.full.split()[0].lower()}.{number}@example.com",
        "pan": f"ZZZP{name.initial}{number % 10_000:04d}{LETTERS[number % len(LETTERS)]}",
        "aadhaar_like": aadhaar + verhoeff_digit(aadhaar),
        "citizenship": "IN",
        "employment": "salaried",
        "employer": rng.choice(EMPLOYERS),
        "months_current_employer": rng.randrange(7, 90),
        "months_total_employment": rng.randrange(90, 200),
        "declared_income": income,
        "net_income_on_file": income,
        "household_annual_income": income * 14,
        "existing_emi": rng.randrange(0, 5) * 1500,
        "score": rng.randrange(700, 900),
        "offer": {"limit": rng.randrange(10, 41) * 10_000, "valid_until": LIVE} if rng.random() < 0.5 else None,
        "kyc": {"mode": "vcip", "phone_ok": True, "address_ok": True},
        "bureau": {},
    }


def _born(years: int, days: int) -> str:
    """Born so that the age on the business date is `years` and the last birthday was `days` ago."""
    return date.fromordinal(add_months(AS_OF, -12 * years).toordinal() - days).isoformat()


def _forget(draft: Draft, number: int) -> None:
    """What no record holds has to be asked for: of one in four, something is missing."""
    fields = ("email", "employer", "declared_income", "household_annual_income", "existing_emi", "employment")
    if number % 4 == 3:
        for field in draft.rng.sample(fields, draft.rng.randrange(1, 4)):
            draft.record[field] = None


def _inside_limit(d: Draft) -> None:
    d.offer(d.rng.randrange(10, 51) * 10_000)
    limit = d.record["offer"]["limit"]
    d.amount = d.pick(limit, limit - 1000, max(50_000, limit // 2 // 1000 * 1000))


def _above_limit(d: Draft) -> None:
    limit = d.rng.randrange(8, 21) * 10_000
    d.offer(limit)
    d.amount = d.pick(limit + 1000, 2 * limit, limit * 3 // 2 // 1000 * 1000)


def _above_twice(d: Draft) -> None:
    limit = d.rng.randrange(8, 18) * 10_000
    d.offer(limit)
    d.amount = d.pick(2 * limit + 1000, 450_000)


def _above_largest(d: Draft) -> None:
    d.amount = d.pick(501_000, 600_000, 1_000_000)
    if d.record["offer"]:
        d.offer(d.pick(300_000, 400_000))


def _no_offer(d: Draft) -> None:
    d.record["offer"] = None
    d.record["score"] = d.rng.randrange(700, 900)


def _offer_ends(d: Draft) -> None:
    d.offer(d.rng.randrange(10, 41) * 10_000, d.pick(LAST_DAY, OVER))
    d.amount = d.record["offer"]["limit"]


def _low_band(d: Draft) -> None:
    d.record["offer"] = d.pick(None, {"limit": 200_000, "valid_until": LIVE})
    d.record["score"] = d.pick(650, 674, 675, 699, d.rng.randrange(650, 700))
    cap = 150_000 if d.record["score"] < 675 else 200_000
    d.amount = d.pick(cap, cap + 1000, cap - 20_000)


def _band_edges(d: Draft) -> None:
    d.record["score"] = d.pick(700, 724, 725, 749, 750, 799, 800, 900)
    d.record["offer"] = None
    d.amount = d.pick(300_000, 301_000, 400_000, 401_000, 500_000)


def _score_low(d: Draft) -> None:
    d.record["score"] = d.pick(300, 450, 582, 599)


def _score_review(d: Draft) -> None:
    d.record["score"] = d.pick(600, 628, 649)


def _no_history(d: Draft) -> None:
    d.record["score"] = None


def _bureau_marks(d: Draft) -> None:
    d.record["bureau"] = d.pick(
        {"months_since_30dpd": 12},
        {"months_since_30dpd": 13},
        {"months_since_60dpd": 12},
        {"months_since_60dpd": 13},
        {"months_since_writeoff_or_settled": 24},
        {"months_since_writeoff_or_settled": 25},
        {"enquiries_90d": 5},
        {"enquiries_90d": 6},
    )


def _vintage(d: Draft) -> None:
    spans = d.pick((5, 40), (6, 40), (3, 11), (8, 11), (8, 12), (None, None))
    d.record["months_current_employer"], d.record["months_total_employment"] = spans


def _age_edges(d: Draft) -> None:
    d.record["dob"] = d.pick(_born(20, 364), _born(21, 0), _born(60, 0), _born(60, 200), _born(61, 0), _born(19, 100))


def _near_sixty(d: Draft) -> None:
    d.record["dob"] = d.pick(_born(58, 0), _born(57, 100), _born(59, 0), _born(59, 30), _born(55, 0))
    d.months = d.pick(12, 24, 36, 48, 60)


def _income_edges(d: Draft) -> None:
    d.income(d.pick(24_999, 25_000, 22_500, 39_999, 40_000, 74_999, 75_000))
    d.amount = d.pick(50_000, 80_000, 150_000)


def _not_eligible(d: Draft) -> None:
    field, value = d.pick(("citizenship", "NP"), ("employment", "self_employed"), ("employment", "retired"))
    d.record[field] = value


def _listed(d: Draft) -> None:
    d.record["list_hit"] = True


def _household(d: Draft) -> None:
    d.income(d.pick(25_000, 26_000))
    d.record["household_annual_income"] = d.pick(300_000, 300_001, 299_000)
    d.amount = 50_000


def _tight(d: Draft) -> None:
    d.income(d.pick(32_000, 42_000, 48_000))
    d.record["existing_emi"] = d.pick(9_000, 11_000, 13_000)
    d.offer(d.pick(200_000, 300_000))
    d.amount, d.months = d.rng.randrange(10, 31) * 10_000, d.pick(12, 18, 24)


def _no_room(d: Draft) -> None:
    d.income(30_000)
    d.record["existing_emi"] = d.pick(12_500, 13_500, 14_000)
    d.amount = d.pick(50_000, 100_000)


def _half_of_pay(d: Draft) -> None:
    d.income(d.pick(26_000, 45_000, 80_000))
    d.record["existing_emi"] = 0
    d.offer(500_000)
    d.amount, d.months = d.pick(250_000, 400_000), 12


def _otp_kyc(d: Draft) -> None:
    d.record["kyc"] = {"mode": "otp_ekyc", "phone_ok": True, "address_ok": True}
    d.record["kyc"]["otp_loans_this_year"] = d.pick(0, 0, 10_000, 20_000)
    d.offer(200_000)
    d.amount = d.pick(50_000, 60_000, 61_000, 120_000)


def _unverified_contact(d: Draft) -> None:
    d.record["kyc"] = {"mode": "vcip", "phone_ok": d.pick(True, True, False), "address_ok": False}


def _income_unknown(d: Draft) -> None:
    d.record["net_income_on_file"] = None


def _nothing_special(_: Draft) -> None:
    """As they come."""


STRATA: dict[str, Callable[[Draft], None]] = {
    "inside_limit": _inside_limit,
    "phone_shared": _inside_limit,
    "above_limit": _above_limit,
    "above_twice": _above_twice,
    "above_largest": _above_largest,
    "no_offer": _no_offer,
    "offer_ends": _offer_ends,
    "low_band": _low_band,
    "band_edges": _band_edges,
    "score_low": _score_low,
    "score_review": _score_review,
    "no_history": _no_history,
    "bureau_marks": _bureau_marks,
    "vintage": _vintage,
    "age_edges": _age_edges,
    "near_sixty": _near_sixty,
    "income_edges": _income_edges,
    "not_eligible": _not_eligible,
    "listed": _listed,
    "household": _household,
    "tight": _tight,
    "no_room": _no_room,
    "half_of_pay": _half_of_pay,
    "otp_kyc": _otp_kyc,
    "unverified_contact": _unverified_contact,
    "income_unknown": _income_unknown,
    "ordinary": _nothing_special,
}
