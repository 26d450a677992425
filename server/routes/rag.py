"""The knowledge base, asked directly."""

from typing import Annotated

from fastapi import APIRouter, Depends

from server.canonical import body_of, in_openapi
from server.deps import HouseDep
from server.models import RagQuery, RagResponse

router = APIRouter(prefix="/api/v1/rag", tags=["Knowledge base"])


@router.post("/query", openapi_extra=in_openapi(RagQuery))
async def query(body: Annotated[RagQuery, Depends(body_of(RagQuery))], house: HouseDep) -> RagResponse:
    found = await house.knowledge.search(body.query, body.top_k)
    return RagResponse(
        query=body.query,
        results=[f"{passage.title}: {passage.text}" for passage in found],
        sources=[passage.source for passage in found],
    )
