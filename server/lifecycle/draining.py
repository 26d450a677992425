"""The end of the process: nothing new is taken on, what runs comes to its end, whoever follows is told to come back."""

from collections.abc import Callable
from typing import Final

from server.problems import Problem

RETRY_SECONDS: Final = 2
# Together less than the 30 seconds that a service manager waits before it kills.
TURNS_SECONDS: Final = 20.0  # for the turns under way; a turn that is not over is run again, here or by another replica
CONNECTIONS_SECONDS: Final = 5  # then for the connections to close
LONGEST_SECONDS: Final = 29.0  # for all of it, whatever hangs
REST_SECONDS: Final = 2.0  # for the threads that still run when everything is closed

GOING = "The service is being restarted. Nothing you told us is lost; please try again in a moment."


def going() -> Problem:
    """What is told to whoever comes then."""
    return Problem(503, "server_draining", GOING, retry_after=RETRY_SECONDS)


class Draining:
    """Whether the process is about to end, and who wants to hear of it."""

    def __init__(self) -> None:
        self.begun = False
        self._hear: list[Callable[[], None]] = []

    def hears(self, hear: Callable[[], None]) -> None:
        """`hear` is called once, when it begins."""
        self._hear.append(hear)

    def begin(self) -> None:
        if not self.begun:
            self.begun = True
            for hear in self._hear:
                hear()

    def refuse(self) -> None:
        """Before anything new is taken on. Raises Problem."""
        if self.begun:
            raise going()
