"""The hedge fund guy's frames, from the same events as the loan assistant's."""

import json
from typing import Any

from server.problems import Problem
from server.streaming.events import Event
from server.streaming.frames import encoded_event, server_sent_events
from server.streaming.hedge_fund_guy import GuySocket, GuyStream, greeting_frame
from server.streaming.telling import LoanSocket, LoanStream

COLLECTED = {"name": True, "email": False, "income": False}
PERSONAL = {"data": {"name": "KANARI-7351", "email": None, "income": None}, "status": "active"}
VIEW: dict[str, Any] = {"data_collected": COLLECTED, "is_complete": False, **PERSONAL}
EVENTS = [
    Event(1, "turn", "node", "lead", {"status": "started"}),
    Event(2, "turn", "message", "Buy ", {"attempt": 1}),
    Event(3, "turn", "reset", "", {"message_id": "m"}),
    Event(4, "turn", "message", "Never ", {"attempt": 2}),
    Event(5, "turn", "message", "sleep.", {"attempt": 2}),
    Event(6, "turn", "end", "Never sleep.", {"message_id": "m", **VIEW}),
]
APOLOGY = Event(7, "turn", "error", "Sorry.", {"code": "turn_failed", "final": True})
CANCELLED = Event(8, "turn", "end", "", {"message_id": "m", "cancelled": True, **VIEW})
ANSWER = {"message": "Never sleep. Ever, ever again.", "message_id": "m", "event_id": 6, **VIEW}
WAIT = Problem(503, "server_draining", "Come back.", retry_after=2)
DONE = {"type": "done", "data_collected": COLLECTED, "is_complete": False}


def frames_in(raw: bytes) -> list[tuple[str, Any]]:
    """Ids and frames; nothing but those two lines an event."""
    events = [event.split("\r\n") for event in raw.decode().split("\r\n\r\n")[:-1]]
    assert all([line.partition(": ")[0] for line in lines] == ["id", "data"] for lines in events)
    return [(lines[0].removeprefix("id: "), json.loads(lines[1].removeprefix("data: "))) for lines in events]


def test_a_stream_says_chunks_and_a_last_word() -> None:
    assert frames_in(GuyStream().events(EVENTS)) == [
        ("2", {"type": "chunk", "content": "Buy "}),
        ("3", {"type": "reset"}),
        ("4", {"type": "chunk", "content": "Never "}),
        ("5", {"type": "chunk", "content": "sleep."}),
        ("6", DONE),
    ]
    assert GuyStream().events(EVENTS[:1]) == b""
    assert frames_in(GuyStream().events([APOLOGY])) == [
        ("7", {"type": "error", "content": "Sorry.", "code": "turn_failed"})
    ]
    assert frames_in(GuyStream().events([CANCELLED])) == [("8", DONE | {"cancelled": True})]


def test_a_stream_says_an_older_answer_again() -> None:
    *chunks, done = frames_in(GuyStream().answer(ANSWER))
    assert "".join(frame["content"] for _, frame in chunks) == ANSWER["message"]
    assert {frame["type"] for _, frame in chunks} == {"chunk"}
    assert done == ("6", DONE)


def test_a_socket_says_whole_answers() -> None:
    told = [json.loads(frame) for event in EVENTS if (frame := GuySocket().event(event)) is not None]
    message = {"type": "message", "message": "Never sleep.", "data_collected": COLLECTED, "is_complete": False}
    assert told == [message]
    assert [json.loads(frame) for frame in GuySocket().answer(ANSWER)] == [message | {"message": ANSWER["message"]}]
    assert json.loads(GuySocket().event(APOLOGY) or "") == {
        "type": "error",
        "message": "Sorry.",
        "code": "turn_failed",
    }
    cancelled = json.loads(GuySocket().event(CANCELLED) or "")
    assert cancelled == message | {"message": "", "cancelled": True}


def test_a_problem_says_why_and_how_long_to_wait() -> None:
    why = {"type": "error", "code": "server_draining", "retry_after": 2}
    assert frames_in(GuyStream().error(WAIT, 9)) == [("9", why | {"content": "Come back."})]
    assert json.loads(GuySocket().error(WAIT, 9)) == why | {"message": "Come back."}
    assert "retry_after" not in json.loads(GuySocket().error(Problem(404, "unknown_session", "No."), 0))


def test_no_frame_says_whom_it_is_with() -> None:
    told = GuyStream().events(EVENTS).decode() + GuyStream().answer(ANSWER).decode()
    told += "".join(GuySocket().answer(ANSWER)) + greeting_frame("session", "Hello.", VIEW)
    assert "KANARI-7351" not in told


def test_the_loan_assistants_frames_hold_whole_events() -> None:
    assert LoanStream().events(EVENTS) == server_sent_events(EVENTS)
    assert [LoanSocket().event(event) for event in EVENTS] == [encoded_event(event) for event in EVENTS]
    assert json.loads(LoanSocket().error(WAIT, 9)) == {
        "type": "error",
        "content": "Come back.",
        "event_id": 9,
        "code": "server_draining",
        "retry_after": 2,
    }
