"""Bodies that are too long, too deep or no text, and files that are no slip: refused, and nothing is left of them."""

import json
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.contract.test_problems import BAD_BODIES, CANARY
from tests.driver import Conversation, converse, slip_of
from tests.faults.matrix import cases
from tests.faults.outside import check_answered, check_refused, count, hear
from tests.faults.stage import Stage
from tests.hostile_corpus import REFUSED
from tests.server.test_uploads_hostile import children

JSON = {"Content-Type": "application/json"}
KEPT = ("sessions", "turns", "messages", "documents")
BODIES = {name: raw for name, raw, _ in BAD_BODIES}
NO_TEXT = "binary|latin-1|utf-16|raw surrogate|lone surrogate|NUL|escape|cut off|nothing|null|a list|a key twice"
OUT_OF_MEASURE = "NaN|Infinity|a float without end|a long number|number as message|deep|too long"


def of(names: str) -> dict[str, bytes]:
    return {name: BODIES[name] for name in names.split("|")}


def rows(stage: Stage) -> list[int]:
    return [int(stage.rows(f"SELECT count(*) FROM {table}")[0][0]) for table in KEPT]  # noqa: S608  our tables


def check_nothing_left(stage: Stage, talk: Conversation, before: list[int]) -> None:
    """Not a row, and the conversation goes on."""
    assert rows(stage) == before
    assert check_answered(hear(talk, "24 months"))["loan_application"]["loan_term_months"] == 24
    assert count(stage, "turns", talk.session_id) == 2


@cases(row="a body that is no text", injections=of(NO_TEXT), fast=["binary"])
@cases(row="a body out of measure", injections=of(OUT_OF_MEASURE), fast=["NaN"])
def bad_body(stage: Stage, raw: bytes) -> None:
    """Over REST, SSE and WebSocket: a problem or an error frame that repeats nothing of it."""
    with Conversation(stage.thread()) as talk:
        hear(talk, "I need 3 lakh")
        before = rows(stage)
        for path in ("/api/v1/chat", "/api/v1/chat/stream"):
            answer = talk.http.post(path, content=raw, headers=JSON)
            check_refused(answer, 422)
            assert CANARY not in answer.text
        with connect(talk.service.socket_url(talk.session_id), compression=None, proxy=None) as line:
            line.send(raw)
            told = line.recv(timeout=30)
            frame = json.loads(told)
            assert (
                frame["type"] == "error"
                and frame["code"] in {"invalid_input", "invalid_json"}
                and CANARY not in str(told)
            )
        check_nothing_left(stage, talk, before)


def whole(stage: Stage, talk: Conversation) -> None:
    raw = b'{"message": "' + b"KANARI-7351 " * 9000 + b'"}'
    for path in ("/api/v1/chat", "/api/v1/chat/stream"):
        check_refused(talk.http.post(path, content=raw, headers=JSON), 413)


def in_chunks(stage: Stage, talk: Conversation) -> None:
    raw = [b'{"message": "', *[b"KANARI-7351 " * 1000] * 9, b'"}']
    for path in ("/api/v1/chat", "/api/v1/chat/stream"):
        check_refused(talk.http.post(path, content=iter(raw), headers=JSON), 413)


def over_a_socket(stage: Stage, talk: Conversation) -> None:
    with connect(talk.service.socket_url(talk.session_id), compression=None, proxy=None) as line:
        try:
            line.send('{"message": "' + "KANARI-7351 " * 9000 + '"}')
            line.recv(timeout=30)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None and closed.rcvd.code == 1009
        else:
            raise AssertionError("taken")


LARGE: dict[str, Callable[[Stage, Conversation], None]] = {
    "whole": whole,
    "in chunks": in_chunks,
    "over a socket": over_a_socket,
}


@cases(row="a body of 100 KB", injections=LARGE)
def large_body(stage: Stage, send: Callable[[Stage, Conversation], None]) -> None:
    with Conversation(stage.thread()) as talk:
        hear(talk, "I need 3 lakh")
        before = rows(stage)
        send(stage, talk)
        check_nothing_left(stage, talk, before)


FILES = (
    "eicar|program|encrypted|script at opening|pdf then zip|png then zip|embedded file|flate bomb|busy page"
    "|ten thousand pages|over five megabytes|png as large as can be|zeros"
)


def kept_files(stage: Stage) -> set[Path]:
    """But for messages, which leave behind the reply that announces them."""
    return {path for path in stage.folder.rglob("*") if path.is_file() and path.suffix != ".eml"}


@cases(row="a bad upload", injections={name: REFUSED[name] for name in FILES.split("|")}, fast=["flate bomb"])
def bad_upload(stage: Stage, file: tuple[Callable[[], bytes], int]) -> None:
    """Refused with a reason; its reader is gone, nothing is written anywhere, and a good file is taken after it."""
    make, status = file
    folder = stage.home / "temporary"
    folder.mkdir()
    before_it, tempfile.tempdir = tempfile.tempdir, str(folder)
    stage.later(lambda: setattr(tempfile, "tempdir", before_it))
    with Conversation(stage.thread()) as talk:
        converse(talk, "C02", until="salary_slip")
        before, session = rows(stage), talk.session()
        files = kept_files(stage)
        check_refused(talk.upload(make()), status)
        assert children() == [] and list(folder.iterdir()) == []
        assert rows(stage) == before and talk.session() == session
        assert kept_files(stage) - files == set()
        assert talk.upload(slip_of("C02")).status_code == 201
        assert talk.session()["awaiting"] == ["slip_confirmation"]


@cases(row="a session that does not exist", injections={"of nobody": str(uuid.uuid4()), "no id at all": "../../x"})
def unknown_session(stage: Stage, session_id: str) -> None:
    with Conversation(stage.thread()) as talk:
        hear(talk, "I need 3 lakh")
        before = rows(stage)
        body = {"message": "Hi", "session_id": session_id}
        for path in ("/api/v1/chat", "/api/v1/chat/stream"):
            assert check_refused(talk.http.post(path, json=body), 404)["code"] == "unknown_session"
        check_nothing_left(stage, talk, before)
