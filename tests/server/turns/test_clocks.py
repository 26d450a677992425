"""The clock of a process may be wrong, or be set while a conversation is under way: nothing is decided by it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.clock import shift_clock
from tests.server.parts import Parts, open_parts


@contextmanager
def clock_off_by(seconds: float) -> Iterator[None]:
    back: Callable[[], None] = shift_clock(seconds)
    try:
        yield
    finally:
        back()


async def say_all(parts: Parts, session_id: str, first: int, count: int) -> None:
    for number in range(first, first + count):
        answer = await parts.say(session_id, f"I need {100 + number} thousand")
        assert answer["loan_application"]["desired_amount"] == 1000 * (100 + number)


@pytest.mark.parametrize("skew", [-3600.0, -5.0, 3600.0])
async def test_a_clock_that_is_set_between_turns(tmp_path: Path, skew: float) -> None:
    """Ids of checkpoints hold the time of day: the newest has not the greatest. Pruning, too, keeps what led here."""
    async with open_parts(tmp_path) as parts:
        session_id = await parts.open_session()
        await say_all(parts, session_id, 0, 12)
        with clock_off_by(skew):
            await say_all(parts, session_id, 12, 12)
        await say_all(parts, session_id, 24, 12)
    async with open_parts(tmp_path) as parts:  # nothing is remembered
        state = await parts.state(session_id)
        assert [message.text for message in state["messages"] if message.type == "human"][-2:] == [
            "I need 134 thousand",
            "I need 135 thousand",
        ]
        await say_all(parts, session_id, 36, 1)
        transcript = await parts.sessions.transcript(session_id)
        said = [entry["content"] for entry in transcript if entry["role"] == "user"]
        assert said == [f"I need {100 + number} thousand" for number in range(37)]


@pytest.mark.parametrize("skew", [-3600.0, 3600.0])
async def test_a_whole_loan_with_a_clock_that_jumps_at_every_turn(tmp_path: Path, skew: float) -> None:
    async with open_parts(tmp_path) as parts:
        session_id = await parts.open_session()
        for number in range(30):
            words = await parts.next_words(session_id, "C01")
            if words is None:
                break
            if number % 2:
                with clock_off_by(skew):
                    await parts.say(session_id, words)
            else:
                await parts.say(session_id, words)
        view = (await parts.sessions.get(session_id)).view["loan_application"]
        assert (view["status"], view["sanction_letter_generated"]) == ("sanctioned", True)
        assert len(set(parts.bureau.inquiries)) == 1
