"""What the rows about the world outside share: what a customer was shown, and what is kept of it.

A dependency that misbehaves stands beside the service on loopback; an asynchronous one runs in a loop of its own.
"""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

import httpx

from tests.driver import Conversation, Json
from tests.faults.stage import Stage

T = TypeVar("T")
LONGEST_TURN = 15.0  # seconds until a customer has heard the end of a turn, whatever a dependency does
VOLATILE = ("application_id", "sanction_letter_url", "refusal_letter_url", "offer")  # differ from session to session


@contextlib.contextmanager
def in_a_loop(manager: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """An asynchronous server, in a thread with a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="dependency", daemon=True)
    thread.start()

    def run(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(30)

    entered: T = run(manager.__aenter__())
    try:
        yield entered
    finally:
        run(manager.__aexit__(None, None, None))
        run(loop.shutdown_asyncgens())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


@dataclass
class Told:
    """What the sender of one message was shown over SSE, or the problem document in its place."""

    frames: list[Json] = field(default_factory=list)
    problem: httpx.Response | None = None
    seconds: float = 0.0

    @property
    def end(self) -> Json:
        return self.frames[-1]

    @property
    def resets(self) -> int:
        return sum(frame["type"] == "reset" for frame in self.frames)

    @property
    def shown(self) -> str:
        """The chunks that stand: those behind the last reset."""
        chunks: list[str] = []
        for frame in self.frames:
            if frame["type"] == "reset":
                chunks = []
            elif frame["type"] == "message":
                chunks.append(frame["content"])
        return "".join(chunks)


def hear(talk: Conversation, words: str, message_id: str | None = None) -> Told:
    """Send a message over SSE and listen to its end."""
    body: Json = {"message": words, "session_id": talk.session_id} | ({"message_id": message_id} if message_id else {})
    told, started, event = Told(), time.monotonic(), {}
    with talk.http.stream("POST", "/api/v1/chat/stream", json=body) as response:
        if response.status_code != 200:
            response.read()
            told.problem = response
        else:
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if line and name:
                    event[name] = value
                elif event:
                    frame = json.loads(event["data"])
                    assert (event["event"], event["id"]) == (frame["type"], str(frame["event_id"]))
                    told.frames.append(frame)
                    event = {}
    told.seconds = time.monotonic() - started
    return told


def check_honest(told: Told, within: float = LONGEST_TURN) -> None:
    """One last frame in time: the whole reply, or an error with a code. Nothing half is shown as final."""
    assert told.seconds < within, f"answered after {told.seconds:.1f} s"
    if told.problem is not None:
        check_refused(told.problem)
        return
    last = [frame for frame in told.frames if frame["type"] == "end" or frame["type"] == "error"]
    assert last == [told.end], f"{len(last)} last frames"
    ids = [frame["event_id"] for frame in told.frames]
    assert all(earlier < later for earlier, later in pairwise(ids)), "event ids do not grow"
    if told.end["type"] == "error":
        assert told.end["code"] and told.end["content"]
    else:
        assert told.end["content"] and told.end["content"] == told.shown, "the reply is not what was shown"


def check_answered(told: Told, within: float = LONGEST_TURN) -> Json:
    """An honest turn that was answered; its last frame."""
    check_honest(told, within)
    assert told.problem is None and told.end["type"] == "end", told.problem or told.end
    return told.end


def check_refused(answer: httpx.Response, *statuses: int) -> Json:
    """A problem document, one of these statuses, which asks those who may come again to do so."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert not statuses or answer.status_code in statuses, answer.text
    problem: Json = answer.json()
    assert problem["status"] == answer.status_code and problem["code"] and problem["detail"] and problem["request_id"]
    return problem


def turns(stage: Stage, session_id: str) -> list[str]:
    """How the session's turns stand."""
    return [row[0] for row in stage.rows("SELECT status FROM turns WHERE session_id = ?", [session_id])]


def count(stage: Stage, table: str, session_id: str) -> int:
    """The session's rows of a table."""
    query = f"SELECT count(*) FROM {table} WHERE session_id = ?"  # noqa: S608  a table of ours
    return int(stage.rows(query, [session_id])[0][0])


def check_kept(stage: Stage, talk: Conversation, heard: list[Told]) -> None:
    """Every message that was answered is one turn, done; the transcript is what was shown."""
    answered = [told for told in heard if told.problem is None and told.end["type"] == "end"]
    said = [entry["content"] for entry in talk.transcript() if entry["role"] == "assistant"][1:]
    assert said[-len(answered) :] == [told.end["content"] for told in answered]
    statuses = turns(stage, talk.session_id)
    assert statuses.count("done") == len(said), statuses
    assert "accepted" not in statuses, "a turn is stuck"


def standing(end: Json) -> Json:
    """The application as an `end` frame or a session shows it, without what differs from session to session."""
    application = {name: value for name, value in end["loan_application"].items() if name not in VOLATILE}
    return application | {"awaiting": end["awaiting"]}
