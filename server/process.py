"""The serving process: uvicorn with our protocols, and with a garbage collector that knows what stays."""

import asyncio
import contextlib
import gc
import importlib.util
import logging
import socket
from typing import Any

import uvicorn

from server.edge.descriptors import raise_limit
from server.edge.patience import LOOK_SECONDS, watch
from server.edge.ws_protocol import MAX_BYTES, EdgeSocketProtocol

log = logging.getLogger("esoteric.process")

# The collector looks when so many objects are new, and at the older ones at every twentieth look. Python's default of
# 700 suits a script; a turn makes thousands, nearly all of which die without the collector's help.
NEW_OBJECTS, LOOKS = 20_000, 20
SHUTDOWN_SECONDS = 15


class WatchedServer(uvicorn.Server):
    """Looks at every connection until the last has ended."""

    def __init__(self, config: uvicorn.Config, look_seconds: float = LOOK_SECONDS) -> None:
        super().__init__(config)
        self._look_seconds = look_seconds

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        watching = asyncio.create_task(watch(self.server_state.connections, every=self._look_seconds))
        try:
            await super().serve(sockets)
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching


class Server(WatchedServer):
    """Once it has started, what is in memory stays there: the collector need not walk over it again and again."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        raise_limit()
        try:
            await super().startup(sockets)
        except SystemExit:  # uvicorn told why, but the log shows no words of a library
            log.error("service.cannot_listen", extra={"url": f"http://{self.config.host}:{self.config.port}"})
            raise
        gc.collect()
        gc.freeze()
        gc.set_threshold(NEW_OBJECTS, LOOKS, LOOKS)


def forbid_core_dumps() -> None:
    """A core file would hold whatever customers said last."""
    with contextlib.suppress(ImportError):  # Windows writes none
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serving(app: Any, **options: Any) -> uvicorn.Config:
    """uvicorn's configuration of the service. `options` are uvicorn's own: address, logging."""
    http: Any = "auto"
    if importlib.util.find_spec("httptools"):  # not on Windows, where nobody serves the public
        from server.edge.http_protocol import EdgeHttpProtocol

        http = EdgeHttpProtocol
    return uvicorn.Config(
        app,
        http=http,
        ws=EdgeSocketProtocol,
        ws_max_size=MAX_BYTES,
        ws_per_message_deflate=False,
        proxy_headers=False,  # whom to believe is decided in server/limits/address.py
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        **options,
    )
