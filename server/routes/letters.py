"""Sanction letters, by their unguessable id."""

from fastapi import APIRouter, Response

from server.deps import HouseDep
from server.problems import Problem

router = APIRouter(prefix="/api/v1/letters", tags=["Letters"])

HEADERS = {"Content-Disposition": 'inline; filename="sanction-letter.pdf"'}


@router.get(
    "/{letter_id}",
    response_class=Response,
    responses={200: {"description": "The letter", "content": {"application/pdf": {}}}},
)
async def get_letter(letter_id: str, house: HouseDep) -> Response:
    pdf = await house.papers.letter(letter_id)
    if pdf is None:
        raise Problem(404, "unknown_letter", "There is no such letter.")
    return Response(pdf, media_type="application/pdf", headers=HEADERS)
