"""The knowledge base, asked directly."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from server.access.gate import Access
from server.access.principal import ApiClient, Officer
from server.deps import AccessDep, HouseDep
from server.edge.canonical import body_of, in_openapi
from server.models import RagQuery, RagResponse

router = APIRouter(prefix="/api/v1/rag", tags=["Knowledge base"])


@router.post("/query", openapi_extra=in_openapi(RagQuery))
async def query(
    body: Annotated[RagQuery, Depends(body_of(RagQuery))], house: HouseDep, access: AccessDep, request: Request
) -> RagResponse:
    await house.limits.question(_name_of(access), request)
    found = await house.knowledge.search(body.query, body.top_k)
    return RagResponse(
        query=body.query,
        results=[f"{passage.title}: {passage.text}" for passage in found],
        sources=[passage.source for passage in found],
    )


def _name_of(access: Access) -> str | None:
    """Who asks, whichever credential it holds at the moment; None for who has no name."""
    for caller in access.callers:
        match caller:
            case ApiClient(client_id, tenant):
                return f"client\0{tenant}\0{client_id}"
            case Officer(name):
                return f"officer\0{name}"
    return None
