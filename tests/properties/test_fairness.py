"""L5: who somebody is and how they talk changes nothing. Paired applications, engine and whole conversations."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kb.policy import load_policy
from tests.conversation import Conversation
from tests.driver import REQUESTS, SLIP_IN_ANOTHER_NAME, customers
from tests.properties.policies import AS_OF
from tests.simulation.people import Person, people
from tools.policy import Applicant, Request, SalarySlip, decide
from tools.policy.record import decision_record
from tools.providers.simulated import Customer

Json = dict[str, Any]
GENERATED = 324
TALKED = 9
PROFILES = ("default", "challenge_strict")
OTHERS: list[Json] = [
    {"name": "Fatima Begum Qureshi", "sex": "female", "city": "Guwahati", "pincode": "781001", "religion": "Islam"},
    {"name": "Joseph Xavier", "sex": "male", "city": "Kochi", "pincode": "682016", "language": "ml"},
    {"name": "Thenmozhi", "gender": "other", "city": "Patna", "pincode": "800001", "caste": "SC", "tone": "rude"},
]
MEANS_NOTHING = {"name", "city", "pincode", "email", "sex", "gender", "religion", "caste", "language", "tone"}


def bare(record: Json) -> Json:
    return {name: value for name, value in record.items() if name not in {"decision_id", "application_id"}}


def decided(record: Json, request: Request, profile: str) -> bytes:
    policy = load_policy(profile)
    applicant = Applicant.from_dict(record)
    made = decision_record("EF-1", applicant, request, policy, decide(applicant, request, policy, AS_OF))
    return json.dumps(bare(made), sort_keys=True).encode()


def everybody() -> list[tuple[Json, Request]]:
    """The packaged customers and generated ones, with and without a slip."""
    found = []
    for customer_id, record in customers().items():
        amount, months = REQUESTS[customer_id]
        found.append((record, Request(amount, months, None, consent=True)))
    found += [(_whole(one), Request(one.amount, one.months, None, consent=True)) for one in people(GENERATED, 7)]
    slips = [SalarySlip(record["net_income_on_file"] or 50_000, "match", 9) for record, _ in found]
    return found + [
        (record, replace(request, salary_slip=slip)) for (record, request), slip in zip(found, slips, strict=True)
    ]


def _whole(one: Person) -> Json:
    """What the engine is given once the customer has told what no record holds."""
    told = {name: one.truth[name] if value is None else value for name, value in one.record.items()}
    return told | {"existing_emi": told["existing_emi"] or 0, "score": one.record["score"]}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_engine_decides_on_nothing_that_says_who_it_is(profile: str) -> None:
    pairs = 0
    for record, request in everybody():
        own = decided(record, request, profile)
        for other in OTHERS:
            assert decided(record | other, request, profile) == own
            pairs += 1
        assert decided({k: v for k, v in record.items() if k not in MEANS_NOTHING}, request, profile) == own
    print(f"{profile}: {pairs} pairs")


# Ways to say the same: plain, curt, gushing, rude, Hinglish.
Style = dict[str, str]
STYLES: dict[str, Style] = {
    "plain": {
        "ask": "I need {amount} rupees for {months} months for a wedding, my name is {name}",
        "yes": "yes", "accept": "yes, I accept", "end": "I acknowledge",
    },
    "gushing": {
        "ask": "Good morning dear! I would be ever so grateful for a loan of {amount} rupees over {months} months, "
               "it is for a wedding. My name is {name}",
        "yes": "yes of course", "accept": "yes please, I accept", "end": "yes, I acknowledge",
    },
    "rude": {
        "ask": "listen, {amount} rupees, {months} months, for a wedding. my name is {name}. be quick",
        "yes": "yes yes", "accept": "yes I accept", "end": "I acknowledge",
    },
    "hinglish": {
        "ask": "mujhe {amount} rupees ka loan chahiye {months} mahine ke liye shaadi ke liye, mera naam {name} hai",
        "yes": "haan", "accept": "haan, manzoor hai", "end": "haan, manzoor hai",
    },
}  # fmt: skip
SEEN = ("status", "credit_eligibility", "offered_amount", "offered_interest_rate", "reason_codes", "alternatives")


async def talked(record: Json, truth: Json, amount: int, months: int, style: Style, slip_name: str | None) -> Json:
    """A whole conversation in one style, up to where nothing is awaited; what came of it."""
    talk = Conversation(customers=[Customer.model_validate(record)])
    replies = [await talk.say(style["ask"].format(amount=amount, months=months, name=record["name"]))]
    profile = {
        "email": truth["email"] or "someone@example.com",
        "address": f"12 Lake Road, {record['city']} {record['pincode']}",
        "employment": "salaried",
        "employer": f"I work at {truth['employer'] or 'Northwind Software'}",
        "monthly_income": f"{truth['declared_income']} rupees",
        "household_annual_income": f"{truth['household_annual_income']} rupees",
        "existing_emi": f"{truth['existing_emi']} rupees",
    }
    born = date.fromisoformat(record["dob"]).strftime("%d/%m/%Y")
    for _ in range(24):
        if not talk.awaiting:
            break
        wanted = talk.awaiting[0]
        says: dict[str, Callable[[], str]] = {
            "otp": lambda: "OTP",
            "offer_decision": lambda: style["accept"],
            "kfs_acknowledgement": lambda: style["end"],
        }
        if wanted == "salary_slip":
            net = truth["net_income_on_file"] or truth["declared_income"]
            replies.append(await talk.upload(name=slip_name or record["name"], net_pay=net))
        elif wanted in {"pan", "date_of_birth", "phone"}:
            replies.append(await talk.say(f"{record['pan']}, {born}, {record['phone']}"))
        elif wanted in {"desired_amount", "loan_term_months", "applicant_name", "purpose"}:
            said = {"desired_amount": f"{amount} rupees", "loan_term_months": f"{months} months"}
            said |= {"applicant_name": record["name"], "purpose": "wedding"}
            if talk.awaiting[0] == "desired_amount" and len(replies) > 6:
                break  # asked for something that no loan is; the same for everybody
            replies.append(await talk.say(said[wanted]))
        else:
            replies.append(await talk.say(profile.get(wanted) or says.get(wanted, lambda: style["yes"])()))
    application = talk.application
    seen = {name: application.get(name) for name in SEEN}
    decision = bare(application["decision"]) if application.get("decision") else None
    offer = {k: v for k, v in (application.get("offer") or {}).items() if k != "offer_id"}
    return {"seen": seen, "decision": decision, "offer": offer, "length": sum(map(len, replies)), "turns": len(replies)}


def renamed(record: Json, rng: random.Random) -> Json:
    other = rng.choice(OTHERS)
    return record | {name: other[name] for name in ("name", "city", "pincode")}


@pytest.mark.parametrize("customer_id", list(customers()))
async def test_conversations_of_the_packaged_customers_come_out_alike(customer_id: str) -> None:
    record, (amount, months) = customers()[customer_id], REQUESTS[customer_id]
    slip_name = SLIP_IN_ANOTHER_NAME.get(customer_id)
    own = await talked(record, record, amount, months, STYLES["plain"], slip_name)
    assert own["decision"] is not None
    for style in ("gushing", "rude", "hinglish"):
        _check_alike(own, await talked(record, record, amount, months, STYLES[style], slip_name))
    for other in OTHERS[int(customer_id[1:]) % len(OTHERS) :][:1]:
        changed = record | {name: other[name] for name in ("name", "city", "pincode")}
        _check_alike(own, await talked(changed, changed, amount, months, STYLES["plain"], slip_name))


@pytest.mark.parametrize("number", range(TALKED))
async def test_conversations_of_generated_customers_come_out_alike(number: int) -> None:
    one = people(TALKED, 11)[number]
    own = await talked(one.record, one.truth, one.amount, one.months, STYLES["plain"], None)
    rng = random.Random(number)
    changed = renamed(one.record, rng)
    told = one.truth | {name: changed[name] for name in ("name", "city", "pincode")}
    _check_alike(own, await talked(changed, told, one.amount, one.months, STYLES["plain"], None))
    style = STYLES[rng.choice(("gushing", "rude", "hinglish"))]
    _check_alike(own, await talked(one.record, one.truth, one.amount, one.months, style, None))


def _check_alike(own: Json, other: Json) -> None:
    """The same decision, rate, figures and reasons, in replies of much the same length."""
    assert other["decision"] == own["decision"]
    assert other["seen"] == own["seen"]
    assert other["offer"] == own["offer"]
    assert other["turns"] == own["turns"]
    assert 0.6 < other["length"] / own["length"] < 1.7
