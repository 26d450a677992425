"""What the outside sees of a loan conversation: the guide's fields, what is awaited, nothing that must stay inside."""

from typing import Any

from agents.agenda import awaiting
from agents.application import Application, new_application
from agents.parts import Review
from agents.speaking import line, phrasebook
from kb.policy import Policy

# The guide's twelve fields, in its order, and what a frontend needs beside them.
GUIDE_FIELDS = (
    "applicant_name",
    "desired_amount",
    "loan_term_months",
    "purpose",
    "kyc_verified",
    "credit_score",
    "credit_eligibility",
    "offered_amount",
    "offered_interest_rate",
    "sanction_letter_generated",
    "sanction_letter_url",
    "status",
)
PUBLIC_FIELDS = (*GUIDE_FIELDS, "application_id", "offer", "alternatives", "language", "refusal_letter_url")
NEUTRAL_REASON = "R-REVIEW"
SIGNALS = frozenset({"list_hit", "applications_30d", "pans_same_phone"})  # of screening and fraud, among the inputs
_NOTHING_KNOWN = new_application("", "")


def opening(session_id: str) -> str:  # noqa: ARG001  every session begins alike
    return phrasebook("en").phrase(line("greeting"))


def view(state: dict[str, Any]) -> dict[str, Any]:
    """`loan_application` and `awaiting` of a state; of a conversation that has not begun as well."""
    application: Application = state.get("application") or _NOTHING_KNOWN
    return {
        "loan_application": {name: application.get(name, _NOTHING_KNOWN.get(name)) for name in PUBLIC_FIELDS}
        | {"review": _told_of(application.get("review"))},
        "awaiting": awaiting(application),
    }


def shown(update: dict[str, Any]) -> dict[str, Any]:
    """The public part of what a node changed."""
    change = update.get("application") or {}
    public = {name: change[name] for name in PUBLIC_FIELDS if name in change}
    return public | ({"review": _told_of(change["review"])} if "review" in change else {})


def in_review(seen: dict[str, Any]) -> bool:
    """Of a view."""
    return bool(seen.get("loan_application", {}).get("status") == "under_review")


def _told_of(review: Review | None) -> dict[str, Any] | None:
    """Until when a person answers, and what they ask; not why they look."""
    return {"due_on": review["due_on"], "question": review["question"]} if review else None


def decision(state: dict[str, Any]) -> dict[str, Any] | None:
    """The decision record that stands."""
    record: dict[str, Any] | None = (state.get("application") or {}).get("decision")
    return record


def for_customer(record: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """A decision record as its customer may read it: without a word on screening and fraud signals.

    They are left out of every record, so that those which hold none do not tell by it what the others hold. Whatever
    goes to a person has one shape: the named reasons, or a neutral one, and the named rules that fired.
    """
    secret = {code for code, reason in policy.reasons.items() if not reason.disclose}
    silent = {rule.id for rule in policy.rules if rule.reason in secret}
    reasons = [code for code in record["reasons"] if code not in secret] or [NEUTRAL_REASON]
    trace = [entry for entry in record["trace"] if entry["rule"] not in silent]
    if record["decision"] == "MANUAL_REVIEW":
        left = {name: value for name, value in record.items() if name not in {"inputs", "inputs_digest"}}
        return left | {"reasons": reasons, "trace": [entry for entry in trace if entry["result"] == "hit"]}
    applicant = {name: value for name, value in record["inputs"]["applicant"].items() if name not in SIGNALS}
    request = {name: value for name, value in record["inputs"]["request"].items() if name != "waived"}
    return record | {"reasons": reasons, "trace": trace, "inputs": {"applicant": applicant, "request": request}}
