"""One line an event, only listed keys, nothing that a person typed or a library said."""

import ast
import io
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.observing.current import REQUEST, TURN, CurrentTurn
from server.observing.line_writer import LineWriter
from server.observing.logs import EventHandler
from server.observing.session_hash import session_hash
from server.observing.vocabulary import EVENTS, KEYS, MOST_CHARACTERS, UNNAMED

ROOT = Path(__file__).parents[3]
FLOORS = ("server", "graph", "agents", "tools", "kb")
CANARY = "KANARI-7351"
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def dropped() -> list[int]:
    return []


@pytest.fixture
def handler(out: io.StringIO, dropped: list[int]) -> EventHandler:
    made = EventHandler(LineWriter(out), session_hash(b"a key for tests alone"))
    made.key_dropped = lambda: dropped.append(1)
    return made


def record(message: str, *args: object, name: str = "esoteric.tests", **extra: Any) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(name, logging.INFO, "/there/here.py", 7, message, args, None, None, extra)


def written(handler: EventHandler, out: io.StringIO, given: logging.LogRecord) -> dict[str, Any]:
    handler.handle(given)
    handler.flush()
    (line,) = out.getvalue().splitlines()
    out.seek(0)
    out.truncate()
    told: dict[str, Any] = json.loads(line)
    return told


def test_an_event_with_its_request_turn_and_session(handler: EventHandler, out: io.StringIO) -> None:
    request, turn = REQUEST.set("r1"), TURN.set(CurrentTurn("t1", "a session"))
    try:
        told = written(handler, out, record("turn.finished", outcome="done", ms=1.5, nodes=3))
    finally:
        REQUEST.reset(request)
        TURN.reset(turn)
    assert told.pop("timestamp").endswith("Z")
    session = told.pop("session")
    assert len(session) == 16 and int(session, 16) >= 0
    assert told == {
        "level": "info",
        "event": "turn.finished",
        "request_id": "r1",
        "turn_id": "t1",
        "outcome": "done",
        "ms": 1.5,
        "nodes": 3,
    }


def test_a_session_has_the_same_digits_under_one_key_and_others_under_another() -> None:
    first, second = session_hash(b"one key"), session_hash(b"another")
    assert first("abc") == first("abc") != first("abd")
    assert first("abc") != second("abc")
    assert first("\udc80")  # never raises


def test_a_session_id_is_never_written(handler: EventHandler, out: io.StringIO) -> None:
    told = written(handler, out, record("turn.finished", session_id=CANARY))
    assert set(told) == {"timestamp", "level", "event", "session"}
    assert CANARY not in json.dumps(told)


def test_other_keys_are_dropped_and_counted(handler: EventHandler, out: io.StringIO, dropped: list[int]) -> None:
    told = written(handler, out, record("turn.finished", pan=CANARY, path=CANARY, text=CANARY))
    assert CANARY not in json.dumps(told)
    assert len(dropped) == 3


@pytest.mark.parametrize("text", [CANARY, f"turn {CANARY}", "turn.unheard_of", "turn.finished\n"])
def test_a_text_that_is_no_event_is_not_written(handler: EventHandler, out: io.StringIO, text: str) -> None:
    told = written(handler, out, record(text))
    assert (told["event"], told["where"]) == (UNNAMED, "here:7")
    assert CANARY not in json.dumps(told)


def test_arguments_are_never_put_in(handler: EventHandler, out: io.StringIO) -> None:
    assert CANARY not in json.dumps(written(handler, out, record("turn.finished", CANARY)))
    assert CANARY not in json.dumps(written(handler, out, record("turn.finished %s", CANARY)))


