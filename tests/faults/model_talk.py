"""The conversation of the rows about a model: what is said, what came back and what the model was asked for it."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from server.limits.figures import FIGURES
from tests.driver import Conversation, Json, Transport
from tests.faults.outside import Told, check_answered, check_kept, hear, standing
from tests.faults.stage import Stage
from tests.groq_server import Body, GroqServer, purpose_of
from tests.service import fresh_data_dir, service_in_thread

KEY = "gsk_not_a_key"
# Words whose sense the rules leave open, so that the model is asked; then a fact, a question, a fact, once more.
SAID = (
    "hmm, well, you know how it is with my plans",
    "I need 3 lakh in some way, my friend took 9 lakh",
    "what happens if I am late with an EMI?",
    "My name is Aarav Mehta",
    "so so, let us see how it goes",
)
# Where it is asked, and how the service is told of it.
PROTOCOLS: dict[str, Callable[[GroqServer], Json]] = {
    "Groq": lambda server: {"groq_api_key": KEY, "groq_api_base": server.url},
    "OpenAI": lambda server: {"model": "openai:own/model", "model_api_base": server.openai_url},
}


class Most(NamedTuple):
    """The most that may be asked in any turn, by the first letters of understand, consult and phrase, tries included.

    No more than `turns` turns ask at all: in the others the model rests.
    """

    of_a_turn: str
    turns: int = len(SAID)


def patient_search() -> AbstractContextManager[object]:
    """On a busy machine too a question is answered by vectors: by words alone other clauses are found."""
    return patch("kb.search.VECTOR_TIMEOUT", 60.0)


@cache
def undisturbed(knowledge: Path) -> list[tuple[str, Json]]:
    """Replies and applications of the embedded default, which needs no model."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patient_search(),
        service_in_thread(fresh_data_dir(Path(folder) / "var", knowledge)) as running,
        Conversation(running) as talk,
    ):
        heard = [hear(talk, words) for words in SAID]
    return [(told.end["content"], standing(told.end)) for told in heard]


def check_unmoved(stage: Stage, heard: list[Told]) -> None:
    """The model moved nothing and said nothing: replies and applications are the embedded default's."""
    for number, (one, expected) in enumerate(zip(heard, undisturbed(stage.ground.knowledge), strict=True), 1):
        assert (one.end["content"], standing(one.end)) == expected, f"turn {number} is not the embedded default's"


def told(stage: Stage, talk: Conversation, words: str) -> Told:
    """What is heard of a message over the conversation's transport; a REST answer counts as one whole chunk."""
    if talk.transport == "sse":
        heard = hear(talk, words)
    else:
        before, started = len(talk.frames), time.monotonic()
        answer = talk.say(words)
        seconds = time.monotonic() - started
        whole = {"event_id": 0, "type": "message", "content": answer["message"]}
        end = answer | {"event_id": 1, "type": "end", "content": answer["message"]}
        heard = Told(talk.frames[before:] or [whole, end], seconds=seconds)
    stage.listened(heard.seconds)
    check_answered(heard)
    return heard


def talked(
    stage: Stage, requests: Sequence[Body] = (), transport: Transport = "sse", **settings: object
) -> tuple[list[Told], list[str]]:
    """All that is said: what came back, and what each turn added to `requests` by the first letters of its purposes.

    What is kept of it is checked.
    """
    heard, asked = [], []
    with patient_search(), Conversation(stage.thread(**settings), transport) as talk:
        for words in SAID:
            before = len(requests)
            heard.append(told(stage, talk, words))
            asked.append("".join(purpose_of(body)[0] for body in requests[before:]))
        check_kept(stage, talk, heard)
    return heard, asked


def check_asked(stage: Stage, asked: list[str], most: Most) -> None:
    """No turn asked more than it may, on the wire and on record."""
    assert any(asked), "the model was never asked"
    assert all(Counter(one) <= Counter(most.of_a_turn) for one in asked), f"asked {asked}, at most {most}"
    assert sum(map(bool, asked)) <= most.turns, f"asked {asked}, at most {most}"
    on_record = Counter(row["turn_id"] for row in stage.table("model_calls"))
    assert max(on_record.values()) <= FIGURES.model_calls_of_a_turn, "a turn asked more than its budget"
    assert on_record.total() <= len("".join(asked)), "on record is what never left"
