"""Another clock for this process: the time of day is moved, what durations are measured by is not."""

import datetime
import sys
import time
from collections.abc import Callable
from typing import Any

MOVED = ("server", "agents", "graph", "tools", "kb", "langgraph", "time")


def shift_clock(seconds: float) -> Callable[[], None]:
    """Move the time of day by so many seconds, for modules that look it up from now on; call the result to undo it.

    `datetime.datetime` is a type that others may have imported by name: it is replaced where it stands in a module.
    """
    time_of_day, nanoseconds, real = time.time, time.time_ns, datetime.datetime
    offset = datetime.timedelta(seconds=seconds)

    class Type(type):
        """Every time is one of these, those of the real type too."""

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real)

    class Shifted(real, metaclass=Type):  # type: ignore[valid-type, misc]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real.now(tz) + offset

        @classmethod
        def utcnow(cls) -> Any:
            return real.now(datetime.UTC).replace(tzinfo=None) + offset

    def shifted_time() -> float:
        return time_of_day() + seconds

    def shifted_nanoseconds() -> int:
        return nanoseconds() + int(seconds * 1e9)

    moved: dict[int, Any] = {id(real): Shifted, id(time_of_day): shifted_time, id(nanoseconds): shifted_nanoseconds}
    undo: list[Callable[[], None]] = []
    for module in list(sys.modules.values()):
        name = getattr(module, "__name__", "")
        if not name.startswith(MOVED):
            continue
        for key, value in list(vars(module).items()):
            if id(value) in moved:
                setattr(module, key, moved[id(value)])
                undo.append(lambda module=module, key=key, value=value: setattr(module, key, value))  # type: ignore[misc]

    def put_back() -> None:
        for act in undo:
            act()

    return put_back
