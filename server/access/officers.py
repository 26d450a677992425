"""The officer behind a request."""

from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from server.access.principal import Officer
from server.access.sign_in import COOKIE

if TYPE_CHECKING:
    from server.house import House


async def officer_of(connection: HTTPConnection, house: "House") -> Officer | None:
    """By the cookie of a live sign-in. An open socket asks nothing, so looking at it again keeps nobody signed in."""
    token = connection.cookies.get(COOKIE)
    if token is None:
        return None
    return await house.desk.officer(token, asking=connection.scope["type"] == "http")
