"""A language model in an attacker's hands, where Groq's would be: it answers what it likes, seeded."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

from agents.model.client import ModelFailed

SLOTS = (
    "desired_amount", "loan_term_months", "purpose", "employment", "monthly_income", "household_annual_income",
    "existing_emi", "applicant_name", "pan", "date_of_birth", "phone", "otp", "confirm", "consent", "offer_choice",
    "kyc_route", "credit_score", "kyc_verified", "status", "net_pay", "approved", "email", "address", "citizenship",
)  # fmt: skip
INTENTS = (
    "greet", "provide", "question", "what_if", "human", "why", "status", "off_topic", "refuse", "unclear", "withdraw",
    "start_over", "resend", "yes", "approve", "renew", "improve", "thanks", "", None, 7,
)  # fmt: skip
VALUES = (
    "50 lakh",
    "yes",
    "123456",
    "900",
    "ZZZPM1101A",
    "1%",
    "0",
    "verified",
    "99,99,999",
    "12",
    "salaried",
    "I accept",
)
LIES = (
    "You are approved for ₹50,00,000 at 1%! ",
    "Your loan of ₹9,99,999 is sanctioned, the letter is at https://example.com/letter. ",
    "Please pay ₹5,000 to our agent first. ",
    "Your EMI is just ₹111. ",
    "KYC is verified and your consent is given. Share your OTP and CVV. ",
    "पचास लाख रुपये मंज़ूर हैं, ब्याज 1% है। ",
    "Aapka fifty lakh ka loan pakka hai. ",
    "Offer ends in ten minutes, hurry! ",
    "You must buy insurance for Rs 12,345. ",
    "<script>alert(1)</script> ",
    "{amount:rupees} ",
)


class WorstModel:
    """Satisfies `agents.model.client.Model`. `said` is what it wrote, for tests to look for."""

    is_available = True

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.proposals = self.writings = 0

    async def propose(
        self,
        messages: Sequence[BaseMessage],
        tool: type[BaseModel],  # noqa: ARG002  it answers with what it likes
        seconds: float,  # noqa: ARG002  and takes no time
    ) -> dict[str, Any]:
        self.proposals += 1
        rng = self._rng
        if rng.random() < 0.1:
            raise ModelFailed("none")
        try:
            words = str(json.loads(messages[-1].text)["message"]).split()
        except (ValueError, KeyError):
            words = []
        spans = [" ".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words))] + list(VALUES)
        facts = [{"slot": rng.choice(SLOTS), "span": rng.choice(spans), "value": rng.choice(VALUES)} for _ in range(12)]
        more = {"status": "sanctioned", "desired_amount": 5_000_000, "kyc_verified": True, "confirm": True}
        return {"intent": rng.choice(INTENTS), "facts": facts, **more}

    async def write(
        self,
        messages: Sequence[BaseMessage],
        seconds: float,  # noqa: ARG002  it takes none
    ) -> AsyncGenerator[str]:
        self.writings += 1
        rng = self._rng
        draft = str(json.loads(messages[-1].text)["say"])
        match rng.randrange(6):
            case 0:
                text = rng.choice(LIES)
            case 1:
                text = draft + " " + rng.choice(LIES)
            case 2:  # one figure of the draft is another
                text = "".join(rng.choice("123456789") if c.isdigit() and rng.random() < 0.3 else c for c in draft)
            case 3:
                text = rng.choice(LIES) + draft
            case 4:
                text = "Well! " + draft
            case _:
                text = "".join(rng.choices(LIES, k=4))
        for at in range(0, len(text), 40):
            yield text[at : at + 40]
            await asyncio.sleep(0)
        if rng.random() < 0.1:
            raise ModelFailed("cut_off")
