"""An open socket is looked at again: it closes once what let it in is gone, and says why first."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jwt
import pytest
import websockets

from server.access.keys import key_ring
from server.access.tokens import Tokens
from tests.server.access.callers import GUY_SESSIONS, LOAN_SESSIONS, SECRET, World, token
from tests.server.access.test_matrix import age
from tests.service import COMMAND, Service, clean_environment, fresh_data_dir, run_command, service_in_thread

LOOKS = 0.2


@dataclass(frozen=True)
class Line:
    """Where an assistant's sessions and sockets are, and the frame that ends an answer."""

    sessions: str
    sockets: str
    answer: str

    def url(self, service: Service, session: str) -> str:
        return f"ws://127.0.0.1:{service.port}{self.sockets}/{session}"


LOAN, GUY = Line(LOAN_SESSIONS, "/api/v1/ws", "end"), Line(GUY_SESSIONS, "/ws", "message")
both = pytest.mark.parametrize("line", [LOAN, GUY], ids=["loan", "hedge_fund_guy"])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[World]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("sockets") / "var", knowledge_dir)
    with service_in_thread(data_dir, auth_required=True, secret_key=SECRET) as service:
        look_often(service)
        yield World(service, service.client())


def look_often(service: Service) -> None:
    assert service.house is not None
    service.house.gate = replace(service.house.gate, recheck_seconds=LOOKS)


async def last_words(
    world: World, line: Line, session: str, headers: dict[str, str], meanwhile: Any
) -> tuple[dict[str, Any], int]:
    """What the socket said last, and the code it closed with, after something was done to what let it in."""
    url = line.url(world.service, session)
    async with websockets.connect(url, additional_headers=headers, proxy=None) as socket:
        await talked(socket, line)
        await asyncio.to_thread(meanwhile)
        frame = json.loads(await asyncio.wait_for(socket.recv(), 30))
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 30)
        return frame, socket.close_code or 0


async def talked(socket: websockets.ClientConnection, line: Line) -> None:
    """A message, and all that is said until it is answered."""
    await socket.send(json.dumps({"message": "Hello"}))
    while json.loads(await socket.recv())["type"] != line.answer:
        pass


@both
def test_an_erased_session_closes_its_sockets(world: World, line: Line) -> None:
    session, capability = world.start(line.sessions)
    headers = {"X-Session-Token": capability}
    erase = lambda: world.http.delete(f"{line.sessions}/{session}", headers=headers).raise_for_status()  # noqa: E731
    frame, code = asyncio.run(last_words(world, line, session, headers, erase))
    assert (frame["type"], frame["code"], code) == ("error", "unknown_session", 1008)


@both
def test_a_session_silent_for_a_day_closes_its_sockets(world: World, line: Line) -> None:
    session, capability = world.start(line.sessions)
    frame, code = asyncio.run(
        last_words(world, line, session, {"X-Session-Token": capability}, lambda: age(world.service, session))
    )
    assert (frame["type"], frame["code"], code) == ("error", "unknown_session", 1008)


@both
def test_a_token_that_ends_closes_its_sockets(world: World, line: Line) -> None:
    session = world.start_for_tenant(line.sessions)
    almost_over = Tokens(key_ring(SECRET.encode()), now=lambda: time.time() - 26).issue(
        "acme-app", "acme", ["sessions:write"], 1
    )  # it ended 25 s ago, and clocks may differ by 30 s
    headers = {"Authorization": f"Bearer {almost_over}"}
    frame, code = asyncio.run(last_words(world, line, session, headers, lambda: None))
    assert (frame["type"], frame["code"], code) == ("error", "unauthorised", 1008)


@both
def test_a_revoked_token_closes_its_sockets(world: World, line: Line) -> None:
    """Taken back by the command, in another process, while the service runs."""
    session, headers = world.start_for_tenant(line.sessions), token("acme", "sessions:write")
    claims = jwt.decode(headers["Authorization"].split()[1], options={"verify_signature": False})

    def revoke() -> None:
        command = [COMMAND, "token", "revoke", claims["jti"]]
        done = run_command(command, clean_environment(world.service.data_dir))
        assert (done.returncode, done.stdout) == (0, "revoked\n"), done.stderr

    frame, code = asyncio.run(last_words(world, line, session, headers, revoke))
    assert (frame["type"], frame["code"], code) == ("error", "unauthorised", 1008)
    assert world.http.get(f"{line.sessions}/{session}", headers=headers).status_code == 401
    assert world.http.post("/api/v1/chat", json={"message": "Hi"}, headers=headers).status_code == 401


def test_a_socket_whose_caller_cannot_be_looked_up_is_closed(own_service: Service) -> None:
    look_often(own_service)
    world = World(own_service, own_service.client())
    session, _ = world.start()
    assert own_service.house is not None
    engine = own_service.house.sessions._database.engine

    def take_away() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE sessions RENAME TO elsewhere")

    frame, code = asyncio.run(last_words(world, LOAN, session, {}, take_away))
    assert (frame["type"], frame["code"], code) == ("error", "storage_unavailable", 1008)


@both
def test_the_developers_socket_closes_with_its_session(own_service: Service, line: Line) -> None:
    look_often(own_service)
    world = World(own_service, own_service.client())
    session, _ = world.start(line.sessions)
    erase = lambda: world.http.delete(f"{line.sessions}/{session}").raise_for_status()  # noqa: E731
    frame, code = asyncio.run(last_words(world, line, session, {}, erase))
    assert (frame["type"], frame["code"], code) == ("error", "unknown_session", 1008)


async def greeted(world: World, session: str, protocols: list[str], **headers: str) -> str | None:
    """The subprotocol that was agreed to; raises InvalidStatus when refused."""
    chosen: Any = protocols or None
    url = world.service.socket_url(session)
    async with websockets.connect(url, subprotocols=chosen, additional_headers=headers, proxy=None) as socket:
        await talked(socket, LOAN)
        return socket.subprotocol


def test_a_credential_as_subprotocol(world: World) -> None:
    session, capability = world.start()
    assert asyncio.run(greeted(world, session, ["bearer", capability])) == "bearer"
    of_tenant = world.start_for_tenant()
    bearer = token("acme", "sessions:write")["Authorization"].split()[1]
    assert asyncio.run(greeted(world, of_tenant, ["bearer", bearer])) == "bearer"
    assert asyncio.run(greeted(world, session, [], Cookie=f"__Host-session-{session}={capability}")) is None


@pytest.mark.parametrize(
    ("protocols", "status"),
    [
        (["bearer"], 401),
        (["bearer", "short"], 401),
        (["bearer", "a.b.c"], 401),
        (["A" * 43, "bearer"], 401),
        (["bearer", "A" * 43], 404),
        (["bearer", "A" * 43, "B" * 43], 400),
        (["chat"], 401),
    ],
)
def test_a_wrong_subprotocol_is_refused(world: World, protocols: list[str], status: int) -> None:
    session, _ = world.start()
    with pytest.raises(websockets.InvalidStatus) as refused:
        asyncio.run(greeted(world, session, protocols))
    assert refused.value.response.status_code == status
    assert b"AAAA" not in refused.value.response.body


def test_the_terminal_brings_its_capability(world: World, tmp_path: Path) -> None:
    command = [COMMAND, "chat", "--url", world.service.base_url]
    typed = "I am Aarav Mehta, 3 lakh for 36 months for a wedding\nyes\nyes\nyes\nZZZPM1101A\n18/04/1992\n9000000001\n"
    done = run_command(command, clean_environment(tmp_path), typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    assert "₹3,00,000" in done.stdout and "[simulated phone]" in done.stdout
