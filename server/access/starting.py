"""A new session and its owner: an API client's tenant, or whoever holds the capability handed over here."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.access.capability import hand_over, hash_of, new_capability
from server.access.gate import Access

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
        """Give the capability to the client, and keep the answer out of caches."""
        if self.capability is not None:
            hand_over(response, self.session_id, self.capability, request.cookies)
            response.headers["Cache-Control"] = "no-store"


async def start_session(house: "House", access: Access) -> Started:
    tenant = access.tenant
    if tenant is not None:
        return Started(*await house.open_session(tenant=tenant), None)
    capability = new_capability()
    return Started(*await house.open_session(capability_hash=hash_of(capability)), capability)
