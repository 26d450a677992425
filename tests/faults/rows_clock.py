"""Clocks that go wrong: one of two replicas is ahead or behind; the clock jumps at a restart and while it runs."""

import asyncio

from tests.faults.clients import Talker
from tests.faults.clock import shift_clock
from tests.faults.journeys import JOURNEYS, Traveller
from tests.faults.matrix import POSTGRES, case, cases
from tests.faults.room import light_parts, open_room, settings_of
from tests.faults.stage import Stage

MINUTE, HOUR = 60.0, 3600.0
SHIFTS = {"an hour back": -HOUR, "five seconds back": -5.0, "an hour ahead": HOUR}
BETWEEN = {f"{name} at a restart": shift for name, shift in SHIFTS.items()}
APART = {f"one of two replicas {name}": shift for name, shift in SHIFTS.items()}
WHILE = {f"{name} while it runs": shift for name, shift in SHIFTS.items()}


@cases(row="clock skew", injections=BETWEEN, fast=["an hour back at a restart"])
def at_a_restart(stage: Stage, shift: float) -> None:
    """What is next builds on what was said last, whichever of the two has the later time on it."""
    replica = stage.replica(wrapped=True)
    with Talker([replica.base_url]) as talker:
        talker.converse(until="purpose")
        assert talker.get("")["awaiting"][0] == "purpose"
        replica.kill()
        stage.expire_leases()
        replica.start(CLOCK_SHIFT=str(shift))
        talker.converse(until="date_of_birth")
        replica.kill()
        stage.expire_leases()
        replica.start()
        talker.converse()
        talker.check(stage)


@cases(row="clock skew", injections=APART, backends=POSTGRES, fast=["one of two replicas an hour back"])
def of_two_replicas(stage: Stage, shift: float) -> None:
    """One conversation whose messages go to both in turn."""
    shared = {"SECRET_KEY": "one secret for the replicas of this test"}
    right = stage.replica(wrapped=True, folder=stage.new_folder("right"), **shared)
    wrong = stage.replica(wrapped=True, folder=stage.new_folder("wrong"), CLOCK_SHIFT=str(shift), **shared)
    with Talker([right.base_url, wrong.base_url]) as talker:
        talker.converse()
        # A code that is good for ten minutes by the one clock is an old one by the other, and sent anew.
        talker.check(stage, codes=2 if abs(shift) > MINUTE else 1)


@cases(row="clock skew", injections=WHILE)
def while_it_runs(stage: Stage, shift: float) -> None:
    """The clock jumps before every second message, and back after it."""

    async def run() -> None:
        traveller = Traveller(stage, JOURNEYS[0])
        async with open_room(settings_of(stage.folder, stage.database_url)) as room:
            traveller.history.session_id = (await room.house.open_session())[0]
            for number in range(40):
                put_back = shift_clock(shift) if number % 2 else None
                try:
                    if not await traveller._step(room):
                        break
                finally:
                    if put_back is not None:
                        put_back()
            view = await room.view(traveller.history.session_id)
            assert view["loan_application"]["status"] == "sanctioned", view
            evidence = await traveller.evidence(room, [], 2)
            assert len(evidence.letters) == 1
            said = [entry["content"] for entry in evidence.transcript if entry["role"] == "user"]
            assert said == [sent.text for sent in traveller.history.sent] or len(said) == len(traveller.history.sent)

    with light_parts():
        asyncio.run(run())


@case(row="clock skew", injection="the database server's own clock decides about leases", backends=POSTGRES)
def leases(stage: Stage) -> None:
    """A replica an hour ahead does not take another's running turn for an abandoned one."""
    shared = {"SECRET_KEY": "one secret for the replicas of this test"}
    slow = stage.replica(wrapped=True, folder=stage.new_folder("slow"), start=False, **shared)
    slow.start(FAULTS='[{"point": "turns.finish", "kind": "stall", "nth": 1, "seconds": 4.0}]')
    ahead = stage.replica(wrapped=True, folder=stage.new_folder("ahead"), CLOCK_SHIFT=str(HOUR), **shared)
    with Talker([slow.base_url]) as talker:
        talker.say("I need 3 lakh")
        resumed = stage.rows("SELECT count(*) FROM audit_log WHERE kind = 'turn.resumed'")
        assert resumed == [(0,)], "the replica whose clock is ahead ran the other's turn"
        talker.urls = [ahead.base_url]
        talker.say("My name is Aarav Mehta")
        talker.check(stage, sanctioned=False)
