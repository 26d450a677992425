"""L4, the other way round: with the verified facts kept, no chatter and no model output makes another decision."""

import dataclasses
import random
from datetime import date
from typing import Any

import pytest

from agents.model.speaking import ModelSpeaker
from tests.conversation import Conversation
from tests.properties.corpus import ASIDES, HOSTILE
from tests.properties.model import WorstModel
from tests.properties.world import reader_of
from tests.simulation.people import Person, people
from tools.providers.simulated import Customer

PEOPLE = 54
SAYS_A_SUM = ("9,99,000", "999000")
NOISE = [text for text in (*ASIDES, *HOSTILE) if not any(said in text for said in SAYS_A_SUM)]


async def decision_of(one: Person, noise: random.Random | None) -> dict[str, Any] | None:
    """Truthful answers up to the first decision, alone or with noise between them and the worst model around them."""
    talk = Conversation(customers=[Customer.model_validate(one.record)])
    if noise is not None:
        model = WorstModel(noise.randrange(2**16))
        talk.services = dataclasses.replace(
            talk.services, understander=reader_of(model), speaker=ModelSpeaker(model), without_model=None
        )
    truth, born = one.truth, date.fromisoformat(one.truth["dob"]).strftime("%d/%m/%Y")
    opening = f"I need {one.amount} rupees for {one.months} months for a wedding, my name is {truth['name']}"
    await talk.say(opening)
    answers = {
        "desired_amount": f"I need {one.amount} rupees",
        "loan_term_months": f"{one.months} months",
        "applicant_name": f"My name is {truth['name']}",
        "purpose": "for a wedding",
        "consent": "yes, I agree",
        "pan": f"{truth['pan']}, {born}, {truth['phone']}",
        "date_of_birth": f"{truth['pan']}, {born}, {truth['phone']}",
        "phone": f"{truth['pan']}, {born}, {truth['phone']}",
        "otp": "OTP",
        "email": truth["email"],
        "address": f"12 Lake Road, {truth['city']} {truth['pincode']}",
        "employment": "I am salaried" if truth["employment"] == "salaried" else "I am self employed",
        "employer": f"I work at {truth['employer']}",
        "monthly_income": f"my net pay is {truth['declared_income']} a month",
        "household_annual_income": f"{truth['household_annual_income']} a year",
        "existing_emi": f"I pay {truth['existing_emi']} rupees a month",
    }
    for _ in range(30):
        awaiting = talk.awaiting
        if not awaiting or talk.application.get("decision"):
            break
        if noise is not None and noise.random() < 0.5:
            await talk.say(noise.choice(NOISE))
            if not talk.awaiting or talk.application.get("decision"):
                break
        await talk.say(answers[talk.awaiting[0]])
    decision = talk.application.get("decision")
    return decision and {k: v for k, v in decision.items() if k not in {"decision_id", "application_id"}}


@pytest.mark.parametrize("number", range(PEOPLE))
async def test_chatter_and_a_lying_model_change_no_decision(number: int) -> None:
    one = people(PEOPLE, 5)[number]
    own = await decision_of(one, None)
    assert own is not None
    assert await decision_of(one, random.Random(number)) == own
