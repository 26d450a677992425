"""Limits with a clock that the test moves, and connections from any address."""

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import HTTPConnection

from server.limits.address import ClientAddresses, proxies_from
from server.limits.figures import FIGURES, Figures
from server.limits.limits import Limits
from server.limits.windows import LocalWindows, Windows

KEY = b"a key for tests alone, 32 bytes."


@dataclass
class ManualClock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Bench:
    """`refused` lists the names of the limits that sent somebody away."""

    clock: ManualClock = field(default_factory=ManualClock)
    refused: list[str] = field(default_factory=list)

    def limits(
        self,
        *,
        windows: Windows | None = None,
        figures: Figures = FIGURES,
        proxies: tuple[str, ...] = (),
        enabled: bool = True,
    ) -> Limits:
        return Limits(
            windows or LocalWindows(self.clock),
            KEY,
            ClientAddresses(proxies_from(proxies)),
            figures=figures,
            enabled=enabled,
            on_refused=self.refused.append,
            clock=self.clock,
        )


def connection_from(address: str | None, *headers: tuple[str, str]) -> HTTPConnection:
    return HTTPConnection(scope_from(address, *headers))


def scope_from(address: str | None, *headers: tuple[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "client": None if address is None else (address, 4711),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }
