"""Clients that tear off, take nothing, send half or crowd the door: their turns end, and others are served."""

import contextlib
import json
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

from server.edge.patience import TAKING
from tests.driver import Conversation, Json
from tests.faults.matrix import cases
from tests.faults.outside import check_answered, count, hear, turns
from tests.faults.stage import Stage
from tests.frames import frame
from tests.load.slow import BIG, ESTABLISHED, SENDERS
from tests.server.edge.raw import Wire, close_code, handshake, request
from tests.streams import ROADS, Road, frames_in, ids, read

HASTY = 0.1  # seconds in place of one between two looks at the connections
WORDS = ("I need 3 lakh", "My name is Aarav Mehta", "36 months", "for my sister's wedding")
CUTS = 12
PATIENCE = 60.0
QUIET = 0.5
LONG = 5
AGAIN = 8  # times the largest answer: more than the system keeps for a reader who takes nothing


def reset(opened: Wire) -> None:
    """Close with RST: what was under way is thrown away."""
    opened.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    opened.close()


def sent_over_sse(talk: Conversation, body: Json) -> Wire:
    raw = json.dumps(body | {"session_id": talk.session_id}).encode()
    opened = Wire(talk.service.port)
    opened.send(request("POST /api/v1/chat/stream", f"Content-Length: {len(raw)}", body=raw))
    return opened


def sent_over_websocket(talk: Conversation, body: Json) -> Wire:
    opened = Wire(talk.service.port)
    opened.send(handshake(talk.session_id))
    assert opened.answer().status == 101
    opened.send(frame(1, json.dumps(body).encode()))
    return opened


SENDING: dict[Road, Callable[[Conversation, Json], Wire]] = {"sse": sent_over_sse, "websocket": sent_over_websocket}


def taken_of(opened: Wire, most: int) -> bytes:
    """So many bytes, or what came until nothing more did for a while."""
    opened.socket.settimeout(QUIET)
    taken = b""
    with contextlib.suppress(TimeoutError):
        while len(taken) < most and (more := opened.read(1)):
            taken += more
    return taken


def seen_in(road: Road, taken: bytes) -> list[Json]:
    """The frames that came whole."""
    if road == "sse":
        text = taken.partition(b"\r\n\r\n")[2].decode(errors="ignore")
        lines = (line for line in text.splitlines() if ":" in line or not line)
        whole = "\n".join(lines).rpartition("\n\n")[0]
        return list(frames_in(iter([*whole.split("\n"), ""]))) if whole else []
    found, at = [], 0
    while at + 2 <= len(taken):
        opcode, size, start = taken[at] & 0x0F, taken[at + 1] & 0x7F, at + 2
        if size == 126:
            if len(taken) < at + 4:
                break
            size, start = struct.unpack("!H", taken[at + 2 : at + 4])[0], at + 4
        if start + size > len(taken):
            break
        if opcode == 1:  # the others are pings
            found.append(json.loads(taken[start : start + size]))
        at = start + size
    return found


def when_done(stage: Stage, talk: Conversation, number: int) -> None:
    """The session has so many turns, all to their end."""
    deadline = time.monotonic() + PATIENCE
    while turns(stage, talk.session_id).count("done") < number:
        assert time.monotonic() < deadline, turns(stage, talk.session_id)
        time.sleep(0.02)


@cases(row="a client tears off in mid-stream", injections={road: road for road in ROADS}, fast=["sse"])
def torn_off(stage: Stage, road: Road) -> None:
    """At random bytes, by RST. The turn runs to its end, and the rest comes under the ids that follow, once each."""
    with Conversation(stage.thread()) as talk:
        last = 0
        for number in range(CUTS):
            words, name = WORDS[number % len(WORDS)], f"m-{number}"
            opened = SENDING[road](talk, {"message": words, "message_id": name})
            taken = taken_of(opened, stage.random.randrange(6000) if number else 0)
            reset(opened)
            seen = seen_in(road, taken)
            if not seen:  # it may never have been read: who heard nothing sends it again, under its id
                talk.say(words, name)
            after = seen[-1]["event_id"] if seen else last
            rest = [] if seen and seen[-1]["type"] == "end" else read(talk.service, talk.session_id, after, road, ended)
            told = seen + rest
            assert ids(told) == list(range(last + 1, last + 1 + len(told))), "a gap or a repeat"
            assert told[-1]["message_id"] == name
            chunks = [one["content"] for one in told if one["type"] == "message"]
            assert "".join(chunks) == told[-1]["content"]
            last = told[-1]["event_id"]
            when_done(stage, talk, number + 1)
        said = [entry["message_id"] for entry in talk.transcript() if entry["role"] == "user"]
        assert said == [f"m-{number}" for number in range(CUTS)]
        assert check_answered(hear(talk, "24 months"))["loan_application"]["loan_term_months"] == 24


def ended(frames: list[Json]) -> bool:
    return bool(frames[-1]["type"] == "end")


# Readers that take nothing


