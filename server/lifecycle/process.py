"""The serving process: uvicorn with our protocols, and with a garbage collector that knows what stays."""

import asyncio
import contextlib
import gc
import importlib.util
import logging
import os
import socket
import threading
from types import FrameType
from typing import Any

import uvicorn

from server.edge.descriptors import raise_limit
from server.edge.patience import LOOK_SECONDS, watch
from server.edge.ws_protocol import MAX_BYTES, EdgeSocketProtocol
from server.lifecycle.draining import CONNECTIONS_SECONDS, LONGEST_SECONDS, REST_SECONDS

log = logging.getLogger("esoteric.process")

# The collector looks when so many objects are new, and at the older ones at every twentieth look. Python's default of
# 700 suits a script; a turn makes thousands, nearly all of which die without the collector's help.
NEW_OBJECTS, LOOKS = 20_000, 20
PING_SECONDS = 15.0


class WatchedServer(uvicorn.Server):
    """Looks at every connection until the last has ended. Stopped, it drains first, while it still answers."""

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

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        house = getattr(getattr(self.config.loaded_app, "state", None), "house", None)
        if house is not None and not self.force_exit:
            await house.drain()
        await super().shutdown(sockets)


class Server(WatchedServer):
    """Once it has started, what is in memory stays there: the collector need not walk over it again and again.

    The first signal lets it finish, within `LONGEST_SECONDS`; a second one ends it at once. What is cut off then was
    accepted and is run again, as after any crash.
    """

    _last: threading.Timer | None = None

    @property
    def refusal(self) -> str | None:
        """Why it did not start, in a line, if that is known."""
        return getattr(getattr(self.config.loaded_app, "state", None), "refusal", None)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        raise_limit()
        try:
            await super().startup(sockets)
        except SystemExit:  # uvicorn told why, but the log shows no words of a library
            if not self.lifespan.should_exit:
                log.error("service.cannot_listen", extra={"url": f"http://{self.config.host}:{self.config.port}"})
            raise
        gc.collect()
        gc.freeze()
        gc.set_threshold(NEW_OBJECTS, LOOKS, LOOKS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            os._exit(128 + sig)
        super().handle_exit(sig, frame)
        self._leave_after(LONGEST_SECONDS, status=1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._leave_after(REST_SECONDS, status=0)
        for handler in logging.getLogger().handlers:
            handler.flush()

    def _leave_after(self, seconds: float, *, status: int) -> None:
        """A thread that hangs, in a send or a look-up, would hold the process for as long as it likes."""
        if self._last is not None:
            self._last.cancel()
        self._last = threading.Timer(seconds, os._exit, (status,))
        self._last.daemon = True
        self._last.start()


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
        ws_ping_interval=PING_SECONDS,
        proxy_headers=False,  # whom to believe is decided in server/limits/address.py
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=CONNECTIONS_SECONDS,
        **options,
    )
