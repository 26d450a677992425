"""Servers on loopback that stand for somebody else's: one that answers as told, and two that are dead."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Asked(NamedTuple):
    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def head(self) -> str:
        return f"{self.method} {self.target}\n{self.headers}"


class Told(NamedTuple):
    status: int
    media: str
    body: bytes = b""
    location: str | None = None


class Received:
    """What reached a server at `url`: head and body of each request."""

    def __init__(self, url: str, received: list[tuple[str, bytes]]) -> None:
        self.url = url
        self.received = received

    @property
    def raw(self) -> bytes:
        """Every head and body, as they came."""
        return b"\n".join(head.encode() + b"\n" + body for head, body in list(self.received))


@contextlib.contextmanager
def answering(answer: Callable[[Asked], Told]) -> Iterator[str]:
    """The address of a server, each of whose requests is answered in a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_PATCH(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = answer(Asked(self.command, self.path, self.headers, body))
            with contextlib.suppress(ConnectionError):  # the client may be gone
                self.send_response(told.status)
                if told.location is not None:
                    self.send_header("Location", told.location)
                self.send_header("Content-Type", told.media)
                self.send_header("Content-Length", str(len(told.body)))
                self.end_headers()
                self.wfile.write(told.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def refusing() -> Iterator[str]:
    with socket.socket() as taken:  # bound and not listening: nobody else gets the port, and nobody answers
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextlib.contextmanager
def silent() -> Iterator[str]:
    """Takes connections and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