@pytest.mark.parametrize(
    "hostile",
    [
        "a\nb", "a\r\nb", "a\x1b[31mb", "a\u2028b", "a\u2029b", "a\x85b", "a\x00b", "a\u202eb", "a\u2066b", "a\ud800b",
        "a\x0bb", "a\x0cb", "a\x9b31mb", "a\ufeffb", "x" * 100_000, "\n" * 100_000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("readable", [False, True])
def test_a_value_stays_on_its_line(out: io.StringIO, hostile: str, readable: bool) -> None:
    handler = EventHandler(LineWriter(out), session_hash(b"key"), readable=readable)
    handler.handle(record("turn.finished", outcome=hostile))
    handler.flush()
    raw = out.getvalue()
    assert raw.endswith("\n") and len(raw) < 3 * MOST_CHARACTERS
    (line,) = raw.removesuffix("\n").splitlines() if not readable else [raw.removesuffix("\n")]
    assert not any(sign in line for sign in "\n\r\x00\x0b\x0c\x85\u2028\u2029\u202e\u2066\ufeff\ud800\x9b")
    if not readable:
        assert json.loads(line)["outcome"].isprintable()
    else:
        assert "\x1b[31m" not in line.partition("outcome")[2].replace("\x1b[0m", "").replace("\x1b[35m", "")


@pytest.mark.parametrize("value", [{"pan": CANARY}, [CANARY], CANARY.encode(), ValueError(CANARY), Path(CANARY)])
def test_a_value_that_is_not_plain_is_named_by_its_kind(handler: EventHandler, out: io.StringIO, value: Any) -> None:
    told = written(handler, out, record("turn.finished", outcome=value))
    assert told["outcome"] == type(value).__name__


def test_an_exception_is_its_kind_and_places(handler: EventHandler, out: io.StringIO) -> None:
    try:
        int(CANARY)
    except ValueError as error:
        given = record("turn.broke")
        given.exc_info = (type(error), error, error.__traceback__)
        given.exc_text = f"formatted before: {error}"
    told = written(handler, out, given)
    assert told["kind"] == "ValueError" and "test_logs.py" in told["where"]
    assert CANARY not in json.dumps(told)


def test_of_a_library_nothing_is_told_but_its_name_and_place(handler: EventHandler, out: io.StringIO) -> None:
    given = record("POST %s", CANARY, name="httpx", body=CANARY)
    handler.handle(given)
    handler.flush()
    assert out.getvalue() == ""  # below a warning, whatever our level
    given.levelno, given.levelname = logging.WARNING, "WARNING"
    told = written(handler, out, given)
    del told["timestamp"]
    assert told == {"level": "warning", "event": "library.message", "logger": "httpx", "where": "here:7"}


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError(CANARY)

    __repr__ = __str__


def test_a_record_that_cannot_be_written_says_nothing(
    handler: EventHandler, out: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """Logging's own way is to print the record with its values to standard error."""
    handler.handle(record("turn.finished", outcome=Unprintable()))
    handler.flush()
    out.close()
    handler.handle(record("turn.finished", outcome=CANARY))
    handler.flush()
    assert capsys.readouterr() == ("", "")


PROCESS = """
import logging, sys, threading, warnings
from server.observing.logs import set_up_logs
set_up_logs("DEBUG", lambda session: "0" * 16)
import bm25s, httpx
for name in ("uvicorn.error", "uvicorn.access", "httpx", "bm25s", "aiosqlite", "websockets.server", "groq", "unheard"):
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logging.getLogger(name).log(level, "said %s", "KANARI-7351")
logging.getLogger("esoteric.tests").debug("node.finished", extra={"node": "sales"})
warnings.warn("KANARI-7351")
thread = threading.Thread(target=lambda: int("KANARI-7351"))
thread.start()
thread.join()

class Leaving:
    def __del__(self):
        raise ValueError("KANARI-7351")

Leaving()
raise RuntimeError("KANARI-7351")
"""


def test_a_process_at_debug_writes_no_word_of_others() -> None:
    done = subprocess.run([sys.executable, "-c", PROCESS], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr == ""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert CANARY not in done.stdout
    assert {line["event"] for line in lines} == {"library.message", "node.finished", "exception.uncaught"}
    assert {line["level"] for line in lines if line["event"] == "library.message"} == {"warning", "error"}
    kinds = [line["kind"] for line in lines if line["event"] == "exception.uncaught"]
    assert sorted(kinds) == ["RuntimeError", "ValueError", "ValueError"]


def log_calls() -> list[tuple[str, ast.Call]]:
    found = []
    for path in sorted(file for floor in FLOORS for file in (ROOT / floor).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
                owner = node.func.value
                named = isinstance(owner, ast.Name) and owner.id == "log"
                called = isinstance(owner, ast.Call) and ast.unparse(owner.func) == "logging.getLogger"
                if named or called:
                    found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node))
    return found


def test_every_line_we_log_is_an_event_with_listed_keys() -> None:
    calls = log_calls()
    assert {ast.literal_eval(call.args[0]) for _, call in calls} == EVENTS - {"library.message"}
    wrong = []
    for place, call in calls:
        (event,) = call.args if len(call.args) == 1 else (None,)
        if not isinstance(event, ast.Constant) or event.value not in EVENTS:
            wrong.append(f"{place}: not an event of the vocabulary")
        for keyword in call.keywords:
            if keyword.arg == "extra" and isinstance(keyword.value, ast.Dict):
                names = [key.value for key in keyword.value.keys if isinstance(key, ast.Constant)]
                wrong += [f"{place}: {name}" for name in names if name not in KEYS | {"session_id"}]
            elif keyword.arg != "extra":
                wrong.append(f"{place}: {keyword.arg}")
    assert wrong == []
