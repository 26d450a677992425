"""A new session and its owner: an API client's tenant, or whoever holds the capability handed over here."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection
from starlette.responses import Response

from server.access.capability import hand_over, held_by
from server.access.gate import Access
from server.access.opaque import hash_of, new_credential

if TYPE_CHECKING:
    from server.house import House


@dataclass(frozen=True, slots=True)
class Started:
    """`capability` is None for a session that belongs to a tenant."""

    session_id: str
    created_at: str
    greeting: str
    capability: str | None

    def tell(self, response: Response, request: HTTPConnection) -> None:
        """Give the capability to the client."""
        if self.capability is not None:
            hand_over(response, self.session_id, self.capability, request.cookies)

    def on_handshake(self, socket: HTTPConnection) -> list[tuple[bytes, bytes]]:
        """The same for a socket: the headers of its handshake's answer. From here on the socket itself holds it."""
        answer = Response()
        self.tell(answer, socket)
        if self.capability is not None and (digest := hash_of(self.capability)) is not None:
            held_by(socket).append(digest)
        return [(name, value) for name, value in answer.raw_headers if name != b"content-length"]


async def start_session(house: "House", access: Access, session_id: str | None = None) -> Started:
    """A session with the assistant that the route is about, under an id of ours or a given one that is free.

    Raises Problem, SessionExists.
    """
    tenant, capability, digest = access.tenant, None, None
    if tenant is None:
        capability, digest = new_credential()
    session = await house.open_session(
        house.assistant(access.assistant), session_id, capability_hash=digest, tenant=tenant
    )
    return Started(*session, capability)
