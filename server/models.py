"""The bodies of the API, as the guide has them."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator

from server.edge.text import clean_id, clean_text
from server.store.feedback import Thumb
from tools.consents import Purpose
from tools.signing.finding import Problem as LetterProblem
from tools.signing.verdict import Standing

MAX_MESSAGE = 4000  # characters, as they are kept
MAX_SENT = 4 * MAX_MESSAGE  # as they are sent: accents may come apart


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _not_long(text: str) -> str:
    if len(text) > MAX_MESSAGE:
        raise ValueError(f"must have at most {MAX_MESSAGE} characters")
    return text


CleanText = Annotated[
    StrictStr,
    Field(max_length=MAX_SENT, json_schema_extra={"minLength": 1, "maxLength": MAX_MESSAGE}),
    AfterValidator(clean_text),
    AfterValidator(_not_long),
    AfterValidator(_not_blank),
]
SmallId = Annotated[StrictStr, Field(min_length=1, max_length=128), AfterValidator(clean_id)]


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ChatRequest(Body):
    message: CleanText
    session_id: SmallId | None = None
    message_id: SmallId | None = None
    when_busy: Literal["queue", "refuse"] = "queue"


class SocketMessage(Body):
    """What a client sends over WebSocket: a message, or a command by its `type`."""

    type: Literal["message", "cancel", "resume"] = "message"
    message: CleanText | None = None
    message_id: SmallId | None = None
    when_busy: Literal["queue", "refuse"] = "queue"
    last_event_id: Annotated[StrictInt, Field(ge=0)] | None = None


class ConsentChange(Body):
    purpose: Purpose
    given: StrictBool
    message_id: SmallId | None = None


class FeedbackGiven(Body):
    """Names the answer by its message or by its run."""

    thumb: Thumb
    message_id: SmallId | None = None
    run_id: SmallId | None = None

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.message_id is None) == (self.run_id is None):
            raise ValueError("name the answer by message_id or by run_id, and not by both")
        return self


class RagQuery(Body):
    query: CleanText
    top_k: Annotated[StrictInt, Field(ge=1, le=20)] = 3


class LetterCode(Body):
    code: Annotated[StrictStr, Field(min_length=1, max_length=64)]


class SessionCreated(BaseModel):
    session_id: str
    created_at: str
    greeting_message: str


class ReviewToldOf(BaseModel):
    """A person looks at the application: until when they answer, and what they ask."""

    due_on: str
    question: str | None


class LoanApplication(BaseModel):
    """The guide's twelve fields, and what a frontend shows beside them."""

    applicant_name: str | None
    desired_amount: int | None
    loan_term_months: int | None
    purpose: str | None
    kyc_verified: bool
    credit_score: int | None
    credit_eligibility: str
    offered_amount: int | None
    offered_interest_rate: float | None
    sanction_letter_generated: bool
    sanction_letter_url: str | None
    status: str
    application_id: str | None
    offer: dict[str, Any] | None
    alternatives: list[dict[str, Any]]
    language: str | None
    refusal_letter_url: str | None = None
    review: ReviewToldOf | None = None


class ModelUse(BaseModel):
    """What a language model was asked for, in tokens; all zero where none was."""

    calls: int
    input_tokens: int
    output_tokens: int


class SessionDetails(BaseModel):
    session_id: str
    loan_application: LoanApplication
    awaiting: list[str]
    message_count: int
    model_use: ModelUse


class SessionErased(BaseModel):
    session_id: str
    message: str


class ChatResponse(BaseModel):
    """`run_id`: what a thumb may name instead of the message; null in answers from before there were any."""

    session_id: str
    message: str
    loan_application: LoanApplication
    awaiting: list[str]
    message_id: str
    run_id: str | None = None
    timestamp: str
    cancelled: bool = False


class ConsentState(BaseModel):
    """One purpose. `given` is null where nothing was said yet; `since` is when the last word on it was."""

    purpose: str
    needed: bool
    given: bool | None
    since: str | None
    notice: dict[str, Any]


class Consents(BaseModel):
    session_id: str
    consents: list[ConsentState]
    history: list[dict[str, Any]]


class ConsentChanged(ChatResponse):
    consents: list[ConsentState]
    history: list[dict[str, Any]]


class DocumentAccepted(ChatResponse):
    document_id: str
    kind: str


class FeedbackKept(BaseModel):
    session_id: str
    message_id: str
    run_id: str
    thumb: Thumb
    given_at: str


class TranscriptMessage(BaseModel):
    """`thumb`: the customer's, on an answer; null where there is none."""

    role: Literal["user", "assistant"]
    content: str
    message_id: str
    created_at: str
    thumb: Thumb | None


class Transcript(BaseModel):
    messages: list[TranscriptMessage]


class RagResponse(BaseModel):
    query: str
    results: list[str]
    sources: list[str]


class LetterCheck(BaseModel):
    """`unaltered` is null for a code, which says nothing of a file; number and days are those of a genuine letter."""

    genuine: bool
    unaltered: bool | None
    current: bool
    standing: Standing
    problem: LetterProblem | None
    letter_number: str | None
    issued_on: date | None
    valid_until: date | None


class Health(BaseModel):
    """`rag_ready`: knowledge is searched by meaning; else by words alone. `email_ready`: mail leaves; else it waits."""

    status: str
    version: str
    environment: str
    timestamp: str
    rag_ready: bool
    storage_ready: bool
    email_ready: bool


class Metrics(BaseModel):
    total_sessions: int
    active_sessions: int
    total_messages: int
    avg_response_time_ms: float
    uptime_seconds: float


class OutboxMessage(BaseModel):
    id: str
    channel: Literal["sms", "email"]
    to: str
    subject: str
    body: str
    created_at: str


class Outbox(BaseModel):
    messages: list[OutboxMessage]
