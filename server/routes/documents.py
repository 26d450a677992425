"""Uploads. A document that can be opened runs as a turn, so the assistant goes on by itself."""

import asyncio
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, File, Form, Request, UploadFile

from agents.deciding.slips import paid_on
from agents.services import Services
from server.access.authorise import AskFirst
from server.deps import HouseDep
from server.house import House
from server.models import DocumentAccepted
from server.moments import now_in_seconds
from server.problems import Problem, answers
from server.routes.forms import require_form
from server.turns.lanes import Submission
from tools.documents.kinds import sniff_kind
from tools.documents.slip import MAX_BYTES, SlipReading
from tools.few_at_once import TooBusy


class UploadRoute(AskFirst):
    """To read a form costs time, one of another kind much of it; so it is paid for before."""

    async def before_form(self, request: Request) -> None:
        require_form(request, "document")
        house: House = request.app.state.house
        await house.limits.upload(request.path_params["session_id"], request)


router = APIRouter(prefix="/api/v1/sessions", tags=["Documents"], route_class=UploadRoute)

# A file with one of these is refused at the door; with any other problem it goes to a person, not back.
REFUSED = {
    "unreadable": "The file is broken or cannot be read.",
    "encrypted": "The PDF is protected by a password; please upload it without one.",
    "active_content": "The PDF holds scripts or attachments; please upload a plain one.",
    "mixed": "The file is more than one file; please upload a plain one.",
    "too_many_pixels": "The picture is too large; please upload a smaller one.",
    "too_many_pages": "The PDF has too many pages for a salary slip.",
}
BUSY = "Many documents are being read at the moment; please try again."
RETRY_SECONDS = 10


@router.post(
    "/{session_id}/documents",
    status_code=201,
    form_limits={"max_files": 1, "max_fields": 4},
    responses=answers(409, 415),
)
async def upload_document(
    session_id: str,
    house: HouseDep,
    file: Annotated[UploadFile, File()],
    kind: Annotated[Literal["salary_slip"], Form()],
) -> DocumentAccepted:
    """A salary slip as PDF, PNG or JPEG, up to 5 MB. The file's name plays no part."""
    data = await file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _too_large()
    media = sniff_kind(data)
    if media is None:
        raise _refused(415, "unsupported_type", "The file is not a PDF, PNG or JPEG.")
    try:
        reading = await house.reader.read(data, kind=media)
    except TooBusy:
        raise Problem(503, "busy", BUSY, retry_after=RETRY_SECONDS) from None
    for problem in reading.problems:
        if problem in REFUSED:
            raise _refused(422, f"document_{problem}", REFUSED[problem])
    document_id = str(uuid4())
    await house.uploads.keep(session_id, document_id, kind, media, data)
    upload = {"document_id": document_id, "kind": kind, "reading": as_claims(reading, house.services)}
    turn = await house.submit(session_id, Submission("[Salary slip uploaded]", "upload", upload=upload))
    answer = await asyncio.shield(turn.answer)
    return DocumentAccepted(
        session_id=session_id, document_id=document_id, kind=kind, timestamp=now_in_seconds(), **answer
    )


def as_claims(reading: SlipReading, services: Services) -> dict[str, Any]:
    """What was read, in JSON form, PAN and file by keyed hash; a slip without day or holder is for a person."""
    sealer, today = services.sealer, services.clock.today()
    day = paid_on(reading.paid_on, reading.month, today)
    problems: list[str] = list(reading.problems)
    if day is None or reading.employee_name is None or reading.net_pay is None:
        problems.append("incomplete")
    marks = [("document file", reading.digest), ("document text", reading.text_mark)]
    return {
        "problems": problems,
        "employee_name": reading.employee_name,
        "employer": reading.employer,
        "net_pay": None if reading.net_pay is None else int(reading.net_pay),
        "paid_on": None if day is None else day.isoformat(),
        "pan_ref": None if reading.pan is None else sealer.seal("pan", reading.pan),
        "marks": [seal for purpose, value in marks if value for seal in sealer.seals(purpose, value)],
    }


def _too_large() -> Problem:
    return _refused(413, "too_large", "The file is larger than 5 MB.")


def _refused(status: int, code: str, sentence: str) -> Problem:
    return Problem(status, code, sentence, [{"field": "file", "message": sentence}])
