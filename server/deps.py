"""What a route can ask for in its signature."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.access.authorise import authorise
from server.access.gate import Access
from server.house import House
from server.store.cases import CaseRow, UnknownCase
from server.store.sessions import SessionRow, UnknownSession


async def _house(connection: HTTPConnection) -> House:
    # Not async, it would be run in a thread.
    house: House = connection.app.state.house
    return house


async def _session(access: Annotated[Access, Depends(authorise)]) -> SessionRow:
    if access.session is None:  # the route's rule names none
        raise UnknownSession
    return access.session


async def _case(case_id: str, access: Annotated[Access, Depends(authorise)]) -> CaseRow:
    if access.case is None or access.case.case_id != case_id:  # the route's rule names none
        raise UnknownCase
    return access.case


AccessDep = Annotated[Access, Depends(authorise)]  # run once a request, for every route
HouseDep = Annotated[House, Depends(_house)]
SessionDep = Annotated[SessionRow, Depends(_session)]  # the one that the path names, found to be the caller's
CaseDep = Annotated[CaseRow, Depends(_case)]
