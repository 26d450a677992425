"""`esoteric chat --assistant hedge_fund_guy`: markets at night in a terminal, streamed over Server-Sent Events."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx

from server.access.capability import HEADER
from server.commands.chat import WAITS, embedded_service, read_line, show
from server.settings import Settings


async def converse_with_guy(url: str | None, settings: Settings) -> None:
    """Talk until the input ends or the visitor types /quit."""
    async with contextlib.AsyncExitStack() as stack:
        base = url.rstrip("/") if url else await stack.enter_async_context(embedded_service(settings))
        async with httpx.AsyncClient(base_url=base, timeout=30) as client:
            try:
                answer = (await client.post("/api/sessions")).raise_for_status()
                session_id = answer.json()["session_id"]
                if HEADER in answer.headers:
                    client.headers[HEADER] = answer.headers[HEADER]
                begun = (await client.get(f"/api/sessions/{session_id}")).raise_for_status().json()
            except httpx.HTTPError as error:
                raise SystemExit(f"There is no service at {base} ({type(error).__name__}).") from None
            show(f"{begun['conversation_history'][0]['content']}\n(/quit to leave)\n\n")
            while (text := await asyncio.to_thread(read_line)) is not None:
                await _talk(client, {"session_id": session_id, "message": text, "message_id": str(uuid4())})


async def _talk(client: httpx.AsyncClient, body: dict[str, str]) -> None:
    """Send a message and print its answer as it comes. Sent again, it is still one message, and its answer the same."""
    for wait in (*WAITS, None):
        shown = False
        try:
            async for frame in _frames(client, body):
                if frame["type"] == "reset":
                    show("\n" if shown else "")
                    shown = False
                elif frame.get("code") == "server_draining":
                    raise httpx.RemoteProtocolError("it goes")
                elif frame["type"] in {"chunk", "error"}:
                    show(frame["content"])
                    shown = True
            show("\n\n")
        except httpx.HTTPError as error:
            refused = isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500
            if wait is None or refused:
                raise SystemExit(f"The connection is lost ({type(error).__name__}).") from None
            show("\n" if shown else "")
            await asyncio.sleep(wait)
        else:
            return


async def _frames(client: httpx.AsyncClient, body: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
    """Up to the last one. Raises httpx.HTTPError when the stream ends before."""
    async with client.stream("POST", "/api/chat/stream", json=body) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                frame: dict[str, Any] = json.loads(line.removeprefix("data: "))
                yield frame
                if frame["type"] in {"done", "error"}:
                    return
    raise httpx.RemoteProtocolError("it ended early")
