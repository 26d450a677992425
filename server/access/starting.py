"""A new session and its owner: an API client's tenant, or whoever holds the capability handed over here."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.access.capability import hand_over
from server.access.gate import Access
from server.access.opaque import new_credential

if TYPE_CHECKING:
    from server.house import House


@dataclass(frozen=True, slots=True)
class Started:
    """`capability` is None for a session that belongs to a tenant."""

    session_id: str
    created_at: str
    greeting: str
    capability: str | None

    def tell(self, response: Response, request: Request) -> None:
        """Give the capability to the client."""
        if self.capability is not None:
            hand_over(response, self.session_id, self.capability, request.cookies)


async def start_session(house: "House", access: Access) -> Started:
    tenant = access.tenant
    if tenant is not None:
        return Started(*await house.open_session(tenant=tenant), None)
    capability, digest = new_credential()
    return Started(*await house.open_session(capability_hash=digest), capability)
