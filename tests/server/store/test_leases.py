"""The ledger's order and the lease, on both databases: who may run a turn, and who may write."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.fence import Fenced
from server.store.leases import Lease, Leases
from server.store.now import DatabaseNow
from server.store.sessions import Sessions, UnknownSession
from server.store.tables import sessions
from server.store.turn_rows import TurnRow
from server.store.turns import Accepted, Finished, MessageIdReused, SessionBusy, Turns, WhenBusy
from tests.keys import SECRET, vault
from tests.server.store.both import KINDS, SESSION, fresh_url, opened, with_session
from tests.server.store.old_rows import to_revision

NOW = "2026-12-01T10:00:00.000+00:00"


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    where = tmp_path if request.param == "sqlite" else fresh_url(request.getfixturevalue("postgres"))
    async with opened(where) as found:
        await with_session(found)
        yield found


class Replica:
    """One process' view of the ledger."""

    def __init__(self, database: Database, seconds: float = 10.0) -> None:
        self.turns = Turns(database, ActsWriter(database, [SECRET]), Leases(database, seconds=seconds))
        self.leases = self.turns.leases

    async def accept(
        self, message_id: str, words: str = "Hi", *, session_id: str = SESSION, when_busy: WhenBusy = "queue"
    ) -> Accepted:
        body = {"text": words, "upload": None, "act": None}
        row = TurnRow(f"t-{message_id}", session_id, message_id, words, "rest", "accepted", body, None)
        return await self.turns.accept(row, NOW, when_busy=when_busy)

    async def finish(self, turn: TurnRow, lease: Lease, status: str = "done") -> None:
        await self.turns.finish(
            turn,
            Finished(
                status=status,
                reply={"message": "Hello"} if status == "done" else None,
                said=[("user", "Hi"), ("assistant", "Hello")] if status == "done" else [],
                view=None,
                decision=None,
                fence=lease.fence,
                checkpoint=None,
                last_event_id=lease.session.last_event_id + 3,
                finished_at=NOW,
            ),
        )

    async def take(self, turn: TurnRow) -> Lease:
        found = await self.leases.take(turn)
        assert isinstance(found, Lease)
        return found


async def set_lease(database: Database, milliseconds: int) -> None:
    """How long from now on it is held."""
    statement = update(sessions).values(lease_until=DatabaseNow() + milliseconds)
    await database.run(lambda connection: connection.execute(statement))


async def test_a_message_to_a_free_session_has_its_lease_at_once(database: Database) -> None:
    here = Replica(database)
    turn, session, lease = await here.accept("m-1")
    assert lease is not None and (lease.fence, lease.attempt, session.session_id) == (1, 1, SESSION)
    assert (turn.seq, turn.attempts, turn.unheard) == (1, 1, False)
    await here.finish(turn, lease)
    _, _, second = await here.accept("m-2")
    assert second is not None and second.fence == 2
    assert second.session.message_count == 3


async def test_messages_that_wait_are_run_in_their_order_by_whoever_is_free(database: Database) -> None:
    here, there = Replica(database), Replica(database)
    first, _, lease = await here.accept("m-1")
    second, _, none = await there.accept("m-2")
    third, _, nor = await here.accept("m-3")
    assert lease is not None and none is nor is None
    assert [turn.seq for turn in (first, second, third)] == [1, 2, 3]
    assert [turn.unheard for turn in (first, second, third)] == [False, True, True]
    for waiting in (second, third):
        assert isinstance(await there.leases.take(waiting), TurnRow)
    await here.finish(first, lease)
    assert isinstance(await here.leases.take(third), TurnRow)
    held = await there.take(second)
    assert isinstance(await here.leases.take(second), TurnRow)  # begun elsewhere, and held
    await there.finish(second, held)
    assert (await here.take(third)).fence == 3


async def test_the_same_message_at_once_is_one_turn(database: Database) -> None:
    replicas = [Replica(database) for _ in range(4)]
    found = await asyncio.gather(*(replica.accept("m-1") for replica in replicas for _ in range(3)))
    assert {accepted.turn.turn_id for accepted in found} == {"t-m-1"}
    assert len([accepted for accepted in found if accepted.lease is not None]) == 1
    with pytest.raises(MessageIdReused):
        await replicas[0].accept("m-1", "something else")


