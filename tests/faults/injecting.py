"""Faults put into the composed parts from outside: crashes before and after a call, errors, timeouts, and work that was
done though its caller hears of a failure. The product's classes are wrapped; nothing in the product knows of it.
"""

import asyncio
import contextlib
import importlib
import json
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from typing import Any, Literal

When = Literal["before", "after"]
Kind = Literal["exit", "crash", "error", "timeout", "did_it", "stall"]
KILLED = 137
Method = Callable[..., Awaitable[Any]]

# Where the points are: module, class, method. One that is not there stops the start of a wrapped service.
POINTS: dict[str, tuple[str, str, str]] = {
    "turns.accept": ("server.store.turns", "Turns", "accept"),
    "turns.finish": ("server.store.turns", "Turns", "finish"),
    "leases.take": ("server.store.leases", "Leases", "take"),
    "leases.left": ("server.store.leases", "Leases", "left"),
    "effects.once": ("server.store.effects", "SqlEffects", "once"),
    "history.record": ("server.store.ledgers", "SqlHistory", "record"),
    "history.grant": ("server.store.ledgers", "SqlHistory", "grant_on_otp"),
    "papers.key_facts": ("server.store.ledgers", "SqlPapers", "keep_key_facts"),
    "papers.letter": ("server.store.ledgers", "SqlPapers", "keep_letter"),
    "uploads.keep": ("server.store.ledgers", "Uploads", "keep"),
    "feedback.keep": ("server.store.feedback", "Feedback", "keep"),
    "model_calls.asked": ("server.store.model_calls", "ModelCalls", "asked"),
    "model_calls.answered": ("server.store.model_calls", "ModelCalls", "answered"),
    "attempts.note": ("server.store.attempts", "SqlAttempts", "note"),
    "acts.record": ("server.store.acts", "ActsWriter", "record"),
    "saver.put": ("server.store.checkpoints", "TurnSaver", "aput"),
    "saver.get": ("server.store.checkpoints", "TurnSaver", "aget_tuple"),
    "register.find": ("tools.providers.simulated", "SimulatedProviders", "find"),
    "records.record": ("tools.providers.simulated", "SimulatedProviders", "record"),
    "offers.offer": ("tools.providers.simulated", "SimulatedProviders", "offer"),
    "bureau.pull": ("tools.providers.simulated", "SimulatedProviders", "pull"),
    "http_bureau.pull": ("tools.providers.http_bureau", "HttpBureau", "pull"),
    "screening.is_listed": ("tools.providers.simulated", "SimulatedProviders", "is_listed"),
    "outbox.claim": ("server.store.outbox", "Outbox", "claim"),
    "outbox.sent": ("server.store.outbox", "Outbox", "sent"),
    "carrier.send": ("tools.mail", "OutboxCarrier", "send"),
    "smtp.send": ("tools.smtp", "SmtpCarrier", "send"),
    "database.run": ("server.store.database", "Database", "run"),
}


_deciding: "ContextVar[Injector | None]" = ContextVar("deciding", default=None)


class Crash(BaseException):
    """The process ends here: nothing after it may run, and nobody catches it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at a point (or a pattern of points): at its `nth` call, or at a `rate` of them.

    `exit` ends the process at once, `crash` does so within a test's own process. `error` and `timeout` do nothing and
    fail as the part does when it is down; `did_it` does the work and then fails; `stall` waits `seconds` first.
    """

    point: str
    kind: Kind
    when: When = "before"
    nth: int | None = None
    rate: float = 1.0
    seconds: float = 0.05


