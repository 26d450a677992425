"""The adapters of the three kinds of provider, asked one and the same thing of one and the same person."""

import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from typing import Any

import httpx
from pydantic import SecretStr

from tools.breaker import Breaker
from tools.providers.http_bureau import HttpBureau
from tools.providers.http_client import HttpProvider, open_connections
from tools.providers.http_register import HttpRegister
from tools.providers.http_screening import HttpScreening
from tools.providers.protocols import RegisteredPerson
from tools.providers.simulated import packaged_customers

C01 = packaged_customers()[0]
PERSON = RegisteredPerson(C01.customer_id, C01.name, C01.dob, C01.phone, C01.pan)
INQUIRY = "bureau:EF-0011223344556677"
TOKEN = "a-token-for-tests"

# What is asked at which path: the bureau at two.
PATHS = {
    "register": "/persons/find",
    "screening": "/screenings",
    "bureau": "/inquiries",
    "bureau's status": "/inquiries/status",
}


@cache
def usual_tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@contextlib.asynccontextmanager
async def asking(
    kind: str, url: str, *, seconds: float = 30.0, breaker: Breaker | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """A fresh adapter, as after a restart: it remembers nothing of an earlier one."""
    async with open_connections(SecretStr(TOKEN), tls or usual_tls()) as connections:
        provider = HttpProvider(kind.split("'")[0], url, connections, breaker=breaker)
        match kind:
            case "register":
                register = HttpRegister(provider, seconds)
                yield lambda: register.find(C01.pan)
            case "screening":
                screening = HttpScreening(provider, seconds)
                yield lambda: screening.is_listed(PERSON)
            case _:
                bureau = HttpBureau(provider, seconds)
                yield lambda: bureau.pull(C01.pan, inquiry=INQUIRY)
