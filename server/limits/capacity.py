"""How much this process takes on at once."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator

from server.limits.figures import Figures
from server.limits.refusals import Busy, TooManyAtOnce

OnRefused = Callable[[str], None]  # hears the name of what was full


class Places:
    """A bounded number of places, and of those a bounded number for one address."""

    def __init__(self, name: str, most: int, most_of_one: int, on_refused: OnRefused, busy_seconds: int) -> None:
        self.taken = 0
        self._name = name
        self._most = most
        self._most_of_one = most_of_one
        self._on_refused = on_refused
        self._busy_seconds = busy_seconds
        self._by_address: Counter[str] = Counter()

    @contextlib.contextmanager
    def one(self, address: str | None = None) -> Iterator[None]:
        """A place, for as long as it is used. Raises Busy, and for an address also TooManyAtOnce."""
        if self.taken >= self._most:
            self._on_refused(self._name)
            raise Busy(self._busy_seconds)
        if address is not None and self._by_address[address] >= self._most_of_one:
            self._on_refused(f"{self._name}_of_one_address")
            raise TooManyAtOnce
        self.taken += 1
        if address is not None:
            self._by_address[address] += 1
        try:
            yield
        finally:
            self.taken -= 1
            if address is not None:
                self._by_address[address] -= 1
                if not self._by_address[address]:
                    del self._by_address[address]


class Capacity:
    """What is under way: requests, uploads among them, sockets, turns."""

    def __init__(self, figures: Figures, on_refused: OnRefused) -> None:
        def places(name: str, most: int, most_of_one: int) -> Places:
            return Places(name, most, most_of_one, on_refused, figures.busy_seconds)

        self.requests = places("requests", figures.requests, figures.requests_of_one_address)
        self.uploads = places("uploads", figures.uploads, figures.uploads_of_one_address)
        self.sockets = places("sockets", figures.sockets, figures.sockets_of_one_address)
        self.turns_entering = 0
        self._figures = figures
        self._on_refused = on_refused

    def room(self, under_way: int) -> None:
        """With the number of turns accepted and not over. Raises Busy when no other would be taken on now."""
        if under_way + self.turns_entering >= self._figures.turns:
            self._on_refused("turns")
            raise Busy(self._figures.busy_seconds)

    @contextlib.contextmanager
    def turn(self, under_way: int) -> Iterator[None]:
        """Around the acceptance of a message. Raises Busy."""
        self.room(under_way)
        self.turns_entering += 1
        try:
            yield
        finally:
            self.turns_entering -= 1