async def test_many_at_once_have_a_place_each(database: Database) -> None:
    replicas = [Replica(database) for _ in range(4)]
    found = await asyncio.gather(*(replicas[n % 4].accept(f"m-{n}") for n in range(24)))
    assert sorted(accepted.turn.seq for accepted in found) == list(range(1, 25))
    assert len([accepted for accepted in found if accepted.lease is not None]) == 1


async def test_who_will_not_wait_is_refused_and_leaves_nothing(database: Database) -> None:
    here = Replica(database)
    turn, _, lease = await here.accept("m-1", when_busy="refuse")
    assert lease is not None
    with pytest.raises(SessionBusy):
        await here.accept("m-2", when_busy="refuse")
    assert (await here.accept("m-1", when_busy="refuse")).turn.turn_id == turn.turn_id
    await here.finish(turn, lease)
    assert (await here.accept("m-2", when_busy="refuse")).turn.seq == 2


async def test_a_lease_that_ran_out_is_taken_and_its_holder_is_fenced_off(database: Database) -> None:
    here, there = Replica(database), Replica(database)
    turn, _, lease = await here.accept("m-1")
    assert lease is not None
    await set_lease(database, -1)
    taken = await there.take(turn)
    assert (taken.fence, taken.attempt) == (lease.fence + 1, 2)
    with pytest.raises(Fenced):
        await here.finish(turn, lease)
    assert await here.leases.renew([SESSION]) == {SESSION}
    assert await there.leases.renew([SESSION]) == set()
    await there.finish(turn, taken)
    with pytest.raises(Fenced):  # said again, after it was heard
        await there.finish(turn, taken)
    over = await here.leases.take(turn)
    assert isinstance(over, TurnRow) and (over.status, over.reply) == ("done", {"message": "Hello"})


async def test_a_lease_is_held_as_long_as_it_is_renewed(database: Database) -> None:
    here, there = Replica(database, seconds=60), Replica(database, seconds=60)
    turn, _, lease = await here.accept("m-1")
    assert lease is not None
    await set_lease(database, 50)
    assert await here.leases.renew([SESSION]) == set()
    await asyncio.sleep(0.1)
    assert isinstance(await there.leases.take(turn), TurnRow)
    await set_lease(database, 50)
    await asyncio.sleep(0.1)
    assert (await there.take(turn)).attempt == 2


async def test_a_lease_from_before_the_clock_went_back_is_no_lease(database: Database) -> None:
    """An hour too long: nobody gave it as it looks now."""
    here, there = Replica(database), Replica(database)
    turn, _, _ = await here.accept("m-1")
    await set_lease(database, 3_600_000)
    assert (await there.take(turn)).fence == 2


async def test_a_turn_that_broke_here_is_begun_again_here_without_waiting(database: Database) -> None:
    here = Replica(database)
    turn, _, lease = await here.accept("m-1")
    assert lease is not None
    again = await here.take(turn)
    assert (again.fence, again.attempt) == (lease.fence + 1, 2)
    with pytest.raises(Fenced):
        await here.finish(turn, lease)
    await here.finish(turn, again)


async def test_what_is_given_back_is_found_at_once(database: Database) -> None:
    here, there = Replica(database), Replica(database)
    turn, _, _ = await here.accept("m-1")
    waiting, _, _ = await here.accept("m-2")
    assert await there.leases.left() == []
    await here.leases.give_back()
    found = await there.leases.left()
    assert [(left.turn.turn_id, left.lapsed) for left in found] == [(turn.turn_id, True), (waiting.turn_id, True)]
    assert [left.turn.turn_id for left in await there.leases.left(SESSION)] == [turn.turn_id, waiting.turn_id]
    assert await there.leases.left("another") == []
    await there.finish(turn, await there.take(turn))
    assert [(left.turn.turn_id, left.lapsed) for left in await here.leases.left()] == [(waiting.turn_id, False)]


