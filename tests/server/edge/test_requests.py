"""Requests that no client library would send: refused in the one shape of all errors, without a word of theirs."""

import httpx
import pytest

from server.edge.http_protocol import HEAD_BYTES, HEAD_LINES, PIPELINED, UNWANTED_BYTES
from tests.server.edge.raw import Answer, asked, request, wire
from tests.service import Service

CANARY = "KANARI7351"
SMUGGLED = f"GET /{CANARY} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
CHAT = "POST /api/v1/chat"

BROKEN = {
    "length and chunks": request(CHAT, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + SMUGGLED),
    "chunks and length": request(CHAT, "Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\n" + SMUGGLED),
    "two lengths": request(CHAT, "Content-Length: 5", "Content-Length: 6", body=b"abcdef"),
    "the same length twice": request(CHAT, "Content-Length: 5", "Content-Length: 5", body=b"abcde"),
    "a list of lengths": request(CHAT, "Content-Length: 5, 5", body=b"abcde"),
    "a length with a sign": request(CHAT, "Content-Length: +5", body=b"abcde"),
    "a negative length": request(CHAT, "Content-Length: -5", body=b"abcde"),
    "a length in hex": request(CHAT, "Content-Length: 0x5", body=b"abcde"),
    "a length without end": request(CHAT, f"Content-Length: {'9' * 40}", body=b"abcde"),
    "an unknown coding": request(CHAT, "Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + SMUGGLED),
    "chunked not last": request(CHAT, "Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n" + SMUGGLED),
    "two codings": request(CHAT, "Transfer-Encoding: chunked", "Transfer-Encoding: identity", body=b"0\r\n\r\n"),
    "a space before the colon": request(CHAT, "Transfer-Encoding : chunked", body=b"0\r\n\r\n" + SMUGGLED),
    "a folded line": request(CHAT, f"X-A: b\r\n {CANARY}"),
    "a chunk of no size": request(CHAT, "Transfer-Encoding: chunked", body=b"zz\r\nabcde\r\n0\r\n\r\n"),
    "chunks ended by LF": request(CHAT, "Transfer-Encoding: chunked", body=b"5\nabcde\n0\n\n"),
    "lines ended by LF": b"GET /health HTTP/1.1\nHost: localhost\n\n",
    "NUL in a header": request("GET /health", f"X-A: {CANARY}\0"),
    "an unknown version": b"GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "bytes in the path": f"GET /{CANARY}".encode() + b"\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


def check_problem(answer: Answer, status: int) -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["request_id"]) == (status, answer.headers["x-request-id"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers
    assert CANARY not in f"{answer.headers}{answer.body!r}"


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_request_is_answered_once_and_the_connection_ends(hasty: Service, name: str) -> None:
    with wire(hasty.port) as opened:
        opened.send(BROKEN[name])
        check_problem(opened.answer(), 400)
        assert opened.rest() == b""


@pytest.mark.parametrize(
    "raw",
    [
        request("GET /health", f"X-A: {CANARY * (HEAD_BYTES // 8)}"),
        request(f"GET /{CANARY * (HEAD_BYTES // 8)}"),
        request("GET /health", *["X-A: b"] * HEAD_LINES),
        request("GET /health", *[f"X-{number}: {'b' * 9000}" for number in range(8)]),
    ],
    ids=["a long line", "a long path", "many lines", "many long lines"],
)
def test_a_large_head(hasty: Service, raw: bytes) -> None:
    check_problem(asked(hasty.port, raw), 431)


def test_a_head_without_end_is_cut_off(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        opened.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: ")
        assert opened.send_as_long_as_taken(b"a" * 4096, most=64 * 1024 * 1024) < 16 * 1024 * 1024


def test_requests_in_a_row_are_answered_in_order(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        opened.send(request("GET /health") + request("GET /nothing") + request("GET /health"))
        assert [opened.answer().status for _ in range(3)] == [200, 404, 200]


def test_a_flood_of_requests_in_a_row_is_cut_off(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        opened.send(request("GET /health") * (PIPELINED + 50))
        assert opened.rest().count(b"HTTP/1.1 200") <= PIPELINED


def test_nothing_follows_a_request_that_asks_to_close(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        opened.send(request("GET /health", "Connection: close") + request("GET /health"))
        assert opened.rest().count(b"HTTP/1.1") == 1


ROUTES = [
    CHAT,
    "POST /api/v1/chat/stream",
    "POST /api/v1/rag/query",
    "POST /api/v1/sessions",
    "GET /api/v1/sessions/x",
    "DELETE /api/v1/sessions/x",
    "GET /api/v1/sessions/x/messages",
    "GET /health",
    "GET /",
    "GET /web/js/main.js",
    "GET /docs",
    "PUT /nowhere",
]


@pytest.mark.parametrize("line", ROUTES)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_more_than_64_kb(hasty: Service, line: str, chunked: bool) -> None:
    body = CANARY.encode() * 7000
    if chunked:
        raw = request(line, "Transfer-Encoding: chunked", body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    else:
        raw = request(line, f"Content-Length: {len(body)}", body=body)
    check_problem(asked(hasty.port, raw), 413)


@pytest.mark.parametrize("line", ["POST /api/v1/chat", "GET /health", "POST /api/v1/sessions/x/documents"])
@pytest.mark.parametrize("framing", ["Transfer-Encoding: chunked", "Content-Length: 9999999999"])
def test_a_body_without_end_is_not_taken(hasty: Service, line: str, framing: str) -> None:
    chunk = b"a" * 65536
    piece = b"10000\r\n" + chunk + b"\r\n" if "chunked" in framing else chunk
    with wire(hasty.port) as opened:
        opened.send(request(line, framing))
        # What the system's buffers hold has been "taken" too.
        assert opened.send_as_long_as_taken(piece, most=256 * UNWANTED_BYTES) < 32 * UNWANTED_BYTES


def test_a_body_that_is_too_large_is_not_asked_for(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        opened.send(request(CHAT, "Content-Length: 100000", "Expect: 100-continue"))
        check_problem(opened.answer(), 413)
        assert opened.rest() == b""


def test_after_a_refused_body_of_some_size_the_connection_goes_on(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        opened.send(request(CHAT, "Content-Length: 100000", body=b"a" * 100_000))
        check_problem(opened.answer(), 413)
        opened.send(request("GET /health"))
        assert opened.answer().status == 200


def test_a_small_body_in_chunks_is_read(hasty: Service) -> None:
    with hasty.client() as http:
        answer = http.post("/api/v1/chat", content=iter([b'{"message":', b' "Hi"}']))
        assert answer.status_code == 200


def form(parts: list[str]) -> bytes:
    return ("".join(f"--b\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--b--\r\n").encode()


FORMS = {
    "two files": ['name="file"; filename="a"\r\n\r\n%PDF-', 'name="file"; filename="b"\r\n\r\n%PDF-'],
    "six fields": [f'name="f{number}"\r\n\r\n{CANARY}' for number in range(6)],
    "a long field": [f'name="kind"\r\n\r\n{CANARY * 200}'],
    "a long header": [f'name="kind"\r\nX-A: {CANARY * 1000}\r\n\r\nsalary_slip'],
    "many headers": ['name="kind"\r\n' + f"X-A: {CANARY}\r\n" * 20 + "\r\nsalary_slip"],
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_are_bounded(hasty: Service, session_id: str, name: str) -> None:
    body = form(FORMS[name])
    line = f"POST /api/v1/sessions/{session_id}/documents"
    kind = "Content-Type: multipart/form-data; boundary=b"
    check_problem(asked(hasty.port, request(line, kind, f"Content-Length: {len(body)}", body=body)), 400)


@pytest.mark.parametrize(
    "target",
    ["/api/v1/sessions/%00", f"/{CANARY}%0d%0aX-A:b", "/%ff", f"/%e2%80%ae{CANARY}", "/health?a=%00", "/health?%ff=1"],
)
def test_addresses_with_what_cannot_be_seen_lead_nowhere(hasty: Service, target: str) -> None:
    check_problem(asked(hasty.port, request(f"GET {target}")), 404)


@pytest.mark.parametrize(
    "line", ["TRACE /health", f"GET /{CANARY}", f"GET /web/{CANARY}", "PUT /api/v1/chat", "OPTIONS *"]
)
def test_routes_that_are_not_there(hasty: Service, line: str) -> None:
    check_problem(asked(hasty.port, request(line, f"X-A: {CANARY}")), 405 if line[0] in "TP" else 404)


def test_no_redirect_repeats_the_host(hasty: Service) -> None:
    answer = httpx.get(f"{hasty.base_url}/api/v1/sessions/", trust_env=False)
    assert answer.status_code == 404
