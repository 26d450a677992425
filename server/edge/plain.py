"""Answers made below the application, where there is a connection and not yet a request."""

from collections.abc import Iterable
from http import HTTPStatus

from server.edge.headers import ALWAYS
from server.problems import Problem, document


def refusal(problem: Problem, headers: Iterable[tuple[bytes, bytes]] = ()) -> bytes:
    """A problem document with an id of its own, as the last answer on its connection."""
    answer = document(problem)
    own = [(b"x-request-id", answer.request_id.encode()), *ALWAYS, (b"connection", b"close")]
    status = HTTPStatus(problem.status)
    lines = [f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()]
    for name, value in [*headers, *answer.raw_headers, *own]:
        lines += [name, b": ", value, b"\r\n"]
    return b"".join([*lines, b"\r\n", bytes(answer.body)])
