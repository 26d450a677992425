"""The process itself: settings that cannot work, a tracer that hangs, and its end with streams open."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.answering import refusing, silent
from tests.driver import Conversation, Json, answer_next, converse
from tests.faults.matrix import SQLITE, cases
from tests.faults.outside import LONGEST_TURN, check_answered, count, hear, turns
from tests.faults.processes import Replica
from tests.faults.stage import Stage
from tests.providers_misbehaving import WAYS
from tests.server.observing.test_tracing import stalling
from tests.service import COMMAND, clean_environment
from tests.tools.providers.asking import TOKEN

CANARY = "KANARI-7351"
STRONG = "b7e1c0f4a96d4d2f8c3e5a7190bd64f2a1c8"
MANAGERS_PATIENCE = 30.0  # seconds between SIGTERM and SIGKILL
TRACER_EXIT = 12.0  # seconds, of a whole process on a busy machine

# Settings that cannot work


@dataclass
class Wrong:
    """The environment, and the setting that the one line names."""

    environment: dict[str, str]
    named: str


PRODUCTION = {"ENVIRONMENT": "production", "SECRET_KEY": STRONG}
SETTINGS = {
    "no secret in production": Wrong({"ENVIRONMENT": "production"}, "SECRET_KEY"),
    "a weak secret in production": Wrong({"ENVIRONMENT": "production", "SECRET_KEY": "secret"}, "SECRET_KEY"),
    "open doors in production": Wrong(PRODUCTION | {"AUTH_REQUIRED": "false"}, "AUTH_REQUIRED"),
    "every origin": Wrong({"ALLOWED_ORIGINS": '["*"]'}, "ALLOWED_ORIGINS"),
    "a port that is none": Wrong({"PORT": CANARY}, "PORT"),
    "a date that is none": Wrong({"POLICY_AS_OF": "2026-02-30"}, "POLICY_AS_OF"),
    "a database of another kind": Wrong({"DATABASE_URL": f"mysql://u:{CANARY}@h/loans"}, "DATABASE_URL"),
    "a mail server that is none": Wrong({"SMTP_URL": f"http://u:{CANARY}@h"}, "SMTP_URL"),
    "a mail server's port that is none": Wrong({"SMTP_URL": f"smtp://u:p@h:{CANARY}"}, "SMTP_URL"),
    "a Chroma that is none": Wrong({"CHROMA_URL": CANARY}, "CHROMA_URL"),
    "a model that is nowhere": Wrong({"GROQ_API_KEY": "none", "GROQ_API_BASE": CANARY}, "GROQ_API_BASE"),
    "a Redis that is none": Wrong({"REDIS_URL": f"http://u:{CANARY}@h"}, "REDIS_URL"),
    "a bureau without TLS": Wrong({"BUREAU_URL": f"http://bureau.example.com/{CANARY}"}, "BUREAU_URL"),
    "customers that are not there": Wrong({"CUSTOMERS_FILE": f"/nowhere/{CANARY}.json"}, "CUSTOMERS_FILE"),
    "tracing without a key": Wrong({"LANGSMITH_TRACING": "true"}, "LANGSMITH_API_KEY"),
    "letters without their key": Wrong({"LETTER_SIGNING_FILE": "/nowhere/letters.p12"}, "LETTER_SIGNING_FILE"),
}


@cases(row="a setting that cannot work", injections=SETTINGS, backends=SQLITE)
def refused_start(stage: Stage, wrong: Wrong) -> None:
    """One line that names it, no traceback, nothing repeated; and not a row is written."""
    done = subprocess.run(
        [COMMAND, "serve"],
        env=clean_environment(stage.folder) | {"PORT": str(stage.dead_port())} | wrong.environment,
        cwd=stage.folder,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"{wrong.named}: ") and done.stderr.count("\n") == 1, done.stderr
    assert CANARY not in done.stderr + done.stdout and "Traceback" not in done.stderr + done.stdout


def revoked_token(stage: Stage) -> None:
    """A provider that knows us no more: nobody is decided on, and the customer is told to come again."""
    providers = stage.providers()
    urls = dict.fromkeys(("register_url", "bureau_url", "screening_url"), providers.url)
    with Conversation(stage.thread(providers_token=TOKEN, **urls)) as talk:
        converse(talk, "C01", until="otp")
        providers.where, providers.way = "/inquiries", next(way for way in WAYS if way.name == "401")
        told = hear(talk, talk.code())
        assert check_answered(told)["loan_application"]["status"] == "credit_check_pending"
        assert count(stage, "decisions", talk.session_id) == 0 and providers.pulls == []
        assert talk.http.get("/ready").status_code == 200


def no_key_of_a_model(stage: Stage) -> None:
    """Nothing that is needed: the embedded default talks."""
    with Conversation(stage.thread()) as talk:
        converse(talk, "C01")
        assert talk.session()["loan_application"]["status"] == "sanctioned"
        assert talk.http.get("/ready").status_code == 200


@cases(
    row="a key that is missing or revoked",
    injections={"a provider's, revoked": revoked_token, "the model's, missing": no_key_of_a_model},
)
def keys(stage: Stage, act: Callable[[Stage], None]) -> None:
    act(stage)


# Tracing


ENDPOINTS = {"refuses": refusing, "is silent": silent, "takes traces and never answers": stalling}


@cases(row="LangSmith is out of order", injections=ENDPOINTS, backends=SQLITE)
def tracer(stage: Stage, endpoint: Callable[[], AbstractContextManager[str]]) -> None:
    """No customer notices, and the end of the process does not wait for it."""
    with endpoint() as url:
        replica = stage.replica(LANGSMITH_TRACING="true", LANGSMITH_API_KEY="lsv2_pt_none", LANGSMITH_ENDPOINT=url)
        with Conversation(replica.service) as talk:
            talk.say("Hi")
            while talk.awaiting:
                started = time.monotonic()
                answer_next(talk, "C01")
                assert time.monotonic() - started < LONGEST_TURN
            assert talk.session()["loan_application"]["status"] == "sanctioned"
        assert replica.terminate() < TRACER_EXIT
        assert set(turns(stage, talk.session_id)) == {"done"}


# The end, with streams open


@dataclass
class Listener:
    """Holds a stream open to its end; what it was told last."""

    replica: Replica
    session_id: str
    last: Json = field(default_factory=dict)
    closed: int | None = None

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        raise NotImplementedError


class OverSocket(Listener):
    def listen(self) -> None:
        with connect(self.replica.service.socket_url(self.session_id), compression=None, proxy=None) as line:
            try:
                while True:
                    self.last = json.loads(line.recv())
            except ConnectionClosed as closed:
                self.closed = closed.rcvd.code if closed.rcvd else None


class OverSse(Listener):
    def listen(self) -> None:
        path = f"{self.replica.base_url}/api/v1/sessions/{self.session_id}/events"
        with (
            httpx.Client(timeout=60, trust_env=False) as http,
            http.stream("GET", path, headers={"Last-Event-ID": "0"}) as response,
        ):
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if name == "data":
                    self.last = json.loads(value)
        self.closed = 0


ENDS: dict[str, type[Listener]] = {"sockets": OverSocket, "event streams": OverSse}


@cases(row="SIGTERM with streams open", injections=ENDS)
def ends_with_streams(stage: Stage, kind: type[Listener]) -> None:
    """Everybody is told to come back, the process is gone in time, and the conversation goes on at the next start."""
    replica = stage.replica()
    with Conversation(replica.service) as talk:
        converse(talk, "C01", until="offer_decision")
        said = talk.transcript()
        listeners = [kind(replica, talk.session_id) for _ in range(15)]
        time.sleep(1)
        assert replica.terminate() < MANAGERS_PATIENCE
        for listener in listeners:
            listener.thread.join(30)
            assert listener.last.get("code") == "server_draining" and listener.last["retry_after"] >= 1, listener.last
            assert listener.closed == (1012 if kind is OverSocket else 0)
        assert set(turns(stage, talk.session_id)) == {"done"}
    replica.start()
    with Conversation(replica.service, session_id=talk.session_id) as again:
        assert again.transcript() == said
        converse(again, "C01")
        assert again.session()["loan_application"]["status"] == "sanctioned"
    assert replica.process is not None and replica.alive


@cases(row="SIGTERM in mid-turn", injections={"the bureau answers in time": 2.0, "the bureau never answers": None})
def ends_in_a_turn(stage: Stage, answers_after: float | None) -> None:
    """The turn ends, or is run again at the next start: one answer, one pull either way."""
    providers = stage.providers()
    urls = dict.fromkeys(("REGISTER_URL", "BUREAU_URL", "SCREENING_URL"), providers.url)
    replica = stage.replica(**urls, PROVIDERS_TOKEN=TOKEN)
    with Conversation(replica.service) as talk:
        converse(talk, "C01", until="otp")
        code = talk.code()
        providers.where = "/inquiries"
        providers.way = next(way for way in WAYS if way.name == "does it and says nothing")
        heard: list[httpx.Response | Exception] = []
        body = {"message": code, "message_id": "code", "session_id": talk.session_id}

        def send() -> None:
            try:
                with httpx.Client(base_url=replica.base_url, timeout=60, trust_env=False) as http:
                    heard.append(http.post("/api/v1/chat", json=body))
            except httpx.HTTPError as error:
                heard.append(error)

        sender = threading.Thread(target=send)
        sender.start()
        deadline = time.monotonic() + 30
        while not providers.pulls:
            assert time.monotonic() < deadline, "the bureau is not asked"
            time.sleep(0.02)
        if answers_after is not None:
            providers.behave()
        replica.signal(signal.SIGTERM)
        started = time.monotonic()
        replica.wait_ended()
        assert time.monotonic() - started < MANAGERS_PATIENCE
        sender.join(30)
    providers.behave()
    replica.start()
    with Conversation(replica.service, session_id=talk.session_id) as again:
        answer = again.say(code, message_id="code")
        first = heard[0]
        if isinstance(first, httpx.Response) and first.status_code == 200:
            assert first.json()["message"] == answer["message"], "a retry was told something else"
        deadline = time.monotonic() + 60
        while again.session()["loan_application"]["status"] == "credit_check_pending":
            assert time.monotonic() < deadline, "the report is never fetched"
            again.say("and now?")
            time.sleep(0.5)
        converse(again, "C01")
        assert again.session()["loan_application"]["status"] == "sanctioned"
    assert len(providers.pulls) == 1
    assert count(stage, "letters", talk.session_id) == 1
    assert set(turns(stage, talk.session_id)) == {"done"}
