"""An open socket outlives a moment's permission: what let it in is looked at again while it is open."""

import asyncio

from starlette.requests import HTTPConnection

from server.access.authorise import look
from server.problems import AWAY, Problem
from server.store.database import StorageUnavailable

LOOKS_IN_VAIN = 2


async def refusal(connection: HTTPConnection, every: float) -> Problem:
    """Why the caller may no longer stay, once that is so, or once it could not be found out.

    Looks `every` so many seconds.
    """
    in_vain = 0
    while True:
        await asyncio.sleep(every)
        try:
            await look(connection)
        except Problem as problem:
            return problem
        except StorageUnavailable:
            in_vain += 1
            if in_vain == LOOKS_IN_VAIN:
                return Problem(503, "storage_unavailable", AWAY)
        else:
            in_vain = 0
