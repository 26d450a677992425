"""What holds of an application that a person looks at: the kind of case, what was set aside, what to say of it."""

from typing import Any, cast

from agents.application import Application
from agents.parts import Review, ReviewKind, Waivers
from agents.speaking import Line, line
from agents.turn import Understood
from tools.policy import Waiver

OF_THE_SLIP = frozenset({"M-08", "M-09"})  # a waiver of these is for the slip that the officer saw
# Said while an officer waits for an answer, these are none.
NO_ANSWER = frozenset({"status", "withdraw", "start_over", "greet"})
ASIDE = frozenset({"question", "what_if", "off_topic", "human"})  # answered as ever, also as an officer's answer
APPEALS = 1


def needs_case(application: Application) -> bool:
    """A person has to look at it, and no case says so yet."""
    return application.get("status") == "under_review" and not application.get("review")


def is_officers_act(understood: Understood) -> bool:
    return (understood.get("act") or {}).get("kind") == "case"


def answers_officer(application: Application, understood: Understood) -> bool:
    """An officer has asked, and this message may be the answer."""
    review = application.get("review")
    asked = application.get("status") == "under_review" and bool(review and review["question"])
    return asked and not understood.get("act") and understood.get("intent") not in NO_ANSWER


def may_appeal(application: Application) -> bool:
    """A refused customer may have a person look at it, once."""
    return application.get("status") == "rejected" and application.get("appeals", 0) < APPEALS


def appeal(application: Application) -> Application:
    return Application(
        status="under_review",
        credit_eligibility="manual_review",
        appeals=application.get("appeals", 0) + 1,
        human_requested=True,
    )


def kind_of(application: Application) -> ReviewKind:
    """Why a person looks at it. An application that was refused once stays an appeal to its end."""
    decision, codes = application.get("decision"), application.get("reason_codes", [])
    noted = application.get("review_reasons", [])
    if application.get("appeals"):
        return "appeal"
    if any(reason.startswith("PROVIDER-") for reason in noted):
        return "provider"
    if not application.get("kyc_verified"):
        return "identity"
    if any(reason.startswith("STATED-") for reason in noted):
        return "statement"
    if decision and decision["decision"] == "MANUAL_REVIEW":
        return "policy"
    if application.get("kyc_upgrade_offered") or "R-KYC-PENDING" in codes:
        return "kyc"
    if noted or "R-SLIP" in codes or application.get("salary_slip"):
        return "document"
    return "provider"


def reasons_of(application: Application, kind: ReviewKind) -> list[str]:
    """The true reason codes, for officers."""
    found = [*application.get("review_reasons", [])]
    match kind:
        case "identity":
            found = found or ["IDENTITY-LOCKED"]
        case "document":
            found = found or ["SLIP-UNREADABLE"]
        case "provider":
            found = found or ["PROVIDER-DOWN"]
        case _:
            found = [*application.get("reason_codes", []), *found]
    return list(dict.fromkeys(found)) or ["REFUSED"]


def standing_waivers(application: Application) -> tuple[Waiver, ...]:
    """What officers set aside and still counts for the present request and slip."""
    waivers, slip = application.get("waivers"), application.get("salary_slip")
    if not waivers or cast(int, application["desired_amount"]) > waivers["up_to"]:
        return ()
    same_slip = (slip["document_id"] if slip else None) == waivers["document_id"]
    return tuple(
        Waiver(one["rule"], one["value"]) for one in waivers["rules"] if same_slip or one["rule"] not in OF_THE_SLIP
    )


def with_waivers(application: Application, rules: list[dict[str, Any]]) -> Waivers:
    """The waivers that stand, and these; for requests up to the present one."""
    slip = application.get("salary_slip")
    before = [{"rule": one.rule, "value": one.value} for one in standing_waivers(application)]
    new = [one for one in rules if one not in before]
    return Waivers(
        rules=[*before, *new],
        up_to=cast(int, application["desired_amount"]),
        document_id=slip["document_id"] if slip else None,
    )


_WITH_TERMS = frozenset({"offer_made", "offer_accepted", "sanctioned", "completed"})


def where_it_stands(application: Application) -> list[Line]:
    """How the application stands; of a case since when, until when, and what is asked; of an offer its terms, and of
    a loan its letter."""
    review, status, offer = application.get("review"), application["status"], application.get("offer")
    if status == "under_review" and review:
        facts = {"opened_on": review["opened_on"], "due_on": review["due_on"]}
        if review["question"]:
            return [line("review.status_asked", question=review["question"], **facts)]
        return [line("review.status", **facts)]
    said = [line(f"status.{application['status']}")]
    if offer and status in _WITH_TERMS:
        said.append(line("offer.terms", **offer))
    if url := application.get("sanction_letter_url"):
        said.append(line("sanction.letter_here", url=url))
    return said


def as_decided(application: Application) -> Application:
    """The decision that stands, to be kept where all else of it is cleared."""
    return Application(
        decision=application.get("decision"),
        reason_codes=application.get("reason_codes", []),
        credit_eligibility="needs_document",
        kyc_upgrade_offered=application.get("kyc_upgrade_offered", False),
    )


def closed(review: Review | None) -> Application:
    """What no longer holds once a person has decided."""
    settled = Application(review_reasons=[], slip_findings=[], outcome_unknown=None)
    return Application(**settled, review=None) if review else settled
