"""Cases that wait for a person: the queue, one case with all that it rests on, its papers, and what officers do."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from kb.policy import Policy
from server.access.principal import Officer
from server.cases.bodies import (
    ActRequest,
    ActTold,
    CaseDetails,
    CaseQueue,
    CaseSummary,
    FindingShown,
    Outlook,
    RuleLooked,
)
from server.cases.outlook import outlook
from server.cases.rules import Asked, Finding, NotAllowed, NotPossible
from server.cases.words import in_words
from server.deps import AccessDep, CaseDep, HouseDep
from server.edge.canonical import body_of, in_openapi
from server.house import House
from server.models import ModelUse
from server.problems import Problem, answers
from server.store.cases import STATES, WAITING, ActKeyReused, ActRow, CaseRow, StaleCase
from tools.encryption import Damaged
from tools.policy import officer_label

router = APIRouter(prefix="/api/v1/cases", tags=["Cases"])

QueueState = Literal["waiting", "open", "asked", "awaiting_second", "decided", "withdrawn", "all"]
SEVERAL = {"waiting": WAITING, "all": STATES}
MEDIA = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg"}
PAPER_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


@router.get("", responses=answers(404))
async def list_cases(
    house: HouseDep,
    access: AccessDep,
    state: QueueState = "waiting",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> CaseQueue:
    """The queue, what is due first first. Of an officer's own case no more than its number is told."""
    officer = officer_of(access.callers)
    rows, total = await house.cases.cases.queue(SEVERAL.get(state, (state,)), limit, offset)
    proposers = await house.cases.cases.proposers([row.case_id for row in rows if row.state == "awaiting_second"])
    shown = [_summary(house, row, officer, proposers.get(row.case_id)) for row in rows]
    return CaseQueue(cases=shown, total=total)


@router.get("/{case_id}")
async def get_case(case: CaseDep, house: HouseDep, access: AccessDep) -> CaseDetails:
    """All that a decision rests on. That an officer read it is recorded."""
    officer = officer_of(access.callers)
    try:
        acts = await house.cases.read(case, officer)
    except NotAllowed as refused:
        raise _forbidden(refused) from None
    return await _details(house, case, acts, officer)


@router.get("/{case_id}/documents/{document_id}", response_class=Response)
async def get_document(document_id: str, case: CaseDep, house: HouseDep, access: AccessDep) -> Response:
    """A paper of the case, as it was uploaded, to be kept and not to be shown by the browser. That is recorded."""
    officer = officer_of(access.callers)
    try:
        house.cases.rules.admit(case, officer)
        papers = {paper["document_id"]: paper for paper in await house.cases.cases.documents(case.session_id)}
        data = await house.uploads.read(case.session_id, document_id) if document_id in papers else None
    except NotAllowed as refused:
        raise _forbidden(refused) from None
    except Damaged:
        raise Problem(500, "document_damaged", "The document cannot be opened.") from None
    if data is None:
        raise Problem(404, "unknown_document", "There is no such document.")
    await house.cases.note_paper(case, officer, document_id)
    media = papers[document_id]["media"]
    name = f'attachment; filename="document.{media}"'
    return Response(
        data,
        media_type=MEDIA.get(media, "application/octet-stream"),
        headers=PAPER_HEADERS | {"Content-Disposition": name},
    )


@router.post("/{case_id}/acts", openapi_extra=in_openapi(ActRequest), responses=answers(409))
async def act(
    case: CaseDep,
    house: HouseDep,
    access: AccessDep,
    asked: Annotated[ActRequest, Depends(body_of(ActRequest))],
) -> ActTold:
    """Approve, decline or ask (makers); confirm or return (checkers). The same key again does nothing twice."""
    officer = officer_of(access.callers)
    if asked.slip is not None:
        await _check_slip(house, case, asked)
    try:
        after, done = await house.cases.act(case, officer, _asked(asked))
    except NotPossible as refused:
        raise Problem(409 if refused.code == "not_now" else 422, refused.code, refused.sentence) from None
    except NotAllowed as refused:
        raise _forbidden(refused) from None
    except StaleCase:
        raise Problem(409, "stale_case", "The case has changed since you looked at it; please look again.") from None
    except ActKeyReused:
        raise Problem(409, "key_reused", "This key came with another act before.") from None
    acts = await house.cases.cases.acts(case.case_id)
    told = next((row for row in acts if row.act_id == done.act_id), done)  # none left where the session was erased
    return ActTold(
        case=_summary(house, after, officer, _proposer(after, acts)),
        act_id=done.act_id,
        told=told.told is None and told.delivered_at is not None,
    )


def officer_of(callers: tuple[Any, ...]) -> Officer:
    """The rule of these routes admits nobody else."""
    return next(caller for caller in callers if isinstance(caller, Officer))


