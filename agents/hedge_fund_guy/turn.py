"""The parts of the hedge fund guy's state; whatever is personal is inside `lead` and `heard`, never on top."""

from langchain_core.messages import AnyMessage
from typing_extensions import TypedDict

from agents.hedge_fund_guy.reading.reading import Fact, Income, Reading

STATE_VERSION = 1


class Lead(TypedDict, total=False):
    """Who the guy talks to.

    asked      how often each fact was asked for
    asked_last the fact that the last reply asked for, None when it asked for none
    asked_on   the number of the turn in which a fact was asked for last
    declined   facts that will not be given; they are not asked for again
    delivered  the complete lead is on record and its mail in the outbox
    """

    name: str | None
    email: str | None
    income: Income | None
    asked: dict[Fact, int]
    asked_last: Fact | None
    asked_on: int
    declined: list[Fact]
    delivered: bool


class Source(TypedDict):
    """A clause that an opinion came from."""

    id: str
    title: str
    document: str


class Talk(TypedDict, total=False):
    """The conversation so far.

    turn      the number of this turn, from 1
    used      keys of the lines said
    told      ids of the clauses told
    sources   the clauses behind the newest opinion
    topics    titles of the clauses told, as far as a summary needs them
    questions what was asked about, in their words as they may be kept; the first few
    advice    how often advice was asked for
    """

    turn: int
    used: list[str]
    told: list[str]
    sources: list[Source]
    topics: list[str]
    questions: list[str]
    advice: int


class Heard(TypedDict, total=False):
    """This turn's message, as it may be kept, and what was read from it."""

    text: str
    reading: Reading


class Answer(TypedDict, total=False):
    """What this turn's nodes want said: sentences of the knowledge base, what was just noted, what to ask for.

    again    the title of the one relevant clause, where it was told before
    unknown  a question about markets that no clause answers
    """

    passages: list[str]
    again: str | None
    unknown: bool
    noted: list[Fact]
    corrected: list[Fact]
    ask: Fact | None
    delivered_now: bool


class GuyTurn(TypedDict, total=False):
    """The state as every node sees it, and what a node changed of it."""

    messages: list[AnyMessage]
    lead: Lead
    talk: Talk
    heard: Heard
    answer: Answer
    version: int
