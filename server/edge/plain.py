"""Answers made below the application, where there is a connection and not yet a request."""

from server.edge.headers import ALWAYS
from server.problems import Problem, document


def refusal(problem: Problem) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body of a problem document with an id of its own."""
    answer = document(problem)
    return [*answer.raw_headers, (b"x-request-id", answer.request_id.encode()), *ALWAYS], bytes(answer.body)
