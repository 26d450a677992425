"""The matrix: what breaks (row), how it is broken (injection), on which back end. A case is a function of a stage."""

import importlib
import inspect
import pkgutil
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from typing import Any, Literal

import pytest

import tests.faults
from tests.faults.stage import Ground, NotHere, Stage

Backend = Literal["sqlite", "postgres"]
BOTH: tuple[Backend, ...] = ("sqlite", "postgres")
SQLITE: tuple[Backend, ...] = ("sqlite",)
POSTGRES: tuple[Backend, ...] = ("postgres",)
_MARK = "__fault_cases__"


@dataclass(frozen=True, slots=True)
class Case:
    """`fast` ones are part of `make test`; all are part of `make faults`."""

    row: str
    injection: str
    backends: tuple[Backend, ...]
    run: Callable[[Stage], Any]
    fast: bool

    @property
    def name(self) -> str:
        return f"{self.row} / {self.injection}"


@dataclass(frozen=True, slots=True)
class Result:
    """`why` is empty for a case that held; `skipped` ones could not be tried here.

    `turn` is how many seconds its longest turn took, where it was listened to for that.
    """

    case: Case
    backend: Backend
    seconds: float
    why: str = ""
    skipped: bool = False
    turn: float | None = None

    @property
    def word(self) -> str:
        return "skipped" if self.skipped else "FAILED" if self.why else "ok"


Function = Callable[..., Any]


def case(
    *, row: str, injection: str, backends: Iterable[Backend] = BOTH, fast: bool = False
) -> Callable[[Function], Function]:
    """Enter a function of a stage, synchronous or not. It raises AssertionError where something does not hold."""

    def enter(function: Function) -> Function:
        _enter(function, Case(row, injection, tuple(backends), function, fast))
        return function

    return enter


def cases(
    *, row: str, injections: Mapping[str, Any], backends: Iterable[Backend] = BOTH, fast: Iterable[str] = ()
) -> Callable[[Function], Function]:
    """The same for a function of a stage and one of many injections. `fast` names those of `make test`."""
    quick = frozenset(fast)
    assert quick <= injections.keys(), "a fast injection that is none"

    def enter(function: Function) -> Function:
        for name, injected in injections.items():
            _enter(function, Case(row, name, tuple(backends), partial(_with, function, injected), name in quick))
        return function

    return enter


def _with(function: Function, injected: Any, stage: Stage) -> Any:
    return function(stage, injected)


def _enter(function: Function, entered: Case) -> None:
    function.__dict__.setdefault(_MARK, []).append(entered)


def all_cases() -> list[Case]:
    """Those of every module `tests.faults.rows_*`, in the order of the files."""
    found: list[Case] = []
    names = sorted(module.name for module in pkgutil.iter_modules(tests.faults.__path__))
    for name in names:
        if name.startswith("rows_"):
            module = importlib.import_module(f"tests.faults.{name}")
            for value in vars(module).values():
                if inspect.isfunction(value) and value.__module__ == module.__name__:
                    found += value.__dict__.get(_MARK, [])
    keys = [one.name for one in found]
    assert len(keys) == len(set(keys)), f"entered twice: {sorted({key for key in keys if keys.count(key) > 1})}"
    return found


def chosen(pattern: str = "*", *, fast_only: bool = False) -> list[Case]:
    """Cases whose row, or "row / injection", matches a shell pattern."""
    return [
        one
        for one in all_cases()
        if (one.fast or not fast_only) and (fnmatch(one.row, pattern) or fnmatch(one.name, pattern))
    ]


def perform(one: Case, backend: Backend, ground: Ground, *, seed: int = 2026) -> Result:
    """Run one case on one back end. Whatever it raises is its result."""
    started = time.monotonic()
    stage = Stage(ground, backend, seed)

    def result(why: str = "", *, skipped: bool = False) -> Result:
        return Result(one, backend, time.monotonic() - started, why, skipped, stage.longest_turn)

    try:
        with stage:
            stage.perform(one.run)
    except (NotHere, pytest.skip.Exception) as reason:
        return result(str(reason), skipped=True)
    except AssertionError as broken:
        return result(_words(broken))
    except Exception as error:  # noqa: BLE001  a case that breaks is a case that failed
        return result(_words(error))
    return result()


def _words(error: BaseException) -> str:
    where = [frame for frame in traceback.extract_tb(error.__traceback__) if "/tests/" in frame.filename]
    at = f" ({where[-1].filename.rpartition('/')[2]}:{where[-1].lineno})" if where else ""
    return " ".join(f"{type(error).__name__}: {error}".split())[:600] + at
