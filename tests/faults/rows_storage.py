"""Storage that is locked, full, away, slow or garbled: the client is told so, and nothing is lost or done twice."""

import contextlib
import json
import resource
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.driver import Conversation
from tests.faults.clients import Talker
from tests.faults.matrix import POSTGRES, SQLITE, case, cases
from tests.faults.proxy import Way
from tests.faults.stage import NotHere, Stage, provider_settings
from tests.load.people import Person, people
from tools.providers.simulated import customers_from

HONEST_SECONDS = 15.0
RECOVERY_SECONDS = 10.0
Json = dict[str, Any]


@contextlib.contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Another process holds what a turn has to write."""
    if stage.database_url is None:
        with contextlib.closing(
            sqlite3.connect(stage.folder / "esoteric.db", isolation_level=None, timeout=20)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    import psycopg

    with psycopg.connect(stage.database_url) as connection:
        connection.execute("LOCK TABLE turns, sessions, messages IN EXCLUSIVE MODE")
        yield
        connection.rollback()


@cases(row="database locked", injections={"for a second": 1.0, "for eight seconds": 8.0}, fast=["for a second"])
def held(stage: Stage, seconds: float) -> None:
    """A message waits, or is told to come again; once the lock is gone it is answered."""
    with Talker([stage.thread().base_url]) as talker:
        talker.converse(until="purpose")
        sent = talker.history.add("m-locked", "my sister's wedding")
        with locked(stage):
            until = time.monotonic() + seconds
            started = time.monotonic()
            asking = threading.Thread(target=talker.ask, args=(sent,))
            asking.start()
            _read_while_locked(stage, talker)
            time.sleep(max(0.0, until - time.monotonic()))
        asking.join()
        assert time.monotonic() - started < seconds + HONEST_SECONDS
        assert all(trouble.startswith(("503", "500")) for trouble in talker.troubles), talker.troubles
        talker.converse()
        talker.check(stage)


def _read_while_locked(stage: Stage, talker: Talker) -> None:
    """In SQLite readers wait for no writer; in Postgres never."""
    if stage.backend == "postgres":
        assert talker.get("")["awaiting"]


@case(row="database locked", injection="while a turn is in the graph")
def locked_in_mid_turn(stage: Stage) -> None:
    """The lock comes between a message's acceptance and its answer."""
    server = stage.providers()
    slow = threading.Event()

    def hold(honest: Json) -> Json:
        slow.set()
        time.sleep(0.5)
        return honest

    settings = {name.lower(): value for name, value in provider_settings(server.url).items()}
    with Talker([stage.thread(**settings).base_url]) as talker:
        talker.converse(until="phone")
        server.where, server.changed = "/persons/find", hold
        words = talker.next_words()
        assert words
        sent = talker.history.add("m-phone", words)
        asking = threading.Thread(target=talker.ask, args=(sent,))
        asking.start()
        assert slow.wait(20)
        server.behave()
        with locked(stage):
            time.sleep(7.0)
        asking.join()
        talker.converse()
        talker.check(stage, server.pulls)


@case(row="disk full", injection="DATA_DIR on a full disk", fast=True)
def full_disk(stage: Stage) -> None:
    """Told so, readable, and healed by room on the disk without a restart."""
    folder = stage.home / "small"
    folder.mkdir()
    _mount(stage, folder, megabytes=24)
    shutil.copytree(stage.folder, folder, dirs_exist_ok=True)
    stage.folder = folder
    replica = stage.replica(folder=folder)
    with Talker([replica.base_url]) as talker:
        talker.converse(until="purpose")
        filler = folder / "filler"
        _fill(filler)
        sent = talker.history.add("m-full", "my sister's wedding")
        _honest_while_full(stage, talker, sent)
        filler.unlink()
        talker.ask(sent)
        talker.converse()
        talker.check(stage)
    assert replica.alive


@case(row="disk full", injection="no file of the service may grow", backends=SQLITE)
def no_growth(stage: Stage) -> None:
    """The same by a limit on the size of files, which needs no rights to mount anything."""
    replica = stage.replica()
    assert replica.process is not None
    with Talker([replica.base_url]) as talker:
        talker.converse(until="purpose")
        _, hard = resource.prlimit(replica.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(replica.process.pid, resource.RLIMIT_FSIZE, (4096, hard))
        sent = talker.history.add("m-full", "my sister's wedding")
        _honest_while_full(stage, talker, sent)
        resource.prlimit(replica.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        talker.ask(sent)
        talker.converse()
        talker.check(stage)
    assert replica.alive


def _honest_while_full(stage: Stage, talker: Talker, sent: Any) -> None:
    """With SQLite nothing can be accepted; with Postgres all goes on, for nothing of a turn is on this disk."""
    answer = talker.once(sent)
    if stage.backend == "sqlite":
        assert answer is None
        assert talker.troubles[-1].startswith(("503", "507")), talker.troubles
    assert httpx.get(f"{talker.urls[0]}/api/v1/sessions/{talker.session_id}", trust_env=False).status_code == 200


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0" * 4096):
            pass


def _mount(stage: Stage, folder: Path, *, megabytes: int) -> None:
    """A disk of its own size. Raises NotHere."""
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(folder)],
            check=True,
            capture_output=True,
            timeout=20,
        )
    except (OSError, subprocess.CalledProcessError):
        raise NotHere("no right to mount a small disk") from None
    stage.later(lambda: subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True, timeout=20))


