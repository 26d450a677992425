"""What people type into any field of any route is found nowhere but in the answers and the records meant for it."""

import base64
import contextlib
import json
import random
import re
import secrets
import signal
import string
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.driver import Conversation, converse, customers
from tests.langsmith_sink import Sink, langsmith_sink
from tests.otlp_sink import OtlpSink, otlp_sink
from tests.server.access.callers import GUY_SESSIONS, LOAN_SESSIONS
from tests.server.observing.planting import requests
from tests.server.observing.test_tracing import occurs, secrets_of
from tests.service import COMMAND, Service, clean_environment, free_port, is_ready, stop_process
from tools.identifiers import verhoeff_digit

CUSTOMER = "C03"


def canaries() -> dict[str, str]:
    """One of each kind, of this run alone."""
    letters = "".join(random.choices(string.ascii_uppercase, k=3))
    number = "".join(random.choices("23456789", k=11))

    def word() -> str:
        return "Zq" + "".join(random.choices("bdfgkmnprtv", k=7))

    def part() -> str:
        return base64.urlsafe_b64encode(secrets.token_bytes(24)).decode().rstrip("=")

    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"at+jwt"}').decode().rstrip("=")
    return {
        "pan": f"{letters}PQ{random.randint(1000, 9999)}Z",
        "aadhaar": number + verhoeff_digit(number),
        "phone": f"9{random.randint(10**8, 10**9 - 1)}",
        "mail": f"{word().lower()}@{word().lower()}.example",
        "name": word(),
        "salary": str(random.randint(1_000_003, 9_999_991)),
        "capability": secrets.token_urlsafe(32),
        "token": f"{header}.{part()}.{part()}",
        "password": f"{word()}-{random.randint(1000, 9999)}-{word()}",
    }


@dataclass
class Sinks:
    """A service that tells all it can tell, and everything that it told."""

    service: Service
    langsmith: Sink
    otlp: OtlpSink
    output: Path
    errors: Path
    temporary: Path

    def found(self) -> dict[str, bytes]:
        """Every sink by its name, as bytes."""
        process = self.service.process
        assert process is not None
        data = self.service.data_dir
        chroma = [path for path in (data / "chroma").rglob("*") if path.is_file()]
        names = [str(path.relative_to(data)) for path in data.rglob("*")]
        http = self.service.client()
        return {
            "log": self.output.read_bytes(),
            "standard error": self.errors.read_bytes(),
            "metrics, text": http.get("/metrics", headers={"Accept": "text/plain"}).content,
            "metrics, JSON": http.get("/metrics").content,
            "LangSmith": self.langsmith.raw,
            "OTLP": self.otlp.raw,
            "file names": "\n".join(names).encode(),
            "Chroma": b"\n".join(path.read_bytes() for path in chroma),
            "processes": b"\n".join(command_lines(process.pid)),
            "temporary files": b"\n".join(
                bytes(path.relative_to(self.temporary)) + (path.read_bytes() if path.is_file() else b"")
                for path in self.temporary.rglob("*")
            ),
        }


def command_lines(pid: int) -> Iterator[bytes]:
    """Command line, title and thread names of a process and of its children."""
    proc = Path(f"/proc/{pid}")
    with contextlib.suppress(OSError):
        yield (proc / "cmdline").read_bytes() + (proc / "comm").read_bytes()
        for task in (proc / "task").iterdir():
            yield (task / "comm").read_bytes()
            for child in (task / "children").read_text().split():
                yield from command_lines(int(child))


@contextlib.contextmanager
def talkative(data_dir: Path, home: Path) -> Iterator[Sinks]:
    """The service as a process of its own, at DEBUG, traced to both collectors."""
    temporary = home / "tmp"
    temporary.mkdir()
    output, errors = home / "stdout", home / "stderr"
    port = free_port()
    with contextlib.ExitStack() as stack:
        langsmith, otlp = stack.enter_context(langsmith_sink()), stack.enter_context(otlp_sink())
        environment = clean_environment(data_dir) | {
            "PORT": str(port),
            "LOG_LEVEL": "DEBUG",
            "DEBUG": "true",
            "PYTHONFAULTHANDLER": "1",
            "RATE_LIMIT_ENABLED": "false",
            "LANGSMITH_TRACING": "true",
            "LANGSMITH_API_KEY": "lsv2_pt_0123456789",
            "LANGSMITH_ENDPOINT": langsmith.url,
            "OTEL_EXPORTER_OTLP_ENDPOINT": otlp.url,
            "TMPDIR": str(temporary),
        }
        files: list[IO[bytes]] = [stack.enter_context(path.open("wb")) for path in (output, errors)]
        process = subprocess.Popen([COMMAND, "serve"], env=environment, cwd=data_dir, stdout=files[0], stderr=files[1])
        service = Service(f"http://127.0.0.1:{port}", data_dir, process=process)
        try:
            deadline = time.monotonic() + 60
            while not is_ready(service.base_url):
                assert process.poll() is None and time.monotonic() < deadline, errors.read_text()
                time.sleep(0.1)
            yield Sinks(service, langsmith, otlp, output, errors, temporary)
        finally:
            stop_process(service, kill=process.poll() is None)


