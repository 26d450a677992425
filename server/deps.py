"""What a route can ask for in its signature."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.access.authorise import authorise
from server.access.gate import Access
from server.house import House


async def _house(connection: HTTPConnection) -> House:
    # Not async, it would be run in a thread.
    house: House = connection.app.state.house
    return house


AccessDep = Annotated[Access, Depends(authorise)]  # run once a request, for every route
HouseDep = Annotated[House, Depends(_house)]
