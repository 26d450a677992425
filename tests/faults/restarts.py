"""Postgres is stopped as in a crash and started again, time after time, while customers talk to a real process."""

import json
import threading
import time
from dataclasses import dataclass, field

import httpx

from tests.faults.clients import NoAnswer, Talker
from tests.faults.stage import Ground, Stage, provider_settings
from tests.load.people import Person, people
from tools.providers.simulated import customers_from

CUSTOMERS = 6
PAUSE_SECONDS = 3.0
MOST_CONVERSATIONS = 400


@dataclass
class RestartTally:
    """`recovery` is, for each restart, the seconds from the moment Postgres was up until the service answered."""

    restarts: int = 0
    conversations: int = 0
    messages: int = 0
    retries: int = 0
    recovery: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def restarts(ground: Ground, number: int, *, pause: float = PAUSE_SECONDS, talkers: int = CUSTOMERS) -> RestartTally:
    """`number` restarts, `pause` seconds apart. Raises NotHere."""
    tally = RestartTally()
    cluster = ground.databases.own
    with Stage(ground, "postgres") as stage:
        persons, records = people(2 * MOST_CONVERSATIONS)
        listed = stage.home / "customers.json"
        listed.write_text(json.dumps({"customers": records}), encoding="utf-8")
        server = stage.providers()
        server.customers = {one.pan: one for one in customers_from(listed)}
        replica = stage.replica(CUSTOMERS_FILE=str(listed), LOG_LEVEL="CRITICAL", **provider_settings(server.url))
        waiting, over, lock = iter(persons[::2]), threading.Event(), threading.Lock()
        done: list[tuple[Talker, str]] = []

        def talk() -> None:
            while not over.is_set():
                with lock:
                    person = next(waiting)
                talker, why = _conversation(replica.base_url, person)
                with lock:
                    done.append((talker, why))

        threads = [threading.Thread(target=talk) for _ in range(talkers)]
        for thread in threads:
            thread.start()
        for _ in range(number):
            time.sleep(pause)
            cluster.stop()
            cluster.start()
            tally.restarts += 1
            tally.recovery.append(_recovery(replica.base_url))
        over.set()
        for thread in threads:
            thread.join()
        for talker, why in done:
            _judge(stage, talker, why, server.pulls, tally)
    return tally


def _conversation(url: str, person: Person) -> tuple[Talker, str]:
    talker = Talker([url], who=person)
    try:
        talker.converse()
    except (NoAnswer, AssertionError, httpx.HTTPError) as error:
        return talker, f"{type(error).__name__}: {error}"
    return talker, ""


def _recovery(url: str) -> float:
    started = time.monotonic()
    with httpx.Client(base_url=url, timeout=10, trust_env=False) as client:
        while time.monotonic() - started < 60:
            try:
                if client.post("/api/v1/sessions").is_success:
                    break
            except httpx.TransportError:
                continue
            time.sleep(0.02)
    return time.monotonic() - started


def _judge(stage: Stage, talker: Talker, why: str, pulls: list[str], tally: RestartTally) -> None:
    tally.conversations += 1
    tally.messages += len(talker.history.sent)
    tally.retries += len(talker.troubles)
    try:
        assert not why, why
        applied = str(talker.get("")["loan_application"]["application_id"])
        talker.check(stage, [pull for pull in pulls if applied in pull])
    except (AssertionError, httpx.HTTPError) as error:
        tally.broken.append(f"{type(error).__name__}: {error}"[:400])
    finally:
        talker.close()
