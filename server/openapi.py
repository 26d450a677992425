"""The description of the API, served by a route like any other: FastAPI's own one asks nobody who they are."""

from typing import Any

from fastapi import FastAPI
from starlette.routing import Route


def serve_openapi(app: FastAPI) -> None:
    address = app.openapi_url
    assert address is not None  # noqa: S101  for types; the docs pages need it too
    app.router.routes[:] = [route for route in app.routes if not (type(route) is Route and route.path == address)]

    @app.get(address, include_in_schema=False)
    async def describe() -> dict[str, Any]:
        return app.openapi()
