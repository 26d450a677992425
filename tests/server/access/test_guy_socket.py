"""A session that is begun by naming it over WebSocket: whose it then is, and how that is handed over."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.contract.hedge_fund_guy.talking import new_id, received, said, socket_url
from tests.server.access.callers import EVERY_SCOPE, GUY_SESSIONS, SECRET, World, token
from tests.server.access.test_sockets import LOOKS, look_often
from tests.service import Service, fresh_data_dir, service_in_thread


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[World]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("guy-sockets") / "var", knowledge_dir)
    with service_in_thread(data_dir, auth_required=True, secret_key=SECRET) as service:
        look_often(service)
        yield World.of(service)


def open_socket(
    service: Service, session_id: str, headers: dict[str, str] | None = None, protocols: Any = None
) -> ClientConnection:
    address = socket_url(service, session_id)
    return connect(address, compression=None, proxy=None, additional_headers=headers, subprotocols=protocols)


def handed_over(socket: ClientConnection) -> str:
    """The capability on the handshake's answer, by header and by cookie the same."""
    assert socket.response is not None
    headers = socket.response.headers
    capability = headers["X-Session-Token"]
    session_id = socket.request.path.rpartition("/")[2] if socket.request is not None else ""
    cookie, *traits = headers["Set-Cookie"].split("; ")
    assert cookie == f"__Host-session-{session_id}={capability}"
    assert {trait.lower() for trait in traits} == {"httponly", "secure", "samesite=strict", "path=/", "max-age=86400"}
    return capability


def refusal(service: Service, session_id: str, headers: dict[str, str] | None = None) -> int:
    with pytest.raises(InvalidStatus) as refused, open_socket(service, session_id, headers):
        pass
    status: int = refused.value.response.status_code
    return status


def test_who_begins_a_session_holds_it(world: World) -> None:
    session_id = new_id()
    with open_socket(world.service, session_id) as socket:
        capability = handed_over(socket)
        assert received(socket)["type"] == "greeting"
        assert said(socket, "Hello")["type"] == "message"
    path, headers = f"{GUY_SESSIONS}/{session_id}", {"X-Session-Token": capability}
    assert world.http.get(path, headers=headers).status_code == 200
    assert world.http.get(path, headers={"Cookie": f"__Host-session-{session_id}={capability}"}).status_code == 200
    assert world.http.get(path).status_code == 401
    assert world.http.get(path, headers={"X-Session-Token": world.strange}).status_code == 404
    for given in (headers, {"Cookie": f"__Host-session-{session_id}={capability}"}):
        with open_socket(world.service, session_id, given) as socket:
            assert socket.response is not None
            assert "X-Session-Token" not in socket.response.headers
            assert received(socket)["type"] == "greeting"
    assert refusal(world.service, session_id) == 404
    assert refusal(world.service, session_id, {"X-Session-Token": world.strange}) == 404
    stored = world.service.data_dir.rglob("esoteric.db*")
    assert not any(capability.encode() in path.read_bytes() for path in stored)


@pytest.mark.parametrize("brings", ["nothing", "header", "cookie", "subprotocol"])
def test_a_socket_that_began_its_session_may_stay(world: World, brings: str) -> None:
    """It was opened without the capability, with none or that of another session, and is looked at again and again."""
    other, capability = world.start(GUY_SESSIONS)
    headers = {
        "header": {"X-Session-Token": capability},
        "cookie": {"Cookie": f"__Host-session-{other}={capability}"},
    }.get(brings, {})
    protocols = ["bearer", capability] if brings == "subprotocol" else None
    with open_socket(world.service, new_id(), headers, protocols) as socket:
        handed_over(socket)
        received(socket)
        time.sleep(5 * LOOKS)
        assert said(socket, "Hello")["type"] == "message"
        assert socket.subprotocol == ("bearer" if protocols else None)


def test_a_session_that_an_api_client_begins_is_its_tenants(world: World) -> None:
    session_id, headers = new_id(), token("acme", *EVERY_SCOPE)
    with open_socket(world.service, session_id, headers) as socket:
        assert socket.response is not None
        assert not {"x-session-token", "set-cookie"} & {name.lower() for name in socket.response.headers}
        received(socket)
        time.sleep(3 * LOOKS)
        assert said(socket, "Hello")["type"] == "message"
    path = f"{GUY_SESSIONS}/{session_id}"
    assert world.http.get(path, headers=token("acme", "sessions:read")).status_code == 200
    assert world.http.get(path, headers=token("other", *EVERY_SCOPE)).status_code == 404
    assert refusal(world.service, session_id, token("other", *EVERY_SCOPE)) == 404


def test_who_may_not_begin_one_leaves_none(world: World) -> None:
    dead = {"X-Session-Token": "a" * 42}
    for headers, status in ((token("ops", "operate"), 403), (token("acme", "sessions:read"), 403), (dead, 401)):
        session_id = new_id()
        assert refusal(world.service, session_id, headers) == status
        assert kept(world.service, session_id) == 0


def test_a_draining_service_begins_none(own_service: Service) -> None:
    assert own_service.house is not None
    own_service.house.draining.begun = True
    session_id = new_id()
    assert refusal(own_service, session_id) == 503
    own_service.house.draining.begun = False
    assert kept(own_service, session_id) == 0


def kept(service: Service, session_id: str) -> int:
    with sqlite3.connect(service.data_dir / "esoteric.db", timeout=10) as database:
        found = database.execute("SELECT count(*) FROM sessions WHERE session_id = ?", (session_id,)).fetchone()
    database.close()
    return int(found[0])