async def _check_slip(house: House, case: CaseRow, asked: ActRequest) -> None:
    slip = asked.slip
    if slip is None:
        return
    papers = {paper["document_id"] for paper in await house.cases.cases.documents(case.session_id)}
    if slip.document_id not in papers:
        raise Problem(422, "unknown_document", "The slip is no document of this case.")
    if not 0 <= (house.services.clock.today() - slip.paid_on).days <= _A_YEAR:
        raise Problem(422, "invalid_input", "Invalid input in: slip.paid_on.")


_A_YEAR = 366


def _asked(asked: ActRequest) -> Asked:
    slip = asked.slip
    read = None if slip is None else {**slip.model_dump(), "paid_on": slip.paid_on.isoformat()}
    return Asked(
        act=asked.act,
        reason=asked.reason,
        version=asked.version,
        key=asked.key,
        waive=tuple(sorted(set(asked.waive))),
        attest=asked.attest,
        question=asked.question,
        slip=read,
        accept_slip=asked.accept_slip,
        another_slip=asked.another_slip,
        outcome=asked.outcome,
    )


def _proposer(case: CaseRow, acts: list[ActRow]) -> str | None:
    """Whose approval waits for a second officer."""
    if case.state != "awaiting_second":
        return None
    return next((act.officer for act in reversed(acts) if act.act == "approve"), None)


def _summary(house: House, case: CaseRow, officer: Officer, proposed_by: str | None) -> CaseSummary:
    policy = house.cases.rules.policy_of(case.facts.get("decision"))
    own = bool(officer.own_refs.intersection(case.refs))
    waiting, today = case.state in WAITING, house.services.clock.today()
    return CaseSummary(
        case_id=case.case_id,
        application_id=case.application_id,
        kind=case.kind,
        state=case.state,
        version=case.version,
        own=own,
        customer_name=None if own else case.facts["name"],
        reasons=[] if own else case.reasons,
        reasons_in_words=[] if own else [in_words(policy, code) for code in case.reasons],
        proposed_by=None if own else proposed_by,
        amount=None if own else case.amount,
        opened_at=case.opened_at,
        due_on=case.due_on,
        overdue=waiting and date.fromisoformat(case.due_on) < today,
        closed_at=case.closed_at,
        outcome=None if own else case.outcome,
    )


async def _details(house: House, case: CaseRow, acts: list[ActRow], officer: Officer) -> CaseDetails:
    rules = house.cases.rules
    policy, found_on_it = rules.policy_of(case.facts.get("decision")), rules.findings(case)
    findings = [
        FindingShown(
            rule=found.rule,
            reason=found.reason,
            label=officer_label(policy, found.reason),
            value=found.value,
            threshold=found.threshold,
            waiver=found.waiver,
        )
        for found in found_on_it
    ]
    return CaseDetails(
        **_summary(house, case, officer, _proposer(case, acts)).model_dump(),
        session_id=case.session_id,
        approval=rules.needs(case),
        two_officers=rules.needs_two(case, officer),
        findings=findings,
        trace=_trace(case, policy),
        outlook=await _outlook(house, case, found_on_it, policy),
        facts=case.facts,
        documents=await house.cases.cases.documents(case.session_id),
        conversation=await house.sessions.transcript(case.session_id),
        acts=[
            {
                "act_id": row.act_id,
                "act": row.act,
                "officer": row.officer,
                "reason": row.reason,
                "details": row.details,
                "made_at": row.made_at,
                "told": row.delivered_at is not None,
            }
            for row in acts
        ],
        model_use=ModelUse(**(await house.model_calls.of_session(case.session_id))._asdict()),
    )


def _trace(case: CaseRow, policy: Policy) -> list[RuleLooked]:
    rules = {rule.id: rule for rule in policy.rules}
    entries = (case.facts.get("decision") or {}).get("trace", [])
    known = [(rules[entry["rule"]], entry) for entry in entries if entry["rule"] in rules]
    bands = {band.id: f"{band.min} to {band.max}" for band in policy.score_bands if band.min is not None}
    return [
        RuleLooked(**entry, stage=rule.stage, when=rule.when, band=bands.get(str(entry["threshold"])))
        for rule, entry in known
    ]


async def _outlook(house: House, case: CaseRow, found: list[Finding], policy: Policy) -> Outlook | None:
    """From the decision as it is stored, which has the birth date; the case does not."""
    decision = case.facts.get("decision")
    if decision is None or house.cases.rules.needs(case) != "waive":
        return None
    record = await house.sessions.latest_decision(case.session_id)
    if record is None or record["decision_id"] != decision["decision_id"]:
        return None
    then = outlook(record, found, policy)
    if then is None:
        return None
    return Outlook(
        decision=then.decision,
        reasons_in_words=[in_words(policy, code) for code in then.reasons],
        amount=then.amount,
        months=then.months,
        rate_pct=None if then.rate_pct is None else str(then.rate_pct),
        emi=then.emi,
    )


def _forbidden(refused: NotAllowed) -> Problem:
    return Problem(403, refused.code, refused.sentence)
