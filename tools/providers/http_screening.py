"""Screening against sanctions lists over HTTP. The wire format is in deploy/providers.md."""

from uuid import uuid4

from tools.providers.http_client import Answer, HttpProvider
from tools.providers.protocols import RegisteredPerson

SECONDS = 3.0


class _Screened(Answer):
    request_id: str
    pan: str
    listed: bool


class HttpScreening:
    """Asks about one person; `seconds` bounds a screening as a whole."""

    def __init__(self, provider: HttpProvider, seconds: float = SECONDS) -> None:
        self._provider = provider
        self._seconds = seconds

    async def is_listed(self, person: RegisteredPerson) -> bool:
        return await self._provider.within(self._seconds, lambda: self._is_listed(person))

    async def _is_listed(self, person: RegisteredPerson) -> bool:
        request_id = str(uuid4())
        question = {
            "request_id": request_id,
            "pan": person.pan,
            "name": person.name,
            "date_of_birth": person.date_of_birth.isoformat(),
        }
        screened = await self._provider.ask("/screenings", question, _Screened)
        if (screened.request_id, screened.pan) != (request_id, person.pan):
            raise self._provider.doubt("echo")
        return screened.listed
