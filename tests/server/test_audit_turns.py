"""When a turn's acts are on record: with its end, or with the effect that they come before; once, whatever breaks."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from server.auditing import duration_class
from server.store.acts import ActsWriter, gather, gathered
from server.store.database import Database
from server.store.effects import SqlEffects
from server.store.outbox import Outbox
from server.store.sessions import Sessions
from tests.keys import vault
from tests.server.audited import check_audit, rows_of
from tests.server.parts import KEY, Crash, open_parts
from tests.server.turns.test_crashes import converse_until_crash
from tools.consents import ConsentAct
from tools.effects import Asked, Done

CONSENT = ConsentAct("EF-1", "bureau_pull", True, "1", "00", "en", "rest", "2026-12-01T10:00:00+00:00")
PULL = Asked("bureau", {}, inquire=None)
CALL = ("provider.called", "s", {"provider": "bureau", "purpose": "bureau_pull"})


class Store(NamedTuple):
    database: Database
    acts: ActsWriter
    effects: SqlEffects

    async def kinds(self) -> list[str]:
        return [row.kind for row in await self.database.run(rows_of)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    database = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
    await database.migrate()
    acts = ActsWriter(database, [KEY])
    await Sessions(database, acts).create("s", "loan", "Hello", {}, "2026-12-01T00:00:00+00:00")
    yield Store(database, acts, SqlEffects(database, acts, Outbox(database)))
    await database.close()


async def test_a_consent_is_on_record_before_the_effect_that_rests_on_it(store: Store) -> None:
    gather("turn")
    await store.acts.note("s", CONSENT)
    assert await store.kinds() == []

    async def pull() -> Done:
        assert await store.kinds() == ["consent_given"]
        await store.acts.record(*CALL)
        raise Crash

    with pytest.raises(Crash):
        await store.effects.once("s", PULL, pull)
    assert await store.kinds() == ["consent_given"]


async def test_the_turn_run_again_leaves_each_once(store: Store) -> None:
    async def pull() -> Done:
        await store.acts.record(*CALL)
        return Done({"score": 1})

    for _ in range(2):
        gather("turn")
        await store.acts.note("s", CONSENT)
        await store.effects.once("s", PULL, pull)
    assert await store.kinds() == ["consent_given", "provider.called"]
    assert await store.acts.of_session("s") == [CONSENT]


async def test_what_a_broken_attempt_heard_is_void_and_what_it_asked_is_not(store: Store) -> None:
    acts = gather("turn")
    await store.acts.note("s", CONSENT)
    await store.acts.record(*CALL)
    acts.start_over()
    with gathered() as taken:
        await store.database.run(lambda connection: store.acts.write(connection, taken))
    assert await store.kinds() == ["provider.called"]
    assert acts.waiting == []


async def test_acts_that_could_not_be_written_wait_on(store: Store) -> None:
    acts = gather("turn")
    await store.acts.record(*CALL)
    with pytest.raises(RuntimeError), gathered():
        raise RuntimeError
    assert len(acts.waiting) == 1


async def test_turns_without_an_act_write_none(tmp_path: Path) -> None:
    async with open_parts(tmp_path) as parts:
        session_id = await parts.open_session()
        for words in ("Hi", "I need 3 lakh", "36 months", "what are the charges?"):
            await parts.say(session_id, words)
        assert await parts.count("audit_log") == 0


async def test_a_turn_that_crashed_is_told_of(tmp_path: Path) -> None:
    async with open_parts(tmp_path, ("bureau", "pull", "after", 1)) as parts:
        session_id = await parts.open_session()
        assert await converse_until_crash(parts, session_id) is not None
    async with open_parts(tmp_path) as parts:
        await parts.runner.resume_unfinished()
        await parts.runner.drain(20)
        await parts.converse(session_id, "C01")
        kinds = [row.kind for row in await check_audit(parts.database, KEY)]
    assert kinds.count("turn.resumed") == 1
    assert kinds.count("consent_given") == 3


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "under 100 ms"), (0.1, "under 1 s"), (4.9, "under 5 s"), (5.0, "5 s or more")],
)
def test_how_long_it_took_is_told_roughly(seconds: float, told: str) -> None:
    assert duration_class(seconds) == told
