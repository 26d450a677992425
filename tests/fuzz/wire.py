"""HTTP over a raw socket: any bytes out, one answer in."""

import contextlib
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse

HANGS_AFTER = 30.0

Headers = Sequence[tuple[str | bytes, str | bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` is 0 where the connection was closed without an answer, -1 where nothing ever came."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


def request(
    method: str | bytes,
    path: str | bytes,
    body: bytes = b"",
    headers: Iterable[tuple[str | bytes, str | bytes]] = (),
    *,
    port: int = 80,
) -> bytes:
    """The bytes of a request; a header given here replaces the usual one of that name."""
    given = [(as_bytes(name), as_bytes(value)) for name, value in headers]
    names = {name.lower() for name, _ in given}
    usual = [(b"Host", b"127.0.0.1:%d" % port), (b"Connection", b"close")]
    if body or as_bytes(method) in {b"POST", b"PUT", b"PATCH"}:
        usual += [(b"Content-Type", b"application/json")]
        if b"transfer-encoding" not in names:
            usual += [(b"Content-Length", b"%d" % len(body))]
    lines = [b"%s %s HTTP/1.1" % (as_bytes(method), as_bytes(path))]
    lines += [b"%s: %s" % line for line in usual if line[0].lower() not in names]
    lines += [b"%s: %s" % line for line in given]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def exchange(port: int, raw: bytes, *, ends: bool = False, timeout: float = HANGS_AFTER) -> Answer:
    """Send the bytes and read one answer. `ends`: nothing more is to come, which a server cannot know by itself."""
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError):  # it may answer, and close, before it has heard all
            connection.sendall(raw)
            if ends:
                connection.shutdown(socket.SHUT_WR)
        status, headers, body = _read(connection, is_head=raw.startswith(b"HEAD "))
    return Answer(status, headers, body, time.perf_counter() - started)


def _read(connection: socket.socket, *, is_head: bool) -> tuple[int, dict[str, str], bytes]:
    response = HTTPResponse(connection, method="HEAD" if is_head else "GET")
    try:
        response.begin()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    except TimeoutError:
        return -1, {}, b""
    except (HTTPException, OSError, ValueError):
        return 0, {}, b""
    finally:
        response.close()
