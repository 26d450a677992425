"""A decision on record: what went in, the policy by its digest, what came out. Replayed, it has the same bytes."""

import hashlib
import json
from datetime import date
from typing import Any, Final

from kb.policy import Policy
from tools.policy.case import Applicant, Request
from tools.policy.decision import Decision
from tools.policy.engine import decide
from tools.policy.fields import FieldError

JsonDict = dict[str, Any]

LANGUAGE: Final = "language"  # of a record: which model read and phrased, by which prompts; no decision rests on it


class NotReplayable(ValueError):
    """The record lacks what a replay needs; the message says what, and nothing personal."""


def decision_record(
    application_id: str, applicant: Applicant, request: Request, policy: Policy, decision: Decision
) -> JsonDict:
    """The record, in JSON form. Its id is of everything in it."""
    record = {
        "application_id": application_id,
        "inputs": {"applicant": applicant.as_dict(), "request": request.as_dict()},
        "policy_sha256": policy.sha256,
        **decision.as_dict(),
    }
    return {"decision_id": hashlib.sha256(canonical(record)).hexdigest()[:16].upper(), **record}


def replay(record: JsonDict, policy: Policy) -> JsonDict:
    """What the record would be if it were made now, by this policy. Raises NotReplayable."""
    if record.get("policy_sha256") != policy.sha256:
        raise NotReplayable("the policy's file is not the one that the decision was made by")
    inputs = record["inputs"]
    if inputs["applicant"].get("dob") is None:
        raise NotReplayable("the date of birth was erased with the customer's data")
    try:
        applicant = Applicant.from_dict(inputs["applicant"])
        request = Request.from_dict(inputs["request"])
    except FieldError as error:
        raise NotReplayable(f"inputs: {error}") from error
    decision = decide(applicant, request, policy, date.fromisoformat(record["as_of"]))
    return decision_record(record["application_id"], applicant, request, policy, decision)


def canonical(record: JsonDict) -> bytes:
    """The bytes that records are compared and named by. What language it was made in counts for nothing."""
    decided = {name: value for name, value in record.items() if name != LANGUAGE}
    return json.dumps(decided, sort_keys=True, separators=(",", ":")).encode()