@pytest.mark.timeout(300)
def test_canaries_are_found_nowhere(data_dir: Path, tmp_path: Path) -> None:
    planted, person = canaries(), customers()[CUSTOMER]
    with talkative(data_dir, tmp_path) as sinks:
        sent, answers = plant_everywhere(sinks.service, planted)
        frames = plant_over_sockets(sinks.service, planted)
        talk_about(sinks.service, planted)
        talk_markets(sinks.service, planted)
        with Conversation(sinks.service, "websocket") as conversation:
            conversation.say(f"I am {person['name']} from {person['city']}, 4.5 lakh for 24 months for surgery")
            conversation.say(f"Write to {person['email']}, my Aadhaar is {person['aadhaar_like']}")
            converse(conversation, CUSTOMER, until="otp")
            code = conversation.code()
            last = converse(conversation, CUSTOMER)
        assert last["loan_application"]["status"] == "sanctioned"
        letter = last["loan_application"]["sanction_letter_url"].rpartition("/")[2]
        tokens = {value for client in sinks.service.clients for value in client.cookies.values()}
        sinks.langsmith.wait_for_roots(1)
        sinks.otlp.wait_for("turn", 10)
        time.sleep(1.5)  # the collectors' last batches
        assert sinks.service.process is not None
        limits = Path(f"/proc/{sinks.service.process.pid}/limits").read_text()
        found = sinks.found() | {"error answers": b"\n".join(answers)}
        assert stop_process(sinks.service) in {0, -signal.SIGTERM}  # uvicorn ends by the signal it was sent
        found |= {"log": sinks.output.read_bytes(), "standard error": sinks.errors.read_bytes()}
        dumps = [path for path in (*data_dir.rglob("core*"), *tmp_path.rglob("core*")) if path.is_file()]

    people = secrets_of(person) | {code, letter, "surgery"}
    assert tokens
    forbidden = {written for text in {*planted.values(), *people, *tokens} for written in (text, quote(text, safe=""))}
    # The digits of a fraction of a second may be anything.
    found = {name: re.sub(rb"\d\d:\d\d:\d\d\.\d+", b"", raw) for name, raw in found.items()}
    leaks = [(name, secret) for name, raw in found.items() for secret in forbidden if occurs(secret, raw)]
    print(
        f"{len(planted)} canaries and {len(people | tokens)} facts of a person in {sent} requests and {frames} frames;"
        f" looked for in {len(found)} sinks: {', '.join(f'{name} ({len(raw)} B)' for name, raw in found.items())};"
        f" found {len(leaks)}"
    )
    assert leaks == []
    assert found["standard error"] == b""
    assert dumps == []
    assert next(line for line in limits.splitlines() if line.startswith("Max core file size")).split()[4] == "0"
    lines = [json.loads(line) for line in found["log"].splitlines()]
    assert {"turn.finished", "request.finished", "service.ready"} <= {line["event"] for line in lines}
    assert not [line for line in lines if line["event"] == "event.unnamed"]
    for name in ("log", "metrics, text", "LangSmith", "OTLP", "file names", "Chroma", "processes", "error answers"):
        assert found[name], f"nothing to look at in: {name}"


def plant_everywhere(service: Service, planted: dict[str, str]) -> tuple[int, list[bytes]]:
    """Each canary in each place of the API; how many requests, and the answers of those that were refused."""
    http = service.client()
    openapi = http.get("/openapi.json").raise_for_status().json()
    ours = {at: http.post(at).json()["session_id"] for at in (GUY_SESSIONS, LOAN_SESSIONS)}
    sent, refused = 0, []
    for turn, text in enumerate(planted.values()):
        for request in requests(openapi, text, turn):
            at = LOAN_SESSIONS if request.path.startswith("/api/v1/") else GUY_SESSIONS
            if request.method == "DELETE":
                ours[at] = http.post(at).json()["session_id"]
            session_id = ours[at]
            options = dict(request.options)
            if "params" in options:
                options["params"] = {
                    name: session_id if value == "{session}" else value for name, value in options["params"].items()
                }
            http.cookies.clear()
            answer = http.request(request.method, request.path.replace("{session}", session_id), **options)
            sent += 1
            assert answer.status_code < 500 or answer.status_code == 503, (request.place, answer.status_code)
            if answer.status_code >= 300:
                refused.append(f"{answer.headers}".encode() + answer.content)
    return sent, refused


