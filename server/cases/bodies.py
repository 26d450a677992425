"""The bodies of the officers' API."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr, StringConstraints

from server.cases.rules import ActName, Needs, Outcome
from server.models import Body, CleanText, ModelUse, SmallId

REASON_LEAST = 10

Reason = Annotated[CleanText, StringConstraints(strip_whitespace=True, min_length=REASON_LEAST, max_length=2000)]
Question = Annotated[CleanText, StringConstraints(strip_whitespace=True, min_length=REASON_LEAST, max_length=500)]
RuleId = Annotated[StrictStr, Field(pattern=r"^[A-Z]{1,2}-[0-9]{1,2}$")]
Line = Annotated[CleanText, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class SlipRead(Body):
    """What an officer reads on a salary slip: net pay in rupees a month, the day it was paid, the name on it."""

    document_id: SmallId
    employee_name: Line
    net_pay: Annotated[StrictInt, Field(ge=1, le=10_000_000)]
    paid_on: date
    employer: Line | None = None


class ActRequest(Body):
    """`version` is that of the case as the officer saw it; `key` is the officer's own, the same for a retry. `outcome`
    is what an officer found out of a request whose answer was lost: done, so that it is asked for again, or not."""

    act: ActName
    reason: Reason
    version: Annotated[StrictInt, Field(ge=1)]
    key: SmallId
    waive: Annotated[list[RuleId], Field(max_length=20)] = Field(default_factory=list)
    attest: StrictBool = False
    question: Question | None = None
    slip: SlipRead | None = None
    accept_slip: StrictBool = False
    another_slip: StrictBool = False
    outcome: Outcome | None = None


class CaseSummary(BaseModel):
    """`own` says that the case is about the officer who asks; then it tells no more than its number. `proposed_by` is
    who approved what waits for a second officer."""

    case_id: str
    application_id: str
    kind: str
    state: str
    version: int
    own: bool
    customer_name: str | None
    reasons: list[str]
    reasons_in_words: list[str]
    proposed_by: str | None
    amount: int | None
    opened_at: str
    due_on: str
    overdue: bool
    closed_at: str | None
    outcome: str | None


class CaseQueue(BaseModel):
    cases: list[CaseSummary]
    total: int


class FindingShown(BaseModel):
    """A rule that applied; `waiver` says how many officers may set it aside, null for nobody."""

    rule: str
    reason: str
    label: str
    value: Any
    threshold: Any
    waiver: Literal["one", "two"] | None


class RuleLooked(BaseModel):
    """One line of the trace; `when` says in words when the rule applies, `band` which scores a band of scores holds."""

    rule: str
    stage: int
    when: str
    value: Any
    threshold: Any
    band: str | None
    result: str


class Outlook(BaseModel):
    """What the policy would say once the findings are set aside; rupees, months, percent a year."""

    decision: str
    reasons_in_words: list[str]
    amount: int | None
    months: int | None
    rate_pct: str | None
    emi: int | None


class CaseDetails(CaseSummary):
    """`approval` says what an approval must bring, `two_officers` whether the one who asks needs a second, `outlook`
    what the policy would say after one that sets findings aside."""

    session_id: str
    approval: Needs
    two_officers: bool
    findings: list[FindingShown]
    trace: list[RuleLooked]
    outlook: Outlook | None
    facts: dict[str, Any]
    documents: list[dict[str, str]]
    conversation: list[dict[str, str | None]]
    acts: list[dict[str, Any]]
    model_use: ModelUse


class ActTold(BaseModel):
    """`told` is false while the conversation has not heard of it; then it will, by itself."""

    case: CaseSummary
    act_id: str
    told: bool
