"""Redis that is killed, emptied, stalled or talks nonsense: comfort is lost, no event, no turn and no limit is."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import httpx

from tests.driver import Conversation, Json, answer_next
from tests.faults.matrix import cases
from tests.faults.outside import LONGEST_TURN, check_answered, hear
from tests.faults.proxy import FaultProxy, Way
from tests.faults.stage import Stage
from tests.server.limits.redis_server import RedisServer
from tests.service import Service, service_in_thread
from tests.streams import ROADS, Road, resumed

SECRET = "a secret of the tests alone, of sixty characters and some more"
CUSTOMER = "C01"
PATIENCE = 60.0
NEW_SESSIONS = 10  # a minute and address


@dataclass
class Reader:
    """Follows a session over one road, in a thread; comes back under its last id when it is cut off."""

    service: Service
    session_id: str
    road: Road
    frames: list[Json] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        while not self.over.is_set():
            after = self.frames[-1]["event_id"] if self.frames else 0
            try:
                for frame in resumed(self.service, self.session_id, after, self.road):
                    self.frames.append(frame)
                    if self.over.is_set():
                        return
            except (OSError, TimeoutError, httpx.HTTPError):
                continue

    def wait_for(self, event_id: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.frames or self.frames[-1]["event_id"] < event_id:
            assert time.monotonic() < deadline, "a reader misses events"
            time.sleep(0.02)


Act = Callable[[RedisServer, FaultProxy], None]


def killed(server: RedisServer, _: FaultProxy) -> None:
    server.kill()


def emptied(server: RedisServer, _: FaultProxy) -> None:
    server.flush()


def stalled(server: RedisServer, _: FaultProxy) -> None:
    server.stall()


def restarted(server: RedisServer, _: FaultProxy) -> None:
    server.kill()
    server.start()


def garbled(_: RedisServer, proxy: FaultProxy) -> None:
    proxy.way = Way(garble=True)


def slow(_: RedisServer, proxy: FaultProxy) -> None:
    proxy.way = Way(delay=0.3)


def cut(_: RedisServer, proxy: FaultProxy) -> None:
    proxy.cut()


FAULTS: dict[str, Act] = {
    "killed": killed,
    "emptied": emptied,
    "stalled": stalled,
    "restarted": restarted,
    "answers are garbled": garbled,
    "slow": slow,
    "connections cut": cut,
}


def services(stage: Stage, url: str) -> list[Service]:
    """One on SQLite; on Postgres two, so that what one says is heard at the other."""
    settings = {"redis_url": url, "secret_key": SECRET, "rate_limit_enabled": True, "database_url": stage.database_url}
    folders = [stage.folder] if stage.database_url is None else [stage.folder, stage.new_folder("second")]
    return [stage.enter(service_in_thread(folder, **settings)) for folder in folders]


def check_limits(service: Service) -> None:
    """Of those that one address may start, no more are let through, whatever Redis does."""
    with service.client() as http:
        statuses = [http.post("/api/v1/sessions").status_code for _ in range(2 * NEW_SESSIONS)]
    assert set(statuses) <= {200, 429} and statuses.count(200) < NEW_SESSIONS, statuses


def check_a_loan(stage: Stage, url: str, harm: Callable[[int], None]) -> None:
    """A loan over SSE with readers elsewhere, `harm` called before each turn; all see the same, once."""
    running = services(stage, url)
    with Conversation(running[0], "sse") as talk:
        readers = [Reader(running[-1], talk.session_id, road) for road in ROADS]
        try:
            told: list[Json] = []
            for number in range(30):
                harm(number)
                if number and not talk.awaiting:
                    break
                seen = len(talk.frames)
                started = time.monotonic()
                answer_next(talk, CUSTOMER) if number else talk.say("Hi")
                assert time.monotonic() - started < LONGEST_TURN
                told += talk.frames[seen:]
            assert talk.session()["loan_application"]["status"] == "sanctioned"
            assert all(earlier["event_id"] < later["event_id"] for earlier, later in pairwise(told))
            for reader in readers:
                reader.wait_for(told[-1]["event_id"])
                assert reader.frames == told, f"a reader over {reader.road} saw something else"
        finally:
            for reader in readers:
                reader.over.set()
            check_answered(hear(talk, "thank you"))  # and the readers hear that they may go
        statuses = {status for (status,) in stage.rows("SELECT status FROM turns")}
        assert statuses == {"done"} and stage.rows("SELECT count(*) FROM letters") == [(1,)]
    check_limits(running[0])


@cases(row="Redis fails in mid-conversation", injections=FAULTS, fast=["connections cut"])
def fails(stage: Stage, act: Act) -> None:
    server = stage.redis()
    proxy = stage.proxy(server.port)
    check_a_loan(stage, f"redis://127.0.0.1:{proxy.port}/0", lambda turn: act(server, proxy) if turn == 6 else None)


@cases(
    row="Redis comes and goes", injections={"killed and back": (killed, restarted), "stalls now and then": (stalled,)}
)
def comes_and_goes(stage: Stage, acts: tuple[Act, ...]) -> None:
    server = stage.redis()
    proxy = stage.proxy(server.port)

    def harm(turn: int) -> None:
        if turn % 4 == 2:
            acts[0](server, proxy)
        elif turn % 4 == 0 and turn:
            server.go_on() if acts[0] is stalled else acts[-1](server, proxy)

    check_a_loan(stage, f"redis://127.0.0.1:{proxy.port}/0", harm)


@cases(row="Redis was never there", injections={"nobody listens": Way(refuse=True), "is silent": Way(stall=True)})
def never_there(stage: Stage, way: Way) -> None:
    server = stage.redis()
    proxy = stage.proxy(server.port)
    proxy.way = way
    check_a_loan(stage, f"redis://127.0.0.1:{proxy.port}/0", lambda _: None)
