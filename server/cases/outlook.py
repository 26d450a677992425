"""What the credit policy would say if officers set the findings of a case aside; nothing is decided by looking."""

from datetime import date
from typing import Any

from kb.policy import Policy
from server.cases.rules import Finding
from tools.policy.case import Applicant, Request
from tools.policy.decision import Decision
from tools.policy.engine import decide
from tools.policy.fields import FieldError


def outlook(record: dict[str, Any], findings: list[Finding], policy: Policy) -> Decision | None:
    """The decision on record made again, on the day it was made, without the findings that may be set aside; None
    where the record no longer holds what that takes."""
    inputs = record["inputs"]
    if inputs["applicant"].get("dob") is None or record.get("policy_sha256") != policy.sha256:
        return None
    aside = [{"rule": found.rule, "value": found.value} for found in findings if found.waiver]
    asked = inputs["request"] | {"waived": [*inputs["request"].get("waived", []), *aside]}
    try:
        applicant, request = Applicant.from_dict(inputs["applicant"]), Request.from_dict(asked)
    except FieldError:
        return None
    return decide(applicant, request, policy, date.fromisoformat(record["as_of"]))