class Injector:
    """Decides at every call of a wrapped method. `calls` counts them, `hits` the faults; `dead` once it has crashed."""

    def __init__(self, faults: Sequence[Fault] = (), seed: int = 2026) -> None:
        self.faults = list(faults)
        self.calls: Counter[str] = Counter()
        self.hits: Counter[str] = Counter()
        self.dead = False
        self.crashed = asyncio.Event()
        self._random = random.Random(seed)

    async def call(self, point: str, method: Method, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if self.dead:
            raise Crash
        self.calls[point] += 1
        fault = self._fault_at(point, self.calls[point])
        if fault is None:
            return await self._alive(await method(*arguments, **named))
        self.hits[f"{point}:{fault.kind}"] += 1
        return await self._faulty(fault, point, method, arguments, named)

    async def _faulty(
        self, fault: Fault, point: str, method: Method, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> Any:
        match fault.kind:
            case "exit" | "crash":
                if fault.when == "after":
                    await method(*arguments, **named)
                self._end(fault.kind)
            case "did_it":
                await method(*arguments, **named)
                raise failure_of(point)
            case "timeout":
                await asyncio.sleep(fault.seconds)
                raise failure_of(point)
            case "error":
                raise failure_of(point)
            case "stall":
                await asyncio.sleep(fault.seconds)
        return await method(*arguments, **named)

    async def _alive(self, result: Any) -> Any:
        if self.dead:  # crashed elsewhere while this was done
            raise Crash
        return result

    def _end(self, kind: Kind) -> None:
        if kind == "exit":
            os._exit(KILLED)
        self.dead = True
        self.crashed.set()
        raise Crash

    def _fault_at(self, point: str, call: int) -> Fault | None:
        for fault in self.faults:
            if not fnmatch(point, fault.point):
                continue
            if fault.nth is not None:
                if fault.nth == call:
                    return fault
            elif fault.rate >= 1 or self._random.random() < fault.rate:
                return fault
        return None


def failure_of(point: str) -> Exception:
    """What the part raises when it is away."""
    from server.store.database import StorageUnavailable
    from tools.mail import MailError
    from tools.providers.protocols import ProviderUnavailable

    part = point.partition(".")[0]
    if part in {"register", "records", "offers", "bureau", "http_bureau", "screening"}:
        return ProviderUnavailable(part.removeprefix("http_"))
    if part in {"carrier", "smtp"}:
        return MailError("put out of order by a test", retryable=True)
    return StorageUnavailable("OperationalError")


@contextlib.contextmanager
def injected(injector: Injector, points: Sequence[str] | None = None) -> Iterator[Injector]:
    """Wrap the points, all by default, and have `injector` decide, until the end of the block."""
    with wrapped(points):
        token = _deciding.set(injector)
        try:
            yield injector
        finally:
            _deciding.reset(token)


@contextlib.contextmanager
def wrapped(points: Sequence[str] | None = None) -> Iterator[None]:
    """Wrap the points: `decides` then says who decides, for each task and what it starts."""
    with contextlib.ExitStack() as undo:
        for name in points or POINTS:
            undo.callback(_wrap(name))
        yield


def decides(injector: Injector | None) -> None:
    """From now on in this task, and in every task it starts."""
    _deciding.set(injector)


def _wrap(name: str) -> Callable[[], None]:
    module, class_name, method_name = POINTS[name]
    owner = getattr(importlib.import_module(module), class_name)
    own = vars(owner).get(method_name)
    method = getattr(owner, method_name)

    async def call(*arguments: Any, **named: Any) -> Any:
        injector = _deciding.get()
        if injector is None:
            return await method(*arguments, **named)
        return await injector.call(name, method, arguments, named)

    setattr(owner, method_name, call)

    def undo() -> None:
        if own is None:
            delattr(owner, method_name)
        else:
            setattr(owner, method_name, own)

    return undo


def as_environment(faults: Sequence[Fault], seed: int = 2026) -> dict[str, str]:
    """For a wrapped replica."""
    return {"FAULTS": json.dumps([asdict(fault) for fault in faults]), "FAULTS_SEED": str(seed)}


def from_environment() -> Injector:
    faults = [Fault(**fault) for fault in json.loads(os.environ.get("FAULTS", "[]"))]
    return Injector(faults, int(os.environ.get("FAULTS_SEED", "2026")))
