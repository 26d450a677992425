"""How long the service waits for a client, whoever it is and whatever it does or leaves undone.

Time is counted in looks, one a second: a service that was too busy to read does not blame its clients for it, and what
happens between two looks costs no clock.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable, Collection
from typing import Any

from server.faults import fault

log = logging.getLogger("esoteric.edge")

LOOK_SECONDS = 1.0
HEAD = 10  # from the first byte that is awaited to the end of a request's head
SILENCE = 10  # within a body, without a byte
BODY = 60  # a whole body of ordinary size
UPLOAD = 120  # a whole body of any size
TAKING = 10  # a client that takes nothing of what it is sent
LEAVING = 4  # a client that takes nothing more of a connection that is being closed


class Outflow:
    """Whether a client takes what it is sent; asked at every look."""

    __slots__ = ("_left", "_stuck")

    def __init__(self) -> None:
        self._left = 0
        self._stuck = 0

    def stuck_for(self, transport: asyncio.Transport) -> int:
        """Looks for which no byte has left, 0 when nothing waits."""
        left = transport.get_write_buffer_size()
        if left:
            left += _in_kernel(transport)
        self._stuck = self._stuck + 1 if 0 < self._left <= left else 0
        self._left = left
        return self._stuck


def _in_kernel(transport: asyncio.Transport) -> int:
    """Bytes that were handed to the system and not yet taken. A slow client is known by these long before ours move."""
    if sys.platform != "linux":
        return 0
    import fcntl
    import termios

    with contextlib.suppress(OSError, ValueError):
        descriptor = transport.get_extra_info("socket").fileno()
        return int.from_bytes(fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    return 0


async def watch(connections: Collection[Any], *, every: float = LOOK_SECONDS) -> None:
    """Look at every connection, for ever. `look` ends those that are over their time."""
    while True:
        await asyncio.sleep(every)
        for connection in list(connections):
            look: Callable[[], None] | None = getattr(connection, "look", None)
            if look is None:
                continue
            try:
                look()
            except Exception as error:  # noqa: BLE001  one connection's trouble must not end the watch over all others
                log.error("connection.not_looked_at", extra=fault(error))
                connection.transport.abort()
