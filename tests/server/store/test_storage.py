"""What is kept between turns: it survives a restart, its window is bounded, it grows with the conversation only."""

import sqlite3
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from signal import SIGTERM

import pytest

from server.store.checkpoints import KEPT, PRUNE_EVERY
from tests.driver import Conversation, converse
from tests.server.parts import open_parts
from tests.service import service_in_thread, start_process, stop_process

TURNS = 120


async def test_long_conversations(tmp_path: Path) -> None:
    """120 turns: all in the transcript, the last 50 messages in the state, a few checkpoints on disk."""
    sizes: dict[int, int] = {}
    async with open_parts(tmp_path) as parts:
        session_id = await parts.open_session()
        for number in range(TURNS):
            await parts.say(session_id, f"I need {100 + number} thousand")
            if number + 1 in {40, TURNS}:
                await parts.database.scrub()  # the write-ahead log into the file
                sizes[number + 1] = (tmp_path / "esoteric.db").stat().st_size
        transcript = await parts.sessions.transcript(session_id)
        said = [entry["content"] for entry in transcript if entry["role"] == "user"]
        assert said == [f"I need {100 + number} thousand" for number in range(TURNS)]
        messages = (await parts.state(session_id))["messages"]
        assert len(messages) == 50
        assert [message.text for message in messages] == [entry["content"] for entry in transcript[-50:]]
        with closing(sqlite3.connect(tmp_path / "esoteric.db")) as reader:
            (kept,) = reader.execute("SELECT count(*) FROM checkpoints").fetchone()
        assert kept <= KEPT + PRUNE_EVERY
    assert sizes[TURNS] <= 2 * sizes[40]
    assert sizes[TURNS] < 1_000_000  # the journal, the transcript and what readers may come back for


async def test_sessions_add_up_linearly(tmp_path: Path) -> None:
    """A whole loan leaves tens of kilobytes, the tenth as many as the first."""
    async with open_parts(tmp_path) as parts:
        sizes = []
        for customer_id in ("C01", "C04", "C16", "C10"):
            session_id = await parts.open_session()
            await parts.converse(session_id, customer_id)
            await parts.database.scrub()
            sizes.append((tmp_path / "esoteric.db").stat().st_size)
    growth = [after - before for before, after in pairwise(sizes)]
    assert max(growth) < 250_000
    assert max(growth) < 2 * min(growth) + 16_384


@pytest.mark.parametrize("until", ["purpose", "consent", "otp", "offer_decision", "kfs_acknowledgement", None])
def test_a_conversation_goes_on_after_a_restart(data_dir: Path, until: str | None) -> None:
    with service_in_thread(data_dir) as before:
        conversation = Conversation(before)
        converse(conversation, "C01", until=until)
        session_id, session, transcript = conversation.session_id, conversation.session(), conversation.transcript()
    with service_in_thread(data_dir) as after, Conversation(after, "websocket", session_id) as conversation:
        assert conversation.session() == session
        assert conversation.transcript() == transcript
        conversation.say("What is the processing fee?")
        assert conversation.awaiting == session["awaiting"]
        converse(conversation, "C01")
        application = conversation.session()["loan_application"]
        assert application["status"] == "sanctioned"
        assert conversation.http.get(application["sanction_letter_url"]).status_code == 200
        assert conversation.frames[0]["event_id"] > 1


def test_kill_and_restart(data_dir: Path) -> None:
    """SIGKILL amid messages: every one that was acknowledged is there, the rest is answered by a retry, none twice."""
    running = start_process(data_dir)
    try:
        conversation = Conversation(running)
        converse(conversation, "C01", until="otp")
        session_id, code = conversation.session_id, conversation.code()
        acknowledged = conversation.transcript()
        with Conversation(running, "websocket", session_id) as sender:
            assert sender._socket is not None
            sender._socket.send(f'{{"message": "{code}", "message_id": "code"}}')
            first = next(sender.socket_frames())
            assert (first["type"], first["status"]) == ("node", "started")
            stop_process(running, kill=True)
        running = start_process(data_dir)
        conversation = Conversation(running, session_id=session_id)
        answer = conversation.say(code, message_id="code")
        assert answer["awaiting"] == ["offer_decision"]
        transcript = conversation.transcript()
        assert transcript[: len(acknowledged)] == acknowledged
        assert len(transcript) == len(acknowledged) + 2
        converse(conversation, "C01")
        assert conversation.last["loan_application"]["status"] == "sanctioned"
        assert [message["channel"] for message in conversation.outbox()] == ["sms", "email"]
        with Conversation(running, "websocket", session_id):  # a client that stays does not hold up the end
            started = time.monotonic()
            assert stop_process(running) in {0, -SIGTERM}
            assert time.monotonic() - started < 10
    finally:
        stop_process(running, kill=True)
