"""Providers on loopback, honest or not. What they did is kept: `pulls` is the truth of what the bureau was asked."""

import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tools.providers.simulated import Customer, packaged_customers

Json = dict[str, Any]
DRIP_SECONDS = 0.02
LONGEST_WAIT = 20.0


class Way(NamedTuple):
    """How a provider misbehaves on the wire. Without `processed` it does so before it did what it was asked."""

    name: str
    act: Callable[["Caller", bytes], None]
    processed: bool = True
    unusable: bool = False  # an answer that cannot be believed, in place of none


class Asked(NamedTuple):
    target: str
    head: str
    question: Json


class Caller:
    """The connection of one request, with `gone` set when the server stops."""

    def __init__(self, connection: socket.socket, gone: threading.Event) -> None:
        self.connection, self.gone = connection, gone

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def answer(self, body: bytes, *, status: str = "200 OK", media: str = "application/json", more: str = "") -> None:
        self.send(head(len(body), status=status, media=media, more=more) + body)

    def silence(self) -> None:
        self.connection.settimeout(LONGEST_WAIT)
        with contextlib.suppress(OSError):
            self.connection.recv(1)  # until the client has had enough

    def drip(self, data: bytes) -> None:
        for byte in data:
            if self.gone.is_set():
                return
            self.send(bytes([byte]))
            time.sleep(DRIP_SECONDS)

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def head(length: int, *, status: str = "200 OK", media: str = "application/json", more: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n"
    ).encode()


@dataclass
class ProvidersServer:
    """Register, bureau and screening behind one address. `way` and `changed` apply to the path `where` alone."""

    customers: dict[str, Customer]
    url: str = ""
    where: str = ""
    way: Way | None = None
    changed: Callable[[Json], Any] | None = None
    asked: list[Asked] = field(default_factory=list)
    pulls: list[str] = field(default_factory=list)
    reports: dict[str, Json] = field(default_factory=dict)

    def behave(self) -> None:
        """From now on."""
        self.way = self.changed = None

    def answer_to(self, target: str, question: Json) -> Json:
        """The honest answer. Every pull counts: this bureau does not notice that it was asked before."""
        match target:
            case "/persons/find":
                return {
                    "request_id": question["request_id"],
                    "pan": question["pan"],
                    "person": self._person(question["pan"]),
                }
            case "/screenings":
                listed = question["pan"] in self.customers and self.customers[question["pan"]].list_hit
                return {"request_id": question["request_id"], "pan": question["pan"], "listed": listed}
            case "/inquiries/status":
                report = self.reports.get(question["inquiry_id"])
                state = "not_received" if report is None else "done"
                return {"inquiry_id": question["inquiry_id"], "state": state, "report": report}
            case "/inquiries":
                self.pulls.append(question["inquiry_id"])
                report = self._report(question["inquiry_id"], question["pan"])
                self.reports[question["inquiry_id"]] = report
                return report
        raise AssertionError(target)

    def _person(self, pan: str) -> Json | None:
        person = self.customers.get(pan)
        if person is None:
            return None
        return {
            "customer_id": person.customer_id,
            "name": person.name,
            "date_of_birth": person.dob.isoformat(),
            "phone": person.phone,
            "pan": pan,
        }

    def _report(self, inquiry: str, pan: str) -> Json:
        person = self.customers[pan]
        return {
            "inquiry_id": inquiry,
            "pan": pan,
            "score": person.score,
            "existing_emi": person.existing_emi or 0,
            "history": dict(person.bureau),
        }


@contextlib.contextmanager
def providers_server(tls: ssl.SSLContext | None = None) -> Iterator[ProvidersServer]:
    server = ProvidersServer({person.pan: person for person in packaged_customers()})
    gone = threading.Event()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        listening.settimeout(0.05)
        server.url = f"{'https' if tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
        callers: list[threading.Thread] = []

        def accept() -> None:
            while not gone.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = listening.accept()
                    callers.append(threading.Thread(target=_serve, args=(server, connection, gone, tls), daemon=True))
                    callers[-1].start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield server
        finally:
            gone.set()
            accepting.join()
            for caller in callers:
                caller.join(LONGEST_WAIT)


def _serve(
    server: ProvidersServer, connection: socket.socket, gone: threading.Event, tls: ssl.SSLContext | None
) -> None:
    with connection, contextlib.suppress(OSError):
        connection.settimeout(LONGEST_WAIT)
        if tls is not None:
            with tls.wrap_socket(connection, server_side=True) as private:
                _answer(server, private, gone)
        else:
            _answer(server, connection, gone)


def _answer(server: ProvidersServer, connection: socket.socket, gone: threading.Event) -> None:
    target, first_lines, question = _read(connection)
    server.asked.append(Asked(target, first_lines, question))
    here, caller = target == server.where, Caller(connection, gone)
    if here and server.way is not None:
        honest = server.answer_to(target, question) if server.way.processed else {}
        server.way.act(caller, json.dumps(honest).encode())
        return
    honest = server.answer_to(target, question)
    told = server.changed(honest) if here and server.changed is not None else honest
    caller.answer(json.dumps(told).encode())


def _read(connection: socket.socket) -> tuple[str, str, Json]:
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(65536)
        if not received:
            raise ConnectionError
        data += received
    first_lines, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in first_lines.splitlines() if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return first_lines.split(b" ")[1].decode(), first_lines.decode(), json.loads(body)


@contextlib.contextmanager
def full_house() -> Iterator[str]:
    """An address whose queue of connections is full: connecting to it never ends."""
    with contextlib.ExitStack() as opened:
        listening = opened.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
