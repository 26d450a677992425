"""The log: one JSON object a line on standard output, every key of it on a list, every value bounded and on one line.

Our own modules log events by `logging`: `log.info("turn.finished", extra={"outcome": "done"})`. Whatever other
libraries say goes the same way, but their words are not trusted with what customers type: of them only the logger, the
level and the place remain, and nothing below a warning is heard. What uvicorn warns of, a broken request, anybody can
send a thousand times: a few lines a minute tell of it, with the number of those left out.
"""

import logging
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import structlog
from pydantic_core import to_json
from structlog.typing import EventDict

from server.faults import fault
from server.observing.current import REQUEST, TURN
from server.observing.line_writer import LineWriter
from server.observing.ration import Ration
from server.observing.vocabulary import EVENTS, KEYS, MOST_OF_A_PLACE, UNNAMED, safe_value

OURS = "esoteric"
# Their own levels are lower, or they print by handlers of their own.
LOUD = ("aiosqlite", "alembic", "chromadb", "groq", "httpcore", "httpx", "sse_starlette", "uvicorn", "websockets")
SILENT = ("bm25s",)
OF_STRANGERS = "uvicorn.error"  # whose warnings are about what clients send; its errors are about us

_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "taskName"}
SessionHash = Callable[[str], str]


class EventHandler(logging.Handler):
    """Hands events to a writer. `key_dropped` is called for every key that is not on the list."""

    def __init__(self, writer: LineWriter, session_hash: SessionHash, *, readable: bool = False) -> None:
        super().__init__()
        self.writer = writer
        self._session_hash = session_hash
        self._broken_requests = Ration()
        self.key_dropped: Callable[[], None] = lambda: None
        # structlog's own formatter for such records copies each of them, which costs as much as all the rest.
        render = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(_json)
        self._render: Callable[..., Any] = render

    def filter(self, record: logging.LogRecord) -> bool:
        return is_ours(record) or record.levelno >= logging.WARNING

    def emit(self, record: logging.LogRecord) -> None:
        try:
            told: EventDict = {}
            if record.name == OF_STRANGERS and record.levelno == logging.WARNING:
                left_out = self._broken_requests.take(record.created)
                if left_out is None:
                    return
                told["left_out"] = left_out
            event = {**self._event(record), **told}
            line = f"{self._render(None, record.levelname, event)}\n"
            self.writer.write(line, hurry=record.levelno >= logging.ERROR)
        except Exception:  # noqa: BLE001, S110  logging's own answer is to print the record with all its values
            pass

    def flush(self) -> None:
        self.writer.flush()

    def _event(self, record: logging.LogRecord) -> EventDict:
        """What may be told of a record."""
        event: EventDict = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname.lower(),
            **(self._own(record) if is_ours(record) else _library(record)),
        }
        if record.exc_info and record.exc_info[1] is not None:
            event.update({name: safe_value(text, MOST_OF_A_PLACE) for name, text in fault(record.exc_info[1]).items()})
        return event

    def _own(self, record: logging.LogRecord) -> EventDict:
        event: EventDict = {"event": record.msg if isinstance(record.msg, str) and record.msg in EVENTS else UNNAMED}
        if request_id := REQUEST.get():
            event["request_id"] = request_id
        if turn := TURN.get():
            event["turn_id"] = turn.turn_id
            event["session"] = self._session_hash(turn.session_id)
        for name, value in record.__dict__.items():
            if name in _STANDARD:
                continue
            if name == "session_id":
                event["session"] = self._session_hash(str(value))
            elif name in KEYS:
                event[name] = safe_value(value, MOST_OF_A_PLACE) if name == "where" else safe_value(value)
            else:
                self.key_dropped()
        if event["event"] == UNNAMED:
            event["where"] = f"{record.module}:{record.lineno}"
        return event


def is_ours(record: logging.LogRecord) -> bool:
    return record.name == OURS or record.name.startswith("esoteric.")


def set_up_logs(
    level: str, session_hash: SessionHash, *, stream: TextIO | None = None, readable: bool = False
) -> EventHandler:
    """Take over the logging of this process: its handlers, its warnings and what it prints of uncaught exceptions."""
    handler = EventHandler(LineWriter(stream or sys.stdout), session_hash, readable=readable)
    root = logging.getLogger()
    for other in list(root.handlers):
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)
    hush_libraries()
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda hook: _uncaught(hook.exc_type, hook.exc_value, hook.exc_traceback)
    sys.unraisablehook = lambda hook: _uncaught(hook.exc_type, hook.exc_value, hook.exc_traceback)
    return handler


def hush_libraries() -> None:
    """Nothing below a warning from anybody else, and by no other way than ours."""
    for name, logger in list(logging.Logger.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and not name.startswith(OURS):
            logger.handlers.clear()
            logger.propagate = True
            if logger.level:
                logger.setLevel(max(logger.level, logging.WARNING))
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).disabled = True


def count_dropped(key: Callable[[], None], line: Callable[[], None]) -> None:
    """Where our log is set up, call these for what it drops. Libraries imported since then are hushed as well."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, EventHandler):
            handler.key_dropped, handler.writer.line_dropped = key, line
            hush_libraries()


def _library(record: logging.LogRecord) -> EventDict:
    where = f"{record.module}:{record.lineno}"
    return {"event": "library.message", "logger": safe_value(record.name), "where": safe_value(where)}


def _uncaught(kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None, /) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    told = fault(error) if error is not None else {"kind": kind.__name__}
    logging.getLogger("esoteric.process").error("exception.uncaught", extra=told)


def _json(event: EventDict, **_: Any) -> str:
    return to_json(event).decode()
