"""What `langgraph dev` serves beside the graphs: our own routes, and services for the threads it runs."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from graph.assistants import Assistant
from server.app import create_app
from server.house import House
from server.moments import now_in_milliseconds
from server.store.sessions import SessionExists, Sessions, UnknownSession
from server.studio_auth import GuardMeta
from tools.effects import Act, Asked, EffectLedger, JsonDict


class ThreadEffects:
    """The house's ledger of effects for threads that LangGraph's server runs.

    A thread becomes a session when something is first done in it. From then on its one-time code is in the outbox, and
    its key facts and its letter are served, under the thread's id.
    """

    def __init__(self, assistant: Assistant, effects: EffectLedger, sessions: Sessions) -> None:
        self._assistant = assistant
        self._effects = effects
        self._sessions = sessions

    async def once(self, session_id: str, asked: Asked, act: Act) -> JsonDict:
        try:
            await self._sessions.get(session_id)
        except UnknownSession:
            one = self._assistant
            with contextlib.suppress(SessionExists):  # another node was first
                await self._sessions.create(
                    session_id, one.name, one.opening(session_id), one.view({}), now_in_milliseconds()
                )
        return await self._effects.once(session_id, asked, act)

    async def known(self, session_id: str, key: str) -> JsonDict | None:
        return await self._effects.known(session_id, key)

    async def settle(self, session_id: str, key: str, *, done: bool) -> None:
        await self._effects.settle(session_id, key, done=done)


def studio_app() -> FastAPI:
    """The service as `langgraph dev` runs it: its threads share the house's services."""
    app = create_app(in_studio=True)
    app.add_middleware(GuardMeta)
    open_service = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        async with open_service(app) as state:
            house: House = app.state.house
            hosted = list(house.runner.hosted.values())
            for one in hosted:
                effects = ThreadEffects(one.assistant, one.services.effects, house.sessions)
                one.assistant.context.standing = replace(one.services, effects=effects)
            try:
                yield state
            finally:
                for one in hosted:
                    one.assistant.context.standing = None

    app.router.lifespan_context = lifespan
    return app


def __getattr__(name: str) -> FastAPI:
    """`app`, made when the dev server asks for it; merely importing this module reads no settings."""
    if name == "app":
        return studio_app()
    raise AttributeError(name)
