"""Two replicas on one Postgres: who follows one of them is told the turns of the other, with Redis and without."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection

from tests.contract.hedge_fund_guy.talking import new_id, opened, received, said
from tests.driver import Conversation, Json, converse
from tests.postgres import Postgres
from tests.server.limits.redis_server import BINARY, RedisServer
from tests.service import Service, fresh_data_dir, start_process, stop_process
from tests.streams import ROADS, Road, read, up_to

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@pytest.fixture(scope="module", params=["with Redis", "without Redis"])
def replicas(
    request: pytest.FixtureRequest, postgres: Postgres, knowledge_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Service]]:
    folder = tmp_path_factory.mktemp("replicas")
    environment = {"DATABASE_URL": postgres.url, "SECRET_KEY": SECRET}
    redis = RedisServer(folder)
    if request.param == "with Redis":
        if BINARY is None:
            pytest.skip("redis-server is not installed")
        redis.start()
        environment["REDIS_URL"] = redis.url
    started: list[Service] = []
    try:
        for name in ("one", "other"):
            data_dir = fresh_data_dir(folder / name, knowledge_dir)
            started.append(start_process(data_dir, None, **environment))
        yield started[0], started[1]
    finally:
        for service in started:
            stop_process(service)
        redis.stop()


def test_turns_of_one_are_told_by_the_other(replicas: tuple[Service, Service]) -> None:
    one, other = replicas
    with Conversation(one, "sse") as conversation:
        seen: dict[str, list[Json]] = {}
        over = lambda frames: frames[-1].get("awaiting", [""])[0] == "pan"  # noqa: E731

        def follow(road: Road) -> None:
            seen[road] = read(other, conversation.session_id, 0, road, over)

        readers = [threading.Thread(target=follow, args=(road,)) for road in ROADS]
        for reader in readers:
            reader.start()
        converse(conversation, "C01", until="pan")
        for reader in readers:
            reader.join(60)
        assert seen == dict.fromkeys(ROADS, conversation.frames)


def test_cut_at_every_event_and_resumed_at_the_other(replicas: tuple[Service, Service]) -> None:
    with Conversation(replicas[0], "sse") as conversation:
        told: list[Json] = []
        talking = threading.Thread(target=converse, args=(conversation, "C01"), kwargs={"until": "consent"})
        talking.start()
        while not (told and told[-1].get("awaiting", [""])[0] == "consent"):
            after = told[-1]["event_id"] if told else 0
            told += read(
                replicas[len(told) % 2], conversation.session_id, after, ROADS[len(told) % 2], up_to(after + 1)
            )
        talking.join()
        assert told == conversation.frames


def test_a_session_that_sockets_begin_on_both_is_one(replicas: tuple[Service, Service]) -> None:
    """Whoever is first, both are greeted alike; what is said to one is heard at the other, and erased for both."""
    session_id, gate = new_id(), threading.Barrier(2)
    with contextlib.ExitStack() as opening, ThreadPoolExecutor(2) as threads:

        def begin(service: Service) -> ClientConnection:
            gate.wait(20)
            return opening.enter_context(opened(service, session_id))

        here, there = threads.map(begin, replicas)
        assert received(here) == received(there)
        for speaker, listener in ((here, there), (there, here)):
            assert said(speaker, "What do you think about momentum?") == received(listener)
        replicas[0].client().delete(f"/api/sessions/{session_id}").raise_for_status()
        for socket in (here, there):
            assert said(socket, "Hello?")["code"] == "unknown_session"
