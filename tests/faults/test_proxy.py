"""The fault proxy against a real server that says back what it hears."""

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.proxy import FaultProxy, Way


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while data := self.request.recv(65536):
                self.server.heard.append(data)  # type: ignore[attr-defined]
                self.request.sendall(data)


@pytest.fixture
def heard() -> list[bytes]:
    return []


@pytest.fixture
def proxy(heard: list[bytes]) -> Iterator[FaultProxy]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        server.heard = heard  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        with FaultProxy("127.0.0.1", server.server_address[1]) as running:
            yield running
        server.shutdown()
        thread.join()


@contextlib.contextmanager
def talking(proxy: FaultProxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as line:
        yield line


def say(line: socket.socket, words: bytes) -> bytes:
    line.sendall(words)
    return line.recv(65536)


def test_it_passes(proxy: FaultProxy) -> None:
    with talking(proxy) as line:
        assert say(line, b"hello") == b"hello"


def test_it_refuses_and_is_up_again(proxy: FaultProxy) -> None:
    proxy.down()
    with pytest.raises(OSError), talking(proxy) as line:
        assert say(line, b"hello")
        raise AssertionError
    proxy.up()
    with talking(proxy) as line:
        assert say(line, b"hello") == b"hello"


def test_it_cuts_what_is_open(proxy: FaultProxy) -> None:
    with talking(proxy) as line:
        assert say(line, b"hello")
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            line.recv(1)


@pytest.mark.parametrize(
    ("direction", "there", "back"), [("to_server", b"hel", b"hel"), ("to_client", b"hello", b"hel")]
)
def test_it_cuts_after_so_many_bytes(
    proxy: FaultProxy, heard: list[bytes], direction: str, there: bytes, back: bytes
) -> None:
    proxy.way = Way(cut_after=3, direction=direction)  # type: ignore[arg-type]
    received = b""
    with talking(proxy) as line, contextlib.suppress(ConnectionResetError):
        line.sendall(b"hello")
        while data := line.recv(1):
            received += data
    assert (b"".join(heard), received) in {(there, back), (there, b"")}  # a reset may overtake what came before it


@pytest.mark.parametrize(("moment", "done"), [("before", [b"one"]), ("after", [b"one", b"two"])])
def test_it_cuts_at_the_nth_write(proxy: FaultProxy, heard: list[bytes], moment: str, done: list[bytes]) -> None:
    proxy.way = Way(nth=2, moment=moment)  # type: ignore[arg-type]
    with talking(proxy) as line:
        assert say(line, b"one") == b"one"
        with pytest.raises(ConnectionResetError):
            say(line, b"two")
    assert heard == done


def test_it_stalls_until_told_otherwise(proxy: FaultProxy) -> None:
    proxy.way = Way(stall=True)
    with talking(proxy) as line:
        line.sendall(b"hello")
        line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.settimeout(10)
        proxy.up()
        assert line.recv(65536) == b"hello"


def test_it_delays(proxy: FaultProxy) -> None:
    proxy.way = Way(delay=0.1)
    with talking(proxy) as line:
        started = time.monotonic()
        assert say(line, b"hello") == b"hello"
        assert time.monotonic() - started >= 0.2


def test_it_garbles(proxy: FaultProxy) -> None:
    proxy.way = Way(garble=True)
    with talking(proxy) as line:
        assert say(line, b"a longer word than before") != b"a longer word than before"
