"""An open socket outlives a moment's permission: what let it in is looked at again while it is open."""

import asyncio

from starlette.requests import HTTPConnection

from server.access.authorise import look
from server.problems import Problem
from server.store.database import StorageUnavailable


async def refusal(connection: HTTPConnection, every: float) -> Problem:
    """Why the caller may no longer stay, once that is so. Looks `every` so many seconds."""
    while True:
        await asyncio.sleep(every)
        try:
            await look(connection)
        except Problem as problem:
            return problem
        except StorageUnavailable:
            continue  # nothing is known, and nothing can be read or sent meanwhile either
