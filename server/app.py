"""The application: routes, errors and the lifespan, which is the only place where the parts are put together."""

import contextlib
import logging
from collections.abc import AsyncIterator
from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.formparsers import MultiPartParser
from starlette.middleware.cors import CORSMiddleware

from server import problems
from server.access.authorise import authorise
from server.body_limit import BodyLimit
from server.house import open_house
from server.last_resort import LastResort
from server.observing.requests import Requests
from server.openapi import serve_openapi
from server.routes import chat, dev, documents, health, letters, pages, rag, sessions, socket
from server.settings import LOCAL_ORIGINS, Settings, load_settings
from tools.documents.slip import MAX_BYTES

log = logging.getLogger("esoteric")

FORM_OVERHEAD = 64 * 1024
DESCRIPTION = "A conversational lending service: REST, SSE and WebSocket are three renderings of one event stream."


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service as an ASGI application; nothing is opened before its lifespan starts."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_house(chosen) as house:
            app.state.house = house  # not lifespan state: `langgraph dev` does not pass that on
            yield

    chosen = settings or load_settings()
    # Above this Starlette writes uploads to disk, in plain; what is larger than this is refused.
    MultiPartParser.spool_max_size = MAX_BYTES + FORM_OVERHEAD
    app: FastAPI = FastAPIOffline(
        title="Esoteric",
        description=DESCRIPTION,
        version=version("esoteric"),
        lifespan=lifespan,
        dependencies=[Depends(authorise)],
    )
    serve_openapi(app)
    app.add_middleware(LastResort)
    app.add_middleware(BodyLimit, most=MAX_BYTES + FORM_OVERHEAD)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=chosen.allowed_origins,
        allow_origin_regex=None if chosen.allowed_origins else LOCAL_ORIGINS,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Content-Type", "Last-Event-ID"],
    )
    app.add_middleware(Requests)
    problems.install(app)
    for routes in (health, sessions, chat, socket, documents, rag, letters, pages):
        app.include_router(routes.router)
    if chosen.environment == "development":
        app.include_router(dev.router)
    return app
