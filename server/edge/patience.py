"""How long the service waits for a client, whoever it is and whatever it does or leaves undone.

Time is counted in looks, one a second: a service that was too busy to read does not blame its clients for it, and what
happens between two looks costs no clock.
"""

import asyncio
import contextlib
import logging
import socket
import struct
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
LEAST = 4096  # bytes that count as taking
LEAVING = 4  # a client that takes nothing more of a connection that is being closed

BYTES_ACKED = 120  # where it stands in Linux's struct tcp_info


class Outflow:
    """Whether a client takes what it is sent; asked at every look."""

    __slots__ = ("_mark", "_stuck")

    def __init__(self) -> None:
        self._mark = 0
        self._stuck = 0

    def stuck_for(self, transport: asyncio.Transport) -> int:
        """Looks for which next to nothing was taken; 0 when nothing waits."""
        left = transport.get_write_buffer_size()
        if not left:
            self._mark = self._stuck = 0
            return 0
        taken = _taken(transport)
        if taken is None:
            taken = -left  # less exact: that less waits
        if self._stuck and taken - self._mark < LEAST:
            self._mark = min(self._mark, taken)
            self._stuck += 1
        else:
            self._mark, self._stuck = taken, 1
        return self._stuck


def _taken(transport: asyncio.Transport) -> int | None:
    """Bytes that the client's system has confirmed so far, where ours tells. Its own buffer may be large; ours too."""
    if sys.platform != "linux":
        return None
    with contextlib.suppress(OSError, ValueError, struct.error):
        told = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 128)
        return int(struct.unpack_from("=Q", told, BYTES_ACKED)[0])
    return None


def cut_off(transport: asyncio.Transport) -> None:
    """End a connection at once, and what the system still holds for it: it would go on offering it for minutes."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


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
                cut_off(connection.transport)
