"""The identity register over HTTP. The wire format is in deploy/providers.md."""

from datetime import date
from typing import Annotated
from uuid import uuid4

from pydantic import Field

from tools.providers.http_client import Answer, HttpProvider
from tools.providers.protocols import RegisteredPerson

SECONDS = 3.0


class _Person(Answer):
    customer_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    name: Annotated[str, Field(pattern=r"^[^\W\d_][^\d<>{}\x00-\x1f\x7f]{0,199}$")]
    date_of_birth: date
    phone: Annotated[str, Field(pattern=r"^\+91[6-9][0-9]{9}$")]
    pan: str


class _Found(Answer):
    request_id: str
    pan: str
    person: _Person | None


class HttpRegister:
    """Asks one person by PAN; `seconds` bounds a look-up as a whole."""

    def __init__(self, provider: HttpProvider, seconds: float = SECONDS) -> None:
        self._provider = provider
        self._seconds = seconds

    async def find(self, pan: str) -> RegisteredPerson | None:
        return await self._provider.within(self._seconds, lambda: self._find(pan))

    async def _find(self, pan: str) -> RegisteredPerson | None:
        request_id = str(uuid4())
        found = await self._provider.ask("/persons/find", {"request_id": request_id, "pan": pan}, _Found)
        person = found.person
        if (found.request_id, found.pan) != (request_id, pan) or (person is not None and person.pan != pan):
            raise self._provider.doubt("echo")
        if person is None:
            return None
        return RegisteredPerson(person.customer_id, person.name, person.date_of_birth, person.phone, person.pan)