async def test_a_start_without_neighbours_frees_everything(database: Database) -> None:
    dead, here = Replica(database), Replica(database)
    turn, _, _ = await dead.accept("m-1")
    assert await here.leases.left() == []
    await here.leases.free_all()
    assert [left.turn.turn_id for left in await here.leases.left()] == [turn.turn_id]


async def test_a_turn_that_failed_is_tried_again_behind_the_others(database: Database) -> None:
    here = Replica(database)
    turn, _, lease = await here.accept("m-1")
    assert lease is not None
    await here.finish(turn, lease, "failed")
    other, _, running = await here.accept("m-2")
    again, _, none = await here.accept("m-1")
    assert none is None and running is not None
    assert (again.seq, again.unheard, again.attempts, again.status) == (3, True, 0, "accepted")
    assert again.body == turn.body
    await here.finish(other, running)
    await here.finish(again, await here.take(again))
    assert (await here.accept("m-1")).turn.reply == {"message": "Hello"}


async def test_a_cancel_is_noted_for_whoever_runs_the_turn(database: Database) -> None:
    here, there = Replica(database), Replica(database)
    assert not await there.leases.ask_cancel(SESSION)
    turn, _, lease = await here.accept("m-1")
    waiting, _, _ = await here.accept("m-2")
    assert lease is not None
    assert await there.leases.ask_cancel(SESSION)
    assert await here.leases.asked_to_cancel([turn.turn_id, waiting.turn_id]) == {turn.turn_id}
    await here.finish(turn, lease, "cancelled")
    assert not await there.leases.ask_cancel(SESSION)


async def test_a_session_that_is_erased_is_taken_from_its_turn(database: Database) -> None:
    here, there = Replica(database), Replica(database)
    turn, _, lease = await here.accept("m-1")
    assert lease is not None
    await there.leases.seize(SESSION)
    with pytest.raises(Fenced):
        await here.finish(turn, lease)
    await Sessions(database, ActsWriter(database, [SECRET])).erase(SESSION)
    with pytest.raises(UnknownSession):
        await here.leases.take(turn)


async def test_turns_of_a_version_without_order_get_one(tmp_path: Path) -> None:
    """Two that a crash left, and one whose customer spoke on: it is not run, unless it is asked for again."""
    turns: list[tuple[Any, ...]] = [
        ("t1", "s-a", "accepted", "2026-11-01T10:00:00.000"),  # overtaken by t2
        ("t2", "s-a", "done", "2026-11-01T10:00:01.000"),
        ("t3", "s-a", "accepted", "2026-11-01T10:00:02.000"),
        ("t4", "s-a", "accepted", "2026-11-01T10:00:03.000"),
        ("t5", "s-b", "done", "2026-11-01T10:00:00.000"),
    ]

    def write(connection: Any) -> None:
        for session_id in ("s-a", "s-b"):
            connection.execute(
                text(
                    "INSERT INTO sessions (session_id, assistant, created_at, active_at, view, message_count, "
                    "last_event_id) VALUES (:s, 'loan', '', '', '{}', 1, 0)"
                ),
                {"s": session_id},
            )
        for turn_id, session_id, status, at in turns:
            connection.execute(
                text(
                    "INSERT INTO turns (turn_id, session_id, message_id, request_hash, channel, status, body, "
                    "accepted_at) VALUES (:t, :s, :t, 'h', 'rest', :status, '{}', :at)"
                ),
                {"t": turn_id, "s": session_id, "status": status, "at": at},
            )

    database = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
    try:
        await database.run(lambda connection: to_revision(connection, "0009"))
        await database.run(write)
        await database.migrate()
        numbered = await database.run(
            lambda connection: connection.execute(text("SELECT turn_id, seq FROM turns ORDER BY turn_id")).all()
        )
        assert [tuple(row) for row in numbered] == [("t1", 0), ("t2", 0), ("t3", 1), ("t4", 2), ("t5", 0)]
        counted = await database.run(
            lambda connection: connection.execute(
                text("SELECT accepted_seq, finished_seq FROM sessions ORDER BY session_id")
            ).all()
        )
        assert [tuple(row) for row in counted] == [(2, 0), (0, 0)]
        assert [left.turn.turn_id for left in await Leases(database).left()] == ["t3", "t4"]
    finally:
        await database.close()
