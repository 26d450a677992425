"""A language model in an attacker's hands, where Groq's would be: it answers what it likes, seeded."""

import asyncio
import json
import random
import re
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from langchain_core.tools import BaseTool

from agents.model.asking import Ask, Call, ModelFailed, Tool

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
    """Satisfies `agents.model.asking.Model`. `said` is what it wrote, for tests to look for."""

    name = "worst:model"
    is_available = True

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.proposals = self.writings = 0

    async def call(self, ask: Ask, tools: Sequence[Tool]) -> list[Call]:
        self.proposals += 1
        rng = self._rng
        if rng.random() < 0.1:
            raise ModelFailed("none")
        words = str(ask.content.get("message", "")).split()
        spans = [" ".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words))] + list(VALUES)
        facts = [{"slot": rng.choice(SLOTS), "span": rng.choice(spans), "value": rng.choice(VALUES)} for _ in range(12)]
        more = {"status": "sanctioned", "desired_amount": 5_000_000, "kyc_verified": True, "confirm": True}
        claims = {"intent": rng.choice(INTENTS), "facts": facts, **more}
        if ask.purpose == "understand":
            return [Call(_name(tools[0]), claims, "1")]
        return [self._look_up(rng.choice(tools), ask, claims, str(n)) for n in range(rng.randrange(1, 9))]

    def _look_up(self, tool: Tool, ask: Ask, claims: dict[str, Any], number: str) -> Call:
        """With whatever comes to mind, or in the tool's own form, so that something is found and told."""
        rng = self._rng
        if rng.random() < 0.3:
            wild = {name: rng.choice((*VALUES, 10**12, -1, None, [], {})) for name in ("amount", "months", "query")}
            return Call(_name(tool), {**claims, **wild}, number)
        form: Any = tool.args_schema if isinstance(tool, BaseTool) else tool
        fitting: dict[str, Any] = {
            "results": re.findall(r'"id": "([^"]+)"', json.dumps(ask.content) + "".join(s.text for s in ask.steps)),
            "months": rng.choice(([12], [24, 48], [12, 36, 60], 24)),
            "query": rng.choice(VALUES),
            "amount": rng.choice((200_000, 300_000, 5_000_000)),
            "without_emis": True,
        }
        return Call(_name(tool), {name: fitting[name] for name in form.model_fields if name in fitting}, number)

    async def write(self, ask: Ask) -> AsyncGenerator[str]:
        self.writings += 1
        rng = self._rng
        draft = str(ask.content["say"])
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


def _name(tool: Tool) -> str:
    return tool.name if isinstance(tool, BaseTool) else tool.__name__