def until_left(opened: Wire) -> float:
    """Seconds until the other side has given it up, found out without reading."""
    started = time.monotonic()
    while opened.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == ESTABLISHED:
        assert time.monotonic() - started < PATIENCE, "a reader that takes nothing is kept"
        time.sleep(0.02)
    return time.monotonic() - started


@cases(row="a reader takes nothing", injections={"of an answer": AGAIN})
def slow_reader(stage: Stage, times: int) -> None:
    """It is left after ten looks; others are served meanwhile, and it may come back for what it did not take."""
    with Conversation(stage.thread(look_seconds=HASTY)) as talk, Conversation(talk.service) as other:
        heard = [hear(talk, f"I need {60 + number} thousand") for number in range(LONG)]
        stuck = Wire(talk.service.port, receive_buffer=4096)
        stage.later(stuck.close)
        stuck.send(request(BIG) * times)
        for words in WORDS:
            check_answered(hear(other, words))
        left = until_left(stuck)
        assert left > TAKING * HASTY * 0.5, f"left after {left:.1f} s"
        told = [one for every in heard for one in every.frames]
        assert read(talk.service, talk.session_id, 0, "websocket", lambda frames: len(frames) == len(told)) == told
        check_answered(hear(talk, WORDS[1]))
        assert turns(stage, talk.session_id) == ["done"] * (LONG + 1)


# Senders that send half


@dataclass
class Half:
    """Bytes that are not a whole request, and how many clients send them at once."""

    raw: bytes
    clients: int = 40


@cases(
    row="a sender goes slow",
    injections={kind: Half(raw) for kind, raw in SENDERS.items()} | {"half a handshake": Half(handshake("x")[:-2])},
    fast=["half a body"],
)
def slowloris(stage: Stage, half: Half) -> None:
    """Each is let go in its time; normal users do not wait for them, and nothing of a half message is kept."""
    with Conversation(stage.thread(look_seconds=HASTY)) as talk:
        stuck = [Wire(talk.service.port) for _ in range(half.clients)]
        for opened in stuck:
            stage.later(opened.close)
            opened.send(half.raw)
        for number, words in enumerate(WORDS):
            check_answered(hear(talk, words))
            assert turns(stage, talk.session_id) == ["done"] * (number + 1)
        for opened in stuck:
            assert b" 200 " not in opened.rest()
        assert stage.rows("SELECT count(*) FROM turns") == [(len(WORDS),)]


# Crowds


def idle_sockets(talk: Conversation) -> None:
    crowd = [Wire(talk.service.port) for _ in range(300)]
    lines = [Wire(talk.service.port) for _ in range(15)]
    try:
        for opened in lines:
            opened.send(handshake(talk.session_id))
            assert opened.answer().status == 101
        for words in WORDS:
            check_answered(hear(talk, words))
        for opened in lines:
            opened.socket.settimeout(PATIENCE)
            assert opened.read(2), "a socket that only listens is told"
    finally:
        for opened in (*crowd, *lines):
            opened.close()


def reconnects(talk: Conversation) -> None:
    for number in range(150):
        opened = Wire(talk.service.port)
        opened.send(handshake(talk.session_id))
        assert opened.answer().status == 101
        if number % 3 == 0:
            reset(opened)
        elif number % 3 == 1:
            opened.send(frame(8, struct.pack("!H", 1000)))
            assert close_code(opened.rest()) == 1000
        else:
            opened.close()
    for words in WORDS:
        check_answered(hear(talk, words))


@cases(row="a crowd at the door", injections={"idle sockets": idle_sockets, "reconnects": reconnects})
def crowd(stage: Stage, act: Callable[[Conversation], None]) -> None:
    with Conversation(stage.thread()) as talk:
        act(talk)
        assert count(stage, "turns", talk.session_id) == len(WORDS)
        runner = talk.service.house.runner  # type: ignore[union-attr]
        deadline = time.monotonic() + PATIENCE
        while runner.under_way or runner.lanes.count:
            assert time.monotonic() < deadline, "something of those who left is kept"
            time.sleep(0.05)


# Cancelling and leaving


@cases(row="a client changes its mind", injections={"cancels at once": 0.0, "cancels in the turn": 0.01})
def cancels(stage: Stage, wait: float) -> None:
    """A turn is cancelled and says so, or was done and stands: never both, never half."""
    with Conversation(stage.thread(), "websocket") as talk:
        line = talk._socket
        assert line is not None
        before = talk.say(WORDS[0])
        line.send(json.dumps({"message": WORDS[1], "message_id": "m"}))
        time.sleep(wait)
        line.send(json.dumps({"type": "cancel"}))
        end = list(talk.socket_frames())[-1]
        assert end["type"] == "end" and end["message_id"] == "m"
        status = turns(stage, talk.session_id)
        name = talk.session()["loan_application"]["applicant_name"]
        if end.get("cancelled"):
            assert sorted(status) == ["cancelled", "done"] and name is None
            assert talk.session()["awaiting"] == before["awaiting"]
        else:
            assert status == ["done", "done"] and name == "Aarav Mehta"
        assert talk.say("24 months")["loan_application"]["loan_term_months"] == 24
