"""What is read from one message."""

from decimal import Decimal
from typing import Any, Literal, Protocol

from typing_extensions import TypedDict

Fact = Literal["name", "email", "income"]
FACTS: tuple[Fact, ...] = ("name", "email", "income")
Period = Literal["year", "month", "week", "day", "hour"]

# market     a question or a view about markets, macro, trading
# advice     what they should do with their own money
# source     where an opinion comes from
# who        who the guy is, whether he is a machine
# why        why a fact is asked for, what becomes of it
# file       what is on file about them, or that it be erased
# provide    facts and nothing else
# refuse     a fact is not given
# small_talk a greeting, thanks, a laugh, a goodbye, words without a topic
# abuse      hateful or abusive words
# distress   they speak of ending or hurting themselves
# off_topic  everything else
Intent = Literal[
    "market", "advice", "source", "who", "why", "file",
    "provide", "refuse", "small_talk", "abuse", "distress", "off_topic",
]  # fmt: skip


class Income(TypedDict):
    """`high` is None unless a range was given; amounts are decimal strings, `currency` an ISO 4217 code or None
    where none was named, `period` None likewise."""

    low: str
    high: str | None
    currency: str | None
    period: Period | None


class Facts(TypedDict, total=False):
    name: str
    email: str
    income: Income


class Reading(TypedDict):
    """`declined` are the facts this message refuses to give; `broken` those that were tried and cannot be right, such
    as an address without a domain."""

    intent: Intent
    facts: Facts
    declined: list[Fact]
    broken: list[Fact]


class Reader(Protocol):
    """Reads a message in the light of the fact that was asked for last, None for none. Never raises."""

    async def read(self, text: str, asked: Fact | None) -> Reading: ...


def income_in_words(income: Income) -> str:
    """Such as `USD 120,000 a year` or `80,000 to 100,000 a month`."""
    figures = [income["low"], *([income["high"]] if income["high"] else [])]
    amount = " to ".join(f"{Decimal(figure):,f}" for figure in figures)
    words: list[Any] = [income["currency"], amount, income["period"] and f"a {income['period']}"]
    return " ".join(word for word in words if word).replace("a hour", "an hour")
