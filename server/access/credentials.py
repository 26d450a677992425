"""The one function that turns a request or a socket into its callers."""

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from server.access.capability import HEADER, hashes_in, held_by
from server.access.gate import Gate, unauthorised
from server.access.opaque import hash_of
from server.access.principal import Anonymous, ApiClient, Developer, Officer, Operator, Principal, Visitor
from server.access.rules import Rule
from server.access.sign_in import COOKIE
from server.access.tokens import TokenRefused
from server.problems import Problem

if TYPE_CHECKING:
    from server.house import House

PROTOCOL = "bearer"


async def principals_of(connection: HTTPConnection, rule: Rule, house: "House") -> tuple[Principal, ...]:
    """Who is calling; never empty.

    A credential that was put into the request counts alone, and a wrong one is refused. Cookies come along by
    themselves: they tell all that this browser may be. Without AUTH_REQUIRED, whoever is on this machine and brings no
    credential is the developer. Raises Problem 400 for two credentials at once, 401 for a wrong one.
    """
    gate = house.gate
    given, handed = _given(connection), tuple(held_by(connection))
    if given is not None:
        holder = await _holder(given, gate)
        if handed and isinstance(holder, Visitor):
            holder = replace(holder, presented=(*holder.presented, *handed))
        return (holder,)
    callers: list[Principal] = [] if gate.required or not rule.developer else [Developer()]
    if gate.required and (rule.visitor or rule.anyone) and (held := (*hashes_in(connection.cookies), *handed)):
        callers.append(Visitor(held))
    if rule.officers or not (callers or rule.anyone):
        officer = await _officer(connection, house)
        callers += [officer] if officer is not None else []
    return tuple(callers) or (Anonymous(),)


def protocol_of(connection: HTTPConnection) -> str | None:
    """The subprotocol to agree to when a socket brought its credential as one."""
    return PROTOCOL if connection.scope.get("subprotocols", [])[:1] == [PROTOCOL] else None


def _given(connection: HTTPConnection) -> str | None:
    """The credential that the request brings of its own accord: a token, or a capability, which has no dots."""
    tokens = connection.headers.getlist("authorization")
    capabilities = connection.headers.getlist(HEADER)
    protocols: list[str] = connection.scope.get("subprotocols", [])
    by_protocol = protocols[1:] if PROTOCOL in protocols else []
    if len(tokens) + len(capabilities) + len(by_protocol) > 1:
        raise Problem(400, "two_credentials", "Please send one credential.")
    if capabilities:
        return capabilities[0]
    if tokens:
        scheme, _, token = tokens[0].partition(" ")
        if scheme.lower() != PROTOCOL or "." not in token:  # a capability is no bearer token
            raise unauthorised()
        return token
    if PROTOCOL in protocols:
        if protocols[0] != PROTOCOL or not by_protocol:
            raise unauthorised()
        return by_protocol[0]
    return None


async def _officer(connection: HTTPConnection, house: "House") -> Officer | None:
    """By the cookie of a live sign-in. An open socket asks nothing, so looking at it again keeps nobody signed in."""
    token = connection.cookies.get(COOKIE)
    if token is None:
        return None
    return await house.desk.officer(token, asking=connection.scope["type"] == "http")


async def _holder(given: str, gate: Gate) -> Visitor | ApiClient | Operator:
    if "." not in given:
        digest = hash_of(given)
        if digest is None:
            raise unauthorised()
        return Visitor((digest,))
    try:
        holder = gate.tokens.read(given)
    except TokenRefused:
        raise unauthorised() from None
    if await gate.revocations.is_revoked(holder.token_id):
        raise unauthorised()
    return holder


def refuse_strangers(connection: HTTPConnection, house: "House") -> None:
    """Raises Problem 403 for a caller from elsewhere while AUTH_REQUIRED is false."""
    if house.gate.required:
        return
    if not house.limits.addresses.is_local(connection.scope):  # a proxy or tunnel on this machine brings others
        raise Problem(403, "not_local", "Without sign-in this service answers its own machine only.")
