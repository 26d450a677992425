"""How an officer's act reaches the conversation: pushed to whoever listens, once, whatever crashes in between."""

import asyncio
import contextlib
import json
import sqlite3
import time
from datetime import date
from pathlib import Path

import pytest
from websockets.sync.client import connect

from kb.policy import load_policy
from server.access.principal import Officer
from server.cases.desk import CaseDesk
from server.cases.rules import Asked
from server.store.acts import ActsWriter
from server.store.cases import Cases
from server.store.database import Database
from server.turns.lanes import Submission, Turn, TurnFailed
from tests.driver import Conversation, Json
from tests.keys import vault
from tests.server.cases.office import REASON, Office, status_of, under_review
from tests.service import AS_OF, Service, start_process, stop_process

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


class Killed(BaseException):
    """The process ends here."""


def test_the_outcome_is_pushed_to_an_open_socket(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    with connect(service.socket_url(conversation.session_id), compression=None, proxy=None) as socket:
        office.maker.approve(case)
        frames: list[Json] = []
        while not frames or frames[-1]["type"] != "end":
            frames.append(json.loads(socket.recv(timeout=60)))
    nodes = [frame["content"] for frame in frames if frame["type"] == "node" and frame["status"] == "finished"]
    assert nodes == ["understand", "review", "underwriting", "reply"]
    assert "".join(frame["content"] for frame in frames if frame["type"] == "message") == frames[-1]["content"]
    assert frames[-1]["awaiting"] == ["salary_slip"]
    assert REASON not in str(frames)


def test_the_customer_cannot_cancel_it(service: Service, office: Office) -> None:
    """The cancel comes as early as the turn can be seen."""
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    with connect(service.socket_url(conversation.session_id), compression=None, proxy=None) as socket:
        frames: list[Json] = []
        socket.send(json.dumps({"type": "cancel"}))
        office.maker.do("decline", case)
        while not frames or frames[-1]["type"] != "end":
            frames.append(json.loads(socket.recv(timeout=60)))
            socket.send(json.dumps({"type": "cancel"}))
    assert not frames[-1].get("cancelled")
    assert status_of(conversation) == "rejected"


def test_a_crash_between_the_act_and_its_turn(data_dir: Path) -> None:
    """The act is written down and the process dies; after the next start it is told, and only then, and once."""
    running = start_process(data_dir, SECRET_KEY=SECRET)
    try:
        conversation = under_review(running, "C06")
        session_id = conversation.session_id
    finally:
        stop_process(running, kill=True)
    asyncio.run(decline_and_die(data_dir))
    for _ in range(2):
        running = start_process(data_dir, SECRET_KEY=SECRET)
        try:
            heard = Conversation(running, session_id=session_id)
            until_rejected(heard)
            said = [message["content"] for message in heard.transcript() if "cannot approve" in message["content"]]
            assert len(said) == 1
            assert len([mail for mail in heard.outbox() if mail["channel"] == "email"]) == 1
        finally:
            stop_process(running, kill=True)


@pytest.mark.parametrize("what", ["view", "state"])
def test_one_that_cannot_be_read_does_not_keep_acts_from_the_others(data_dir: Path, what: str) -> None:
    running = start_process(data_dir, SECRET_KEY=SECRET)
    try:
        broken, whole = under_review(running, "C06"), under_review(running, "C06")
    finally:
        stop_process(running, kill=True)
    for count in (1, 2):
        asyncio.run(decline_and_die(data_dir, count))
    damage = {
        "view": "UPDATE sessions SET view = x'00' WHERE session_id = ?",
        "state": "UPDATE checkpoints SET checkpoint = x'00' WHERE thread_id = ?",
    }
    with contextlib.closing(sqlite3.connect(data_dir / "esoteric.db")) as database:
        assert database.execute(damage[what], (broken.session_id,)).rowcount
        database.commit()
    running = start_process(data_dir, SECRET_KEY=SECRET)
    try:
        until_rejected(Conversation(running, session_id=whole.session_id))
    finally:
        stop_process(running)


async def decline_and_die(data_dir: Path, undelivered: int = 1) -> None:
    database = Database.sqlite(data_dir / "esoteric.db", vault=vault(SECRET.encode()))

    async def die(_session_id: str, _submission: Submission) -> Turn:
        raise Killed

    try:
        audit = ActsWriter(database, [SECRET.encode()])
        policy = load_policy("default", on=date.fromisoformat(AS_OF))
        desk = CaseDesk(Cases(database, audit), audit, lambda _decision: policy, die)
        (case, *_), _ = await desk.cases.queue(("open",), 10, 0)
        officer = Officer("asha", frozenset({"maker"}), 500_000, "")
        with pytest.raises(Killed):
            await desk.act(case, officer, Asked("decline", REASON, case.version, "once"))
        assert len(await desk.cases.undelivered()) == undelivered
    finally:
        await database.close()


def until_rejected(conversation: Conversation) -> None:
    """Telling begins at the start and goes on beside the first requests."""
    for _ in range(200):
        if status_of(conversation) == "rejected":
            return
        time.sleep(0.05)
    raise AssertionError("the act was never told")


def test_a_message_between_an_act_and_its_turn_opens_no_second_case(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    assert service.house is not None
    desk, case = service.house.cases, office.maker.case_of(conversation)
    telling, desk._submit = desk._submit, broken
    try:
        assert office.maker.do("decline", case, key="one")["told"] is False
    finally:
        desk._submit = telling
    conversation.say("what is the status?")
    own = [entry for entry in office.maker.queue("all") if entry["application_id"] == case["application_id"]]
    assert [entry["state"] for entry in own] == ["decided"]
    assert status_of(conversation) == "under_review"
    assert office.maker.do("decline", case, key="one")["told"] is True  # sent again, it is told
    assert status_of(conversation) == "rejected"


async def broken(_session_id: str, _submission: Submission) -> Turn:
    raise TurnFailed
