"""A state that cannot be read for a moment: the turn waits for it, and is not given up."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from server.store.postgres import CONNECTIONS, PostgresCheckpoints
from server.turns.lanes import Submission, TurnLeft
from tests.postgres import Postgres
from tests.server.parts import Bureau, Letterbox, open_parts
from tests.server.store.both import fresh_url
from tools.providers.simulated import SimulatedProviders, packaged_customers


async def test_a_turn_whose_state_cannot_be_read_now_goes_on_once_it_can(postgres: Postgres, tmp_path: Path) -> None:
    """No connection is to be had to read it by, as after a restart of the database under load."""
    bureau = Bureau(SimulatedProviders.of(packaged_customers()))
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(
            open_parts(tmp_path, bureau=bureau, letterbox=Letterbox(), url=fresh_url(postgres))
        )
        session_id = await parts.open_session()
        first = await parts.runner.submit(session_id, Submission("Hello", "rest"))
        await first.answer
        checkpoints = parts.runner._checkpoints
        assert isinstance(checkpoints, PostgresCheckpoints)
        checkpoints._recent.forget(session_id)  # as on a replica that has not seen the session
        message = Submission("I need 3 lakh", "rest", "m-2")
        async with AsyncExitStack() as taken:
            for _ in range(CONNECTIONS):
                await taken.enter_async_context(checkpoints._pool.connection())
            turn = await parts.runner.submit(session_id, message)
            with pytest.raises(TurnLeft):
                await asyncio.wait_for(turn.answer, 30)
        assert turn.task is not None
        await asyncio.wait_for(turn.task, 30)
        again = await parts.runner.submit(session_id, message)
        assert (await again.answer)["message_id"] == "m-2"
