"""The gate of every route: who calls, whether the rule admits them, whether the object is theirs."""

import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from server.access.credentials import principals_of, refuse_strangers
from server.access.gate import Access, admitted
from server.access.rules import RULES, Rule
from server.problems import NO_SESSION, Problem
from server.store.cases import UnknownCase
from server.store.sessions import SessionRow, UnknownSession, is_id
from server.store.vault import Damaged

if TYPE_CHECKING:
    from server.house import House

CASE_ID = re.compile(r"[0-9a-f-]{36}")
LETTER_ID = re.compile(r"[0-9a-f]{32}")


async def authorise(connection: HTTPConnection) -> Access:
    """Every route of the app depends on this, before its own dependencies; looked at once a request. Raises Problem."""
    state = connection.scope.setdefault("state", {})
    if "access" not in state:
        state["access"] = await look(connection, arriving=True)
    access: Access = state["access"]
    return access


async def look(connection: HTTPConnection, *, arriving: bool = False) -> Access:
    """What the request may do now; only who is `arriving` may name a session that there is not yet. Raises Problem.

    What is foreign is answered as what does not exist. A session that the body names is checked by the turn journal,
    by way of `Access.permits`.
    """
    house: House = connection.app.state.house
    refuse_strangers(connection, house)
    rule = _rule_of(connection)
    if rule.public:
        return Access((), house.gate.now, rule.assistant)
    access = admitted(await principals_of(connection, rule, house), rule, house.gate)
    match rule.object:
        case "path session":
            to_erase = connection.scope.get("method") == "DELETE"
            return await _with_session(access, connection.path_params["session_id"], house, to_erase=to_erase)
        case "new session":
            return await _with_new(access, connection.path_params["session_id"], house, arriving=arriving)
        case "query session":
            asked = connection.query_params.getlist("session_id")
            if len(asked) > 1:
                raise Problem(422, "invalid_input", "Invalid input in: query.session_id.")
            return await _with_session(access, asked[0], house) if asked else access
        case "letter":
            return await _with_letter(access, connection.path_params["letter_id"], house)
        case "case":
            return await _with_case(access, connection.path_params["case_id"], house)
        case "body session" | "none":
            return access


class AskFirst(APIRoute):
    """A route whose form FastAPI would read, all of it, before it asks a dependency who sends it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def ask_first(request: Request) -> Response:
            await authorise(request)
            await self.before_form(request)
            return await handle(request)

        return ask_first

    async def before_form(self, request: Request) -> None:
        """What else a route wants to know before anything of the form is read. Raises Problem."""


def _rule_of(connection: HTTPConnection) -> Rule:
    scope = connection.scope
    rule = RULES.get((scope.get("method", "WEBSOCKET"), scope["route"].path))
    if rule is None:
        raise Problem(403, "forbidden", "Nobody may do this.")
    return rule


async def _with_session(access: Access, session_id: str, house: "House", *, to_erase: bool = False) -> Access:
    """One that cannot be read can still be erased, by whom it belongs to."""
    try:
        session = await (house.sessions.unread(session_id) if to_erase else house.sessions.get(session_id))
    except UnknownSession:
        _unknown_session()
    except Damaged:
        if access.permits(await house.sessions.unread(session_id)):
            raise
        _unknown_session()
    if not access.permits(session):
        _unknown_session()
    return replace(access, session=session)


async def _with_new(access: Access, session_id: str, house: "House", *, arriving: bool) -> Access:
    """Without a session where there is none of that id, which may be one."""
    if arriving and is_id(session_id) and not await house.sessions.exists(session_id):
        return access
    return await _with_session(access, session_id, house)


async def _with_letter(access: Access, letter_id: str, house: "House") -> Access:
    session: SessionRow | None = None
    if LETTER_ID.fullmatch(letter_id):
        session = await house.papers.session_of_letter(letter_id)
    if session is None or not access.permits(session):
        raise Problem(404, "unknown_letter", "There is no such letter.")
    return replace(access, session=session)


async def _with_case(access: Access, case_id: str, house: "House") -> Access:
    """Any officer's that the rule admits; whose own it is, `server/cases/desk.py` looks at."""
    try:
        if not CASE_ID.fullmatch(case_id):
            raise UnknownCase
        return replace(access, case=await house.cases.cases.get(case_id))
    except UnknownCase:
        raise Problem(404, "unknown_case", "There is no such case.") from None


def _unknown_session() -> NoReturn:
    raise Problem(404, "unknown_session", NO_SESSION) from None
