"""Who may use LangGraph's own routes under `langgraph dev`, whose settings name it: whoever may operate the service."""

from typing import Any

from langgraph_sdk import Auth
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from server.access.credentials import principals_of, refuse_strangers
from server.access.gate import admitted
from server.access.principal import Operator
from server.access.rules import OPERATE
from server.house import House
from server.problems import Problem, document

UNASKED = frozenset({"/metrics", "/docs", "/openapi.json", "/info"})  # `/ok` stays open: it tells nothing

auth = Auth()


@auth.authenticate
async def operators_only(scope: dict[str, Any]) -> Auth.types.MinimalUserDict:
    """The same callers by the same function; without AUTH_REQUIRED, whoever is on this machine."""
    try:
        return {"identity": await _operator(HTTPConnection(scope))}
    except Problem as problem:
        status = 403 if problem.status == 403 else 401
        raise Auth.exceptions.HTTPException(status_code=status, detail=problem.detail) from None


class GuardMeta:
    """Asks for an operator at those of LangGraph's routes that it serves without asking its own auth."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in UNASKED:
            try:
                await _operator(HTTPConnection(scope))
            except Problem as problem:
                await document(problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _operator(connection: HTTPConnection) -> str:
    """Whose request it is. Raises Problem for whoever may not operate the service."""
    house: House = connection.app.state.house
    refuse_strangers(connection, house)
    callers = admitted(await principals_of(connection, OPERATE, house), OPERATE, house.gate).callers
    return next((caller.client_id for caller in callers if isinstance(caller, Operator)), "developer")


@auth.on
async def everything(ctx: Auth.types.AuthContext, value: Any) -> bool:  # noqa: ARG001  LangGraph hands over both
    """An operator sees all threads; that is what Studio is for."""
    return True
