"""Who may use LangGraph's own routes under `langgraph dev`, whose settings name it: whoever may operate the service."""

from typing import Any

from langgraph_sdk import Auth
from starlette.requests import HTTPConnection

from server.access.credentials import principals_of, refuse_strangers
from server.access.gate import admitted
from server.access.principal import Operator
from server.access.rules import OPERATE
from server.house import House
from server.problems import Problem

auth = Auth()


@auth.authenticate
async def operators_only(scope: dict[str, Any]) -> Auth.types.MinimalUserDict:
    """The same callers by the same function; without AUTH_REQUIRED, whoever is on this machine."""
    connection = HTTPConnection(scope)
    house: House = connection.app.state.house
    try:
        refuse_strangers(connection, house)
        callers = admitted(await principals_of(connection, OPERATE, house), OPERATE, house.gate).callers
    except Problem as problem:
        status = 403 if problem.status == 403 else 401
        raise Auth.exceptions.HTTPException(status_code=status, detail=problem.detail) from None
    name = next((caller.client_id for caller in callers if isinstance(caller, Operator)), "developer")
    return {"identity": name}


@auth.on
async def everything(ctx: Auth.types.AuthContext, value: Any) -> bool:  # noqa: ARG001  LangGraph hands over both
    """An operator sees all threads; that is what Studio is for."""
    return True
