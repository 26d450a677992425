"""No byte string makes the service fail, hang, repeat it or begin a turn: every route, over the wire."""

from collections.abc import Iterator
from pathlib import Path
from signal import SIGTERM

import pytest

from tests.fuzz.campaign import http_corpus, socket_corpus
from tests.fuzz.frames import GUY, LOAN, Line
from tests.fuzz.judge import Tally, memory_of
from tests.fuzz.targets import targets
from tests.service import Service, fresh_data_dir, start_process, stop_process

SHARE = 4  # of four inputs for a route one, another of them for the next route; `make fuzz` sends all
MUCH = 150 * 1024 * 1024


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("bytes") / "var", knowledge_dir)
    running = start_process(data_dir, RATE_LIMIT_ENABLED="false")
    yield running
    assert stop_process(running) in {0, -SIGTERM}


def test_every_route_of_the_app_is_a_target(process: Service) -> None:
    found = {(target.method, target.template) for target in targets(process)}
    assert {("POST", "/api/v1/chat"), ("POST", "/api/v1/chat/stream"), ("GET", "/metrics")} <= found
    assert len(found) > 25


def test_any_bytes_over_http(process: Service) -> None:
    assert process.process is not None
    tally, before = Tally(), memory_of(process.process.pid)
    http_corpus(process, tally, targets(process), share=SHARE)
    print(*tally.lines(), sep="\n")
    assert not tally.wrong, "\n".join(tally.wrong[:20])
    assert memory_of(process.process.pid) - before < MUCH


@pytest.mark.parametrize("line", [LOAN, GUY], ids=["loan", "hedge_fund_guy"])
def test_any_bytes_over_a_socket(process: Service, line: Line) -> None:
    tally = Tally()
    socket_corpus(process, tally, line)
    print(*tally.lines(), sep="\n")
    assert not tally.wrong, "\n".join(tally.wrong[:20])


def test_the_service_is_well_after_all_that(process: Service) -> None:
    http = process.client()
    assert http.get("/ready").status_code == 200
    answer = http.post("/api/v1/chat", json={"message": "I need 3 lakh"})
    assert answer.json()["loan_application"]["desired_amount"] == 300_000
    assert not list(process.data_dir.glob("core*"))
