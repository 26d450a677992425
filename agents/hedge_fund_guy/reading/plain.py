"""A reader for the time until the rules are in: mail addresses, "I'm X", "N a year"; all else is about markets."""

import re

from agents.hedge_fund_guy.reading.reading import Fact, Facts, Income, Reading

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_NAME = re.compile(r"\b(?:my name is|call me) (\w{2,40})", re.IGNORECASE)
_INCOME = re.compile(r"(\d{4,9}) a year", re.IGNORECASE)


class PlainReader:
    async def read(self, text: str, asked: Fact | None) -> Reading:  # noqa: ARG002  too plain to mind
        facts = Facts()
        if name := _NAME.search(text):
            facts["name"] = name.group(1)
        if mail := _MAIL.search(text):
            facts["email"] = mail.group()
        if income := _INCOME.search(text):
            facts["income"] = Income(low=income.group(1), high=None, currency=None, period="year")
        return Reading(intent="provide" if facts else "market", facts=facts, declined=[], broken=[])
