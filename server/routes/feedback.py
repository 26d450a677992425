"""Thumbs up and down. There is no room for words: whatever a customer wants to say belongs into the conversation,
where it is sealed and erased, and not into a record that another company may get to read.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from server.deps import HouseDep
from server.edge.canonical import body_of, in_openapi
from server.models import FeedbackGiven, FeedbackKept
from server.problems import Problem, answers
from server.store.feedback import UnknownAnswer

router = APIRouter(prefix="/api/v1/sessions/{session_id}/feedback", tags=["Feedback"])

FeedbackBody = Annotated[FeedbackGiven, Depends(body_of(FeedbackGiven))]
NO_ANSWER = "There is no such answer in this session."


@router.post("", openapi_extra=in_openapi(FeedbackGiven), responses=answers(404, 429))
async def give_feedback(session_id: str, body: FeedbackBody, house: HouseDep, response: Response) -> FeedbackKept:
    """A thumb on the answer to a message, or of a run; a later one replaces it. 201 for the first on that answer."""
    await house.limits.thumb(session_id)
    try:
        given = await house.feedback.take(session_id, body.thumb, message_id=body.message_id, run_id=body.run_id)
    except UnknownAnswer:
        raise Problem(404, "unknown_answer", NO_ANSWER) from None
    response.status_code = 201 if given.before is None else 200
    return FeedbackKept(
        session_id=session_id,
        message_id=given.message_id,
        run_id=given.run_id,
        thumb=given.thumb,
        given_at=given.given_at,
    )
