"""kill -9 at every boundary of the parts and a moment after a message was sent; SIGTERM in the middle of a turn."""

import contextlib
import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import get_args

from tests.faults.clients import Talker
from tests.faults.injecting import KILLED, Fault, When, as_environment
from tests.faults.matrix import case, cases
from tests.faults.processes import Replica
from tests.faults.real_kills import killed_in_every_turn
from tests.faults.stage import Stage, provider_settings

# Each is reached in one conversation; the number is which call of it the process ends at.
POINTS = {
    "turns.accept": 1,
    "turns.finish": 4,
    "effects.once": 2,
    "history.record": 1,
    "papers.key_facts": 1,
    "acts.record": 2,
    "register.find": 1,
    "http_bureau.pull": 1,
    "attempts.note": 1,
    "saver.put": 6,
    "outbox.claim": 3,  # its senders look once each when the service starts
    "carrier.send": 1,
    "outbox.sent": 2,
}
BOUNDARIES = {
    f"{when} {point} {nth}": Fault(point, "exit", when, nth) for point, nth in POINTS.items() for when in get_args(When)
}
FAST = ("before turns.finish 4", "after http_bureau.pull 1")


@cases(row="kill -9 at a boundary", injections=BOUNDARIES, fast=FAST)
def at_a_boundary(stage: Stage, fault: Fault) -> None:
    """The process ends there; started again, it goes on as if nothing had happened."""
    server = stage.providers()
    replica = stage.replica(wrapped=True, start=False, **{"BUREAU_URL": server.url}, **_token(server.url))
    replica.start(wait=False, **as_environment([fault]))
    with restarting(stage, replica) as restarts, Talker([replica.base_url]) as talker:
        talker.converse()
        talker.check(stage, server.pulls)
    assert restarts.statuses == [KILLED], f"the point was not reached: {restarts.statuses}"


SENT_AGO = {f"up to {most} ms after each message, draw {draw}": (most, draw) for most in (8, 30) for draw in range(4)}


@cases(row="kill -9 after a message was sent", injections=SENT_AGO)
def after_a_message(stage: Stage, drawn: tuple[int, int]) -> None:
    """The process is killed in every single turn of a conversation, a random moment after its message was sent."""
    most, draw = drawn
    assert killed_in_every_turn(stage, random.Random(draw), most) > 10


STALLED = {
    "while the register is asked": "register.find",
    "while the bureau is asked": "http_bureau.pull",
    "while the letter is kept": "papers.letter",
    "while the turn is written down": "turns.finish",
}


@cases(row="SIGTERM in the middle of a turn", injections=STALLED, fast=["while the bureau is asked"])
def terminated(stage: Stage, point: str) -> None:
    """The turn ends first, or is run again after the next start; never both."""
    server = stage.providers()
    environment = {"BUREAU_URL": server.url, **_token(server.url)}
    replica = stage.replica(wrapped=True, start=False, **environment)
    replica.start(**as_environment([Fault(point, "stall", nth=1, seconds=1.0)]))
    with restarting(stage, replica) as restarts, Talker([replica.base_url]) as talker:
        threading.Timer(0.0, _terminate_in_the_stall, args=(replica, stage)).start()
        talker.converse()
        talker.check(stage, server.pulls)
    assert len(restarts.statuses) == 1
    assert restarts.statuses[0] in {0, -signal.SIGTERM}, restarts.statuses


@case(row="kill -9 of what prints letters", injection="while a letter is awaited")
def press_killed(stage: Stage) -> None:
    """The printing process dies; the letter is printed all the same, once."""
    replica = stage.replica()
    with Talker([replica.base_url]) as talker:
        talker.converse(until="kfs_acknowledgement")
        stop = threading.Event()
        killer = threading.Thread(target=_kill_children, args=(replica, stop))
        killer.start()
        talker.converse()
        stop.set()
        killer.join()
        talker.check(stage)


class restarting:  # noqa: N801  reads as what it does
    """Starts a replica again whenever it has ended, as whoever runs it would."""

    def __init__(self, stage: Stage, replica: Replica) -> None:
        self._stage, self._replica = stage, replica
        self.statuses: list[int] = []
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "restarting":
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watching.join(60)

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            process = self._replica.process
            if process is not None and (status := process.poll()) is not None:
                self.statuses.append(status)
                self._stage.expire_leases()
                self._replica.start()


def _terminate_in_the_stall(replica: Replica, stage: Stage) -> None:
    """Once a turn has been accepted and not ended for longer than turns take."""
    since: dict[str, float] = {}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        rows = [str(row[0]) for row in stage.rows("SELECT turn_id FROM turns WHERE status = 'accepted'")]
        since = {turn: since.get(turn, time.monotonic()) for turn in rows}
        if any(time.monotonic() - began > 0.3 for began in since.values()):
            replica.signal(signal.SIGTERM)
            return
        time.sleep(0.02)


def _kill_children(replica: Replica, stop: threading.Event) -> None:
    assert replica.process is not None
    while not stop.wait(0.05):
        for child in _children(replica.process.pid):
            try:
                signal.pidfd_send_signal(child, signal.SIGKILL)
            except OSError:
                continue


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(os.pidfd_open(int(path.parent.name)))
    return found


def _token(url: str) -> dict[str, str]:
    return {"PROVIDERS_TOKEN": provider_settings(url)["PROVIDERS_TOKEN"]}
