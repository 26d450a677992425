"""What leaves to a language model and its record: neither is there without the other, whatever breaks between them."""

from collections import Counter
from typing import Any

from server.limits.figures import FIGURES
from tests.faults.clients import Talker
from tests.faults.injecting import KILLED, Fault, as_environment
from tests.faults.matrix import cases
from tests.faults.outside import in_a_loop
from tests.faults.rows_crash import restarting
from tests.faults.stage import Stage
from tests.groq_server import GroqServer
from tests.server.metering.parts import digest_of

KEY = "gsk_not_a_key"
BEFORE = {
    "the database is away": Fault("model_calls.asked", "error"),
    "it is away now and then": Fault("model_calls.asked", "error", rate=0.5),
    "it does not answer": Fault("model_calls.asked", "timeout", seconds=0.3),
    "it did, and says that it did not": Fault("model_calls.asked", "did_it"),
}
BEHIND = {
    "the database is away": Fault("model_calls.answered", "error"),
    "it is away now and then": Fault("model_calls.answered", "error", rate=0.5),
}
KILLS = {
    "before the row": Fault("model_calls.asked", "exit", "before", nth=2),
    "between the row and the request": Fault("model_calls.asked", "exit", "after", nth=2),
    "between the answer and the row": Fault("model_calls.answered", "exit", "before", nth=2),
    "behind it": Fault("model_calls.answered", "exit", "after", nth=2),
}


def recorded(stage: Stage, groq: GroqServer) -> list[dict[str, Any]]:
    """The rows, of which there is one for each request, by its digest; a turn has no more of them than it may."""
    rows = stage.table("model_calls")
    of = Counter(row["sent_sha256"] for row in rows)
    left = Counter(map(digest_of, groq.requests))
    assert left <= of, "something left without a row"
    turns = Counter(row["turn_id"] for row in rows)
    assert max(turns.values(), default=0) <= FIGURES.model_calls_of_a_turn
    return rows


@cases(row="a call of the model cannot be recorded", injections=BEFORE, fast=["the database is away"])
def cannot_be_recorded(stage: Stage, fault: Fault) -> None:
    """It is not made, and the conversation goes on without it."""
    with in_a_loop(GroqServer()) as groq:
        replica = stage.replica(wrapped=True, start=False, GROQ_API_KEY=KEY, GROQ_API_BASE=groq.url)
        replica.start(**as_environment([fault]))
        with Talker([replica.base_url]) as talker:
            talker.converse()
            talker.check(stage)
            assert not talker.troubles, talker.troubles
        recorded(stage, groq)
        if fault.rate == 1:
            assert groq.requests == []


@cases(row="what came of a call of the model cannot be recorded", injections=BEHIND)
def cannot_be_completed(stage: Stage, fault: Fault) -> None:
    """The answer is used all the same; the row says that it was asked for."""
    with in_a_loop(GroqServer()) as groq:
        replica = stage.replica(wrapped=True, start=False, GROQ_API_KEY=KEY, GROQ_API_BASE=groq.url)
        replica.start(**as_environment([fault]))
        with Talker([replica.base_url]) as talker:
            talker.converse()
            talker.check(stage)
        found = recorded(stage, groq)
        assert len(groq.requests) == len(found)
        assert "asked" in {row["outcome"] for row in found}


@cases(row="kill -9 around a call of the model", injections=KILLS, fast=["between the row and the request"])
def killed(stage: Stage, fault: Fault) -> None:
    """The turn is run again, with what is left of its budget; nothing has left without a row."""
    with in_a_loop(GroqServer()) as groq:
        replica = stage.replica(wrapped=True, start=False, GROQ_API_KEY=KEY, GROQ_API_BASE=groq.url)
        replica.start(wait=False, **as_environment([fault]))
        with restarting(stage, replica) as restarts, Talker([replica.base_url]) as talker:
            talker.converse()
            talker.check(stage)
        assert restarts.statuses == [KILLED], f"the point was not reached: {restarts.statuses}"
        found = recorded(stage, groq)
        between = KILLS["between the row and the request"], KILLS["between the answer and the row"]
        assert [row["outcome"] for row in found].count("asked") == (fault in between)
