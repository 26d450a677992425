"""Whether a sanction letter is genuine, unaltered and current: for anybody who holds one, by its file or its code."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, UploadFile

from server.access.authorise import AskFirst
from server.deps import HouseDep
from server.edge.canonical import body_of, in_openapi
from server.edge.whole_files import WholeFile
from server.house import House
from server.models import LetterCheck, LetterCode
from server.problems import Problem, answers
from server.routes.forms import require_form
from server.routes.pages import PAGE_HEADERS, WEB
from tools.few_at_once import TooBusy
from tools.signing.finding import MAX_BYTES
from tools.signing.verdict import Verdict

RETRY_SECONDS = 10


class CheckRoute(AskFirst):
    """To read a form costs time; so it is counted before."""

    async def before_form(self, request: Request) -> None:
        require_form(request, "letter")
        house: House = request.app.state.house
        await house.limits.letter_check(request)


files = APIRouter(prefix="/api/v1/letters", tags=["Letters"], route_class=CheckRoute)
router = APIRouter()


@files.post("/verify", form_limits={"max_files": 1, "max_fields": 1}, responses=answers(415))
async def verify_file(house: HouseDep, file: Annotated[UploadFile, File()]) -> LetterCheck:
    """Check the file of a letter, up to 2 MB. It is not kept."""
    data = await file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Problem(413, "too_large", "The file is larger than 2 MB.")
    try:
        return _shown(await house.letters.of_file(data))
    except TooBusy:
        busy = "Many letters are being checked at the moment; please try again."
        raise Problem(503, "busy", busy, retry_after=RETRY_SECONDS) from None


@router.post("/api/v1/letters/verify/code", tags=["Letters"], openapi_extra=in_openapi(LetterCode))
async def verify_code(
    body: Annotated[LetterCode, Depends(body_of(LetterCode))], house: HouseDep, request: Request
) -> LetterCheck:
    """Look a letter up by the code printed on it, which tells nothing of a file that bears it."""
    await house.limits.letter_check(request)
    return _shown(await house.letters.of_code(body.code))


@router.get("/verify", include_in_schema=False)
async def verify_page() -> WholeFile:
    return WholeFile(WEB / "verify.html", headers=PAGE_HEADERS)


router.include_router(files)


def _shown(verdict: Verdict) -> LetterCheck:
    return LetterCheck(
        genuine=verdict.genuine,
        unaltered=verdict.unaltered,
        current=verdict.genuine and verdict.current,
        standing=verdict.standing,
        problem=verdict.problem,
        letter_number=verdict.letter_number,
        issued_on=verdict.issued_on,
        valid_until=verdict.valid_until,
    )