# What the customer is about to say, the field awaited then, and what it makes the service do.
TURNS = {
    "a fact": "purpose",
    "a consent": "consent",
    "an identity, a code": "phone",
    "a decision": "otp",
    "a letter": "kfs_acknowledgement",
}
MOMENTS = {
    f"{moment} each statement of {turn}": (field_name, moment)
    for turn, field_name in TURNS.items()
    for moment in ("before", "after")
}
MOST_WRITES = 40


@cases(
    row="database cut off in mid-turn", injections=MOMENTS, backends=POSTGRES, fast=["after each statement of a fact"]
)
def cut(stage: Stage, when: tuple[str, str]) -> None:
    """The connection is cut at the nth thing said to the database, for every n: one customer for each."""
    field_name, moment = when
    proxy, url = stage.database_proxy()
    server = stage.providers()
    persons = _customers(stage, MOST_WRITES)
    settings = {name.lower(): value for name, value in provider_settings(server.url).items()}
    service = stage.thread(database_url=url, customers_file=stage.home / "customers.json", **settings)
    server.customers = {one.pan: one for one in customers_from(stage.home / "customers.json")}
    cuts = 0
    for number, person in enumerate(persons, start=1):
        with Talker([service.base_url], who=person) as talker:
            talker.converse(until=field_name)
            words = talker.code() if field_name == "otp" else talker.next_words()
            assert words
            before = len(server.pulls)
            proxy.way = Way(nth=number, moment=moment)  # type: ignore[arg-type]
            talker.say(words)
            written = proxy.writes
            proxy.up()
            talker.converse()
            talker.check(stage, server.pulls[before:])
        if written < number:
            break
        cuts += 1
    assert cuts >= 4, f"the turn said only {cuts} things to the database"


DATABASE_GONE = {
    "refused": Way(refuse=True),
    "answers nothing": Way(stall=True),
    "garbled": Way(garble=True),
    "cut after 2,000 bytes": Way(cut_after=2000),
    "cut after 200 bytes of ours": Way(cut_after=200, direction="to_server"),
}


@cases(row="database gone", injections=DATABASE_GONE, backends=POSTGRES, fast=["refused"])
def gone(stage: Stage, way: Way) -> None:
    """Honest within seconds while it is gone; itself again within seconds when it is back."""
    proxy, url = stage.database_proxy()
    with Talker([stage.thread(database_url=url).base_url]) as talker:
        talker.converse(until="purpose")
        sent = talker.history.add("m-gone", "my sister's wedding")
        proxy.way = way
        if not way.stall:
            proxy.cut()
        started = time.monotonic()
        assert talker.once(sent) is None
        assert time.monotonic() - started < HONEST_SECONDS
        assert talker.troubles[-1].startswith(("503", "500")), talker.troubles
        if way != DATABASE_GONE["cut after 2,000 bytes"]:  # as short a question as /ready asks is answered still
            _not_ready(talker.urls[0])
        proxy.up()
        started = time.monotonic()
        talker.ask(sent)
        assert time.monotonic() - started < RECOVERY_SECONDS
        talker.converse()
        talker.check(stage)


@case(row="database gone", injection="fifty milliseconds a packet", backends=POSTGRES)
def slow_database(stage: Stage) -> None:
    """Slow is not broken."""
    proxy, url = stage.database_proxy()
    with Talker([stage.thread(database_url=url).base_url]) as talker:
        talker.converse(until="purpose")
        proxy.way = Way(delay=0.05)
        talker.converse(until="pan")
        proxy.up()
        talker.converse()
        talker.check(stage)
        assert not talker.troubles


@case(row="database restarts", injection="at once, in the middle of a conversation", backends=POSTGRES)
def restarted(stage: Stage) -> None:
    cluster = stage.ground.databases.own
    with Talker([stage.thread().base_url]) as talker:
        for field_name in ("purpose", "pan", "phone", "kfs_acknowledgement"):
            talker.converse(until=field_name)
            cluster.stop()
            cluster.start()
        talker.converse()
        talker.check(stage)


@case(row="database gone", injection="its file is locked from the start", backends=SQLITE)
def a_second_process(stage: Stage) -> None:
    """A second service on the same directory does not start; the first one goes on."""
    first = stage.replica()
    with Conversation(first.service) as conversation:
        second = stage.replica(start=False)
        second.start(wait=False)
        assert second.wait_ended() not in {0, 3}
        assert "DATA_DIR" in second.tail()
        assert conversation.say("I need 3 lakh")["awaiting"]


def _not_ready(url: str) -> None:
    assert httpx.get(f"{url}/ready", trust_env=False, timeout=20).status_code == 503


def _customers(stage: Stage, number: int) -> list[Person]:
    """People of the case's own, who apply once each, in the customers file."""
    persons, records = people(2 * number)
    (stage.home / "customers.json").write_text(json.dumps({"customers": records}), encoding="utf-8")
    return persons[::2]
