"""The one place where an exception that nobody expected ends."""

import asyncio
import contextlib
import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.faults import fault
from server.lifecycle.draining import going
from server.observing.requests import route_of
from server.problems import Problem, document

log = logging.getLogger("esoteric.http")

INTERNAL_ERROR = 1011


class LastResort:
    """Answers with a problem document, or closes the socket, and logs where it happened.

    Starlette's own last resort answers as well, but then hands the exception on to the server, which prints its text;
    and that may quote a customer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        answering = False

        async def watched(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return  # it left before it had said all
        except asyncio.CancelledError:  # the server ends and has waited long enough
            if scope["type"] != "http" or answering:
                raise
            await document(going())(scope, receive, send)
        except Exception as error:  # noqa: BLE001  see above
            log.error("request.broke", extra={"route": route_of(scope), **fault(error)})
            if scope["type"] == "websocket":
                with contextlib.suppress(RuntimeError, OSError):  # closed before, or gone
                    await send({"type": "websocket.close", "code": INTERNAL_ERROR})
            elif not answering:
                problem = Problem(500, "internal_error", "Something went wrong on our side.")
                await document(problem)(scope, receive, send)