def plant_over_sockets(service: Service, planted: dict[str, str]) -> int:
    http = service.client()
    session_id = http.post("/api/v1/sessions").json()["session_id"]
    frames = 0
    for text in planted.values():
        for protocols in (["bearer", text], [text]):
            with (
                contextlib.suppress(WebSocketException, ValueError),
                connect(service.socket_url(session_id), subprotocols=protocols, proxy=None),  # type: ignore[arg-type]
            ):
                pass
        for headers in ({"Cookie": f"a={text}"}, {"Authorization": f"Bearer {text}"}, {"User-Agent": text}):
            address = f"{service.socket_url(session_id)}?a={text}"
            with (
                contextlib.suppress(WebSocketException),
                connect(address, additional_headers=headers, proxy=None),
            ):
                pass
        with contextlib.suppress(WebSocketException), connect(service.socket_url(text), proxy=None):
            pass
        with connect(service.socket_url(session_id), proxy=None) as opened:
            sent: list[str | bytes] = [
                text,
                text.encode(),
                json.dumps({"message": [text]}),
                json.dumps({"message": "Hi", "message_id": text}),
                json.dumps({"type": text}),
                json.dumps({text: text}),
                json.dumps({"message": text}),
                json.dumps({"type": "resume", "last_event_id": text}),
                f'{{"message": "{text}", "message": NaN}}',
            ]
            for frame in sent:
                opened.send(frame)
                frames += 1
            with contextlib.suppress(TimeoutError):
                while True:
                    heard = opened.recv(timeout=0.5)
                    assert json.loads(heard)["type"] != "error" or text not in str(heard)
            opened.close(1000, text[:100])
    return frames


def talk_about(service: Service, planted: dict[str, str]) -> None:
    """As people do: the canaries inside sentences, over every transport."""
    sentences = [
        f"Hi, I am {planted['name']} and I need 3 lakh for 24 months for a wedding",
        f"My PAN is {planted['pan']} and my Aadhaar {planted['aadhaar']}",
        f"Call me on {planted['phone']} or write to {planted['mail']}",
        f"I earn {planted['salary']} a month; my password is {planted['password']}",
    ]
    for transport in ("rest", "sse", "websocket"):
        with Conversation(service, transport) as conversation:  # type: ignore[arg-type]
            for sentence in sentences:
                conversation.say(sentence)


def talk_markets(service: Service, planted: dict[str, str]) -> None:
    """The same with the hedge fund guy: a whole lead over REST, and one over a socket that the person named."""
    sentences = [
        f"Hi, I am {planted['name']} and I like momentum",
        f"My PAN is {planted['pan']} and my Aadhaar {planted['aadhaar']}",
        f"Call me on {planted['phone']}, my email is {planted['mail']}",
        f"I earn {planted['salary']} rupees a month; my password is {planted['password']}",
    ]
    http = service.client()
    body = {"session_id": http.post(GUY_SESSIONS).json()["session_id"]}
    answers = [http.post("/api/chat", json=body | {"message": said}).raise_for_status().json() for said in sentences]
    assert answers[-1]["is_complete"]
    named = f"{planted['name']}-{planted['phone']}"
    with connect(f"ws://127.0.0.1:{service.port}/ws/{named}", proxy=None) as opened:
        opened.recv(timeout=30)
        for said in sentences:
            opened.send(json.dumps({"message": said}))
            answer = json.loads(opened.recv(timeout=30))
        assert answer["is_complete"]


def test_a_crash_dump_names_places_only(data_dir: Path, tmp_path: Path) -> None:
    """Killed in the middle of a talk, with Python's own fault handler on."""
    planted = canaries()
    with talkative(data_dir, tmp_path) as sinks:
        talk_about(sinks.service, planted)
        process = sinks.service.process
        assert process is not None
        process.send_signal(signal.SIGABRT)
        process.wait(30)
        left = sinks.errors.read_bytes() + sinks.output.read_bytes()
        assert b"Fatal Python error: Aborted" in left
        assert [text for text in planted.values() if occurs(text, left)] == []
        assert [path for path in (*data_dir.rglob("core*"), *tmp_path.rglob("core*")) if path.is_file()] == []
