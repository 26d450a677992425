"""How much this process takes on at once, whoever asks."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator

from starlette.types import ASGIApp, Receive, Scope, Send

from server.limits.figures import Figures
from server.limits.refusals import Busy, TooManySockets
from server.problems import document

ALWAYS_ANSWERED = frozenset({"/health", "/ready", "/metrics"})

OnRefused = Callable[[str], None]


class Capacity:
    """Counts what is under way: requests, turns, sockets. `on_refused` hears the name of what was full."""

    def __init__(self, figures: Figures, on_refused: OnRefused) -> None:
        self._figures = figures
        self._on_refused = on_refused
        self._by_address: Counter[str] = Counter()
        self.requests = 0
        self.sockets = 0
        self.turns_entering = 0

    def room(self, under_way: int) -> None:
        """Raises Busy when no turn would be taken on now."""
        if under_way + self.turns_entering >= self._figures.turns:
            raise self._full("turns")

    @contextlib.contextmanager
    def turn(self, under_way: int) -> Iterator[None]:
        """Around the acceptance of a message, with the number of turns accepted and not over. Raises Busy."""
        self.room(under_way)
        self.turns_entering += 1
        try:
            yield
        finally:
            self.turns_entering -= 1

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """Raises Busy."""
        if self.requests >= self._figures.requests:
            raise self._full("requests")
        self.requests += 1
        try:
            yield
        finally:
            self.requests -= 1

    @contextlib.contextmanager
    def socket(self, address: str | None) -> Iterator[None]:
        """Around a connection's life; without an address, only the process's own bound counts.

        Raises Busy, TooManySockets.
        """
        if self.sockets >= self._figures.sockets:
            raise self._full("sockets")
        if address is not None and self._by_address[address] >= self._figures.sockets_per_address:
            self._on_refused("sockets_per_address")
            raise TooManySockets
        self.sockets += 1
        if address is not None:
            self._by_address[address] += 1
        try:
            yield
        finally:
            self.sockets -= 1
            if address is not None:
                self._by_address[address] -= 1
                if not self._by_address[address]:
                    del self._by_address[address]

    def _full(self, name: str) -> Busy:
        self._on_refused(name)
        return Busy(self._figures.busy_seconds)


class RequestLimit:
    """Turns requests away beyond the bound, but for those that ask how the service is. The app's house counts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED:
            await self._app(scope, receive, send)
            return
        try:
            with scope["app"].state.house.limits.capacity.request():
                await self._app(scope, receive, send)
        except Busy as busy:  # raised before anything was sent: within, problems are answered
            await document(busy)(scope, receive, send)
