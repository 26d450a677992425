"""What a route can ask for in its signature."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.house import House


async def _house(connection: HTTPConnection) -> House:
    # Not async, it would be run in a thread.
    house: House = connection.app.state.house
    return house


HouseDep = Annotated[House, Depends(_house)]
