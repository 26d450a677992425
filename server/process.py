"""The serving process: uvicorn, with a garbage collector that knows what stays."""

import gc
import socket

import uvicorn

# The collector looks when so many objects are new, and at the older ones at every twentieth look. Python's default of
# 700 suits a script; a turn makes thousands, nearly all of which die without the collector's help.
NEW_OBJECTS, LOOKS = 20_000, 20


class Server(uvicorn.Server):
    """Once it has started, what is in memory stays there: the collector need not walk over it again and again."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(NEW_OBJECTS, LOOKS, LOOKS)
