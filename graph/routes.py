"""Who runs next: pure functions of the state. They read facts, never the customer's words."""

from typing import Literal

from agents.agenda import OWNER, AgentName, awaiting, decision_is_due
from agents.application import CLOSED, Application
from agents.reviewing.casework import ASIDE, answers_officer, is_officers_act, needs_case
from graph.gates import may_issue_letter, may_sanction, may_underwrite
from graph.state import LoanState

SALES_INTENTS = frozenset(
    {
        "greet",
        "question",
        "what_if",
        "renew",
        "human",
        "start_over",
        "withdraw",
        "status",
        "thanks",
        "off_topic",
        "refuse",
        "unclear",
    }
)
REASON_INTENTS = frozenset({"why", "improve"})  # answered from the decision's trace
KYC_FACTS = frozenset({"confirm", "pan", "pan_invalid", "date_of_birth", "phone", "phone_invalid", "otp", "kyc_route"})
CREDIT_FACTS = frozenset({"confirm", "offer_choice", "offer_preference", "papers_language"})


def after_understand(state: LoanState) -> Literal["sales", "kyc", "underwriting", "sanction", "review"]:
    """Sales takes what is said in passing; a plain answer to an agent's own question goes straight to that agent.

    What an officer did, and what a customer answers them, goes to review.
    """
    application, understood = state["application"], state["understood"]
    if is_officers_act(understood) or answers_officer(application, understood):
        return "review"
    desk = desk_in_charge(application)
    intent, facts = understood.get("intent"), set(understood.get("facts", {}))
    if (
        "kyc_route" in facts
        and facts <= {"kyc_route", "confirm"}
        and application.get("kyc_verified")
        and application["status"] not in CLOSED
    ):
        return "kyc"
    if desk is None or desk == "sales" or application["status"] in CLOSED:
        return "underwriting" if intent in REASON_INTENTS and application.get("decision") else "sales"
    if desk == "sanction" and intent in REASON_INTENTS and not facts:
        return "underwriting"  # why the offer is as it is, asked before it is signed
    own_facts = KYC_FACTS if desk == "kyc" else CREDIT_FACTS
    asks_why_of_nothing = intent in REASON_INTENTS and not application.get("decision")
    return "sales" if intent in SALES_INTENTS or asks_why_of_nothing or facts - own_facts else desk


def after_sales(state: LoanState) -> Literal["kyc", "underwriting", "sanction", "review", "reply"]:
    if needs_case(state["application"]):
        return "review"
    desk = desk_in_charge(state["application"])
    return "reply" if desk is None or desk == "sales" else desk


def after_kyc(state: LoanState) -> Literal["sales", "underwriting", "review", "reply"]:
    """An identity just verified goes on to its decision in the same turn; what no record holds, sales asks."""
    if needs_case(state["application"]):
        return "review"
    desk = desk_in_charge(state["application"])
    return desk if desk in {"sales", "underwriting"} else "reply"


def after_underwriting(state: LoanState) -> Literal["sanction", "review", "reply"]:
    if needs_case(state["application"]):
        return "review"
    return "sanction" if desk_in_charge(state["application"]) == "sanction" else "reply"


def after_review(state: LoanState) -> Literal["sales", "kyc", "underwriting", "reply"]:
    """On to whoever goes on with the application; to sales when an answer to an officer was a question as well."""
    desk = desk_in_charge(state["application"])
    if desk == "sanction":
        return "reply"
    return desk or ("sales" if state["understood"].get("intent") in ASIDE else "reply")


def after_sanction(state: LoanState) -> Literal["letter", "reply"]:
    return "letter" if may_issue_letter(state["application"]) else "reply"


def desk_in_charge(application: Application) -> AgentName | None:
    """The agent whose move it is: the owner of the next awaited field, behind the gates; None when nobody waits."""
    if application.get("status", "initiated") in CLOSED:
        return None
    fields = awaiting(application)
    desk: AgentName | None = OWNER[fields[0]] if fields else None
    if desk is None and decision_is_due(application):
        desk = "underwriting"
    if desk is None and not application.get("kyc_verified"):
        desk = "kyc"
    if desk == "sanction" and not may_sanction(application):
        desk = "underwriting"
    if desk == "underwriting" and not may_underwrite(application):
        desk = "kyc"
    return desk
