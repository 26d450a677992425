"""The application: routes, errors and the lifespan, which is the only place where the parts are put together."""

import contextlib
import logging
from collections.abc import AsyncIterator
from importlib.metadata import version

from fastapi import Depends, FastAPI
from starlette.formparsers import MultiPartParser

from server import problems
from server.access.authorise import authorise
from server.edge.doors import FORM_OVERHEAD, install
from server.faults import fault
from server.house import open_house
from server.lifecycle.starting import StartRefused
from server.openapi import serve_openapi
from server.routes import (
    cases,
    chat,
    consents,
    dev,
    documents,
    events,
    feedback,
    health,
    hedge_fund_guy,
    hedge_fund_guy_socket,
    hedge_fund_guy_stream,
    letters,
    officers,
    pages,
    rag,
    reference,
    sessions,
    socket,
    verify,
)
from server.settings import Settings, load_settings
from tools.documents.slip import MAX_BYTES

log = logging.getLogger("esoteric")

DESCRIPTION = "A conversational lending service: REST, SSE and WebSocket are three renderings of one event stream."


def create_app(settings: Settings | None = None, *, in_studio: bool = False) -> FastAPI:
    """The service as an ASGI application; nothing is opened before its lifespan starts."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            try:
                house = await stack.enter_async_context(open_house(chosen))
            except StartRefused as refused:
                app.state.refusal = str(refused)
                log.error("service.refused_to_start", extra={"reason": str(refused)})
                raise
            except Exception as error:
                log.error("service.failed_to_start", extra=fault(error))
                raise
            app.state.house = house  # not lifespan state: `langgraph dev` does not pass that on
            yield

    chosen = settings or load_settings()
    # Above this Starlette writes uploads to disk, in plain; what is larger than this is refused.
    MultiPartParser.spool_max_size = MAX_BYTES + FORM_OVERHEAD
    app = FastAPI(
        title="Esoteric",
        description=DESCRIPTION,
        version=version("esoteric"),
        lifespan=lifespan,
        docs_url=None,  # both are in server/routes/reference.py
        redoc_url=None,
        redirect_slashes=False,  # a redirect would repeat the Host header
        form_limits={"max_files": 1, "max_fields": 5, "max_part_size": 1024},
        dependencies=[Depends(authorise)],
    )
    serve_openapi(app)
    install(app, chosen, in_studio=in_studio)
    problems.install(app)
    for routes in (
        health,
        sessions,
        events,
        consents,
        feedback,
        chat,
        socket,
        documents,
        rag,
        letters,
        officers,
        cases,
        verify,
        hedge_fund_guy,
        hedge_fund_guy_stream,
        hedge_fund_guy_socket,
        pages,
        reference,
    ):
        app.include_router(routes.router)
    if chosen.environment == "development":
        app.include_router(dev.router)
    return app
