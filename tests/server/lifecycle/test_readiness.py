"""`/ready` is false exactly while a needed part is missing, says which, and comes back by itself."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from server.lifecycle.draining import Draining
from server.lifecycle.readiness import Readiness
from server.problems import Problem
from server.store.database import StorageUnavailable
from tests.contract.test_problems import check_problem
from tests.driver import Conversation
from tests.postgres import Postgres
from tests.service import Service, fresh_data_dir, service_in_thread

PATIENCE = 30


async def answers() -> None:
    """Storage that is there."""


def readiness(
    data_dir: Path | None = None,
    *,
    knowledge: str = "ready",
    draining: Draining | None = None,
    ping: Callable[[], object] = answers,
    **others: str,
) -> Readiness:
    states = {name: (lambda word=word: word) for name, word in others.items()}
    return Readiness(draining or Draining(), ping, lambda: knowledge, data_dir, states)  # type: ignore[arg-type]


async def refusal(checked: Readiness) -> Problem:
    with pytest.raises(Problem) as raised:
        await checked.check()
    assert raised.value.status == 503
    assert raised.value.retry_after
    return raised.value


async def test_all_is_there(tmp_path: Path) -> None:
    checks = await readiness(tmp_path, letters="unsigned", limits="degraded").check()
    ready = dict.fromkeys(("service", "storage", "knowledge_base", "disk"), "ready")
    assert checks == ready | {"letters": "unsigned", "limits": "degraded"}


async def test_it_ends() -> None:
    draining = Draining()
    draining.begin()
    problem = await refusal(readiness(draining=draining))
    assert (problem.code, problem.checks["service"]) == ("server_draining", "draining")


async def test_storage_fails() -> None:
    async def away() -> None:
        raise StorageUnavailable("OperationalError")

    problem = await refusal(readiness(ping=away))
    assert (problem.code, problem.checks["storage"]) == ("storage_unavailable", "away")


async def test_storage_hangs() -> None:
    async def hang() -> None:
        await asyncio.sleep(3600)

    async with asyncio.timeout(PATIENCE):
        problem = await refusal(readiness(ping=hang))
    assert problem.checks["storage"] == "away"


async def test_the_knowledge_base_is_being_indexed() -> None:
    problem = await refusal(readiness(knowledge="indexing"))
    assert (problem.code, problem.checks["knowledge_base"]) == ("not_ready", "indexing")


async def test_a_knowledge_base_with_less_is_enough() -> None:
    assert (await readiness(knowledge="degraded").check())["knowledge_base"] == "degraded"


async def test_the_disk_has_no_room_and_then_has(tmp_path: Path) -> None:
    in_the_way = tmp_path / "var"
    in_the_way.write_text("")
    checked = readiness(in_the_way)
    problem = await refusal(checked)
    assert (problem.code, problem.checks["disk"]) == ("storage_unavailable", "full")
    in_the_way.unlink()
    assert (await checked.check())["disk"] == "ready"


# With a real database


@pytest.fixture(scope="module")
def service(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    pytest.importorskip("psycopg", reason="needs the extra `postgres`")
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("ready") / "var", knowledge_dir)
    with service_in_thread(data_dir, database_url=postgres.url) as running:
        yield running


def wait_for(client: httpx.Client, status: int) -> httpx.Response:
    deadline = time.monotonic() + PATIENCE
    while (response := client.get("/ready")).status_code != status:
        assert time.monotonic() < deadline, response.text
        time.sleep(0.05)
    return response


def test_a_database_that_restarts(service: Service, postgres: Postgres) -> None:
    """Not ready while it is away, ready by itself, and the message that could not be taken is taken again."""
    with Conversation(service) as conversation:
        conversation.say("I need 3 lakh")
        postgres.stop()
        problem = check_problem(wait_for(conversation.http, 503), 503)
        assert problem["code"] == "storage_unavailable"
        assert problem["checks"]["storage"] == "away"
        body = {"message": "24 months", "session_id": conversation.session_id, "message_id": "again"}
        refused = conversation.http.post("/api/v1/chat", json=body)
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        postgres.start()
        wait_for(conversation.http, 200)
        answer = conversation.http.post("/api/v1/chat", json=body).raise_for_status().json()
        assert answer["loan_application"]["loan_term_months"] == 24
        assert len(conversation.transcript()) == 5


def test_a_database_that_hangs(service: Service, postgres: Postgres) -> None:
    """Every process of the server is stopped: connections stay open and nothing answers."""
    with Conversation(service) as conversation:
        conversation.say("I need 3 lakh")
        halted = processes_of(postgres)
        for process in halted:
            os.kill(process, signal.SIGSTOP)
        try:
            assert check_problem(wait_for(conversation.http, 503), 503)["checks"]["storage"] == "away"
        finally:
            for process in halted:
                os.kill(process, signal.SIGCONT)
        wait_for(conversation.http, 200)
        assert conversation.say("24 months")["loan_application"]["loan_term_months"] == 24


def processes_of(postgres: Postgres) -> list[int]:
    """The server and its children."""
    parent = int((postgres.data / "postmaster.pid").read_text().split()[0])
    stats = [entry / "stat" for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    if not stats:
        pytest.skip("no /proc here")
    children = []
    for stat in stats:
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[1]) == parent:
            children.append(int(stat.parent.name))
    return [parent, *children]
