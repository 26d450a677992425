"""What a route can ask for in its signature."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.house import House


def _house(connection: HTTPConnection) -> House:
    house: House = connection.app.state.house
    return house


HouseDep = Annotated[House, Depends(_house)]
