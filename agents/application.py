"""The loan application: the one record that all agents read and that each of them writes a part of.

It is a channel of the graph's state. A node returns only what it changed, `merge_application` folds that in and checks
every move of the status, so no agent, test or developer in Studio can take an application where it may not go.
Money is whole rupees; exact decimals and dates travel as strings (`"10.50"`, `"2026-12-01"`), because a checkpoint and
Studio's JSON must give back what was put in.
"""

from typing import Any, Literal

from typing_extensions import TypedDict

from agents.parts import (
    Alternative,
    Consent,
    CreditReport,
    KeyFactsShown,
    KycStep,
    Offer,
    OtpChallenge,
    Review,
    SalarySlip,
    Waivers,
)

Status = Literal[
    "initiated",
    "kyc_pending",
    "credit_check_pending",
    "offer_made",
    "offer_accepted",
    "under_review",
    "sanctioned",
    "rejected",
    "withdrawn",
    "expired",
    "completed",
]
Eligibility = Literal["pending", "needs_document", "manual_review", "counter_offer", "eligible", "not_eligible"]

IDENTITY = ("pan", "date_of_birth", "phone")
CLOSED: frozenset[Status] = frozenset({"sanctioned", "rejected", "withdrawn", "expired", "completed", "under_review"})

# Starting over is not a move: it is a new application with a new id.
ALLOWED_MOVES: dict[Status, frozenset[Status]] = {
    "initiated": frozenset({"kyc_pending", "withdrawn"}),
    "kyc_pending": frozenset({"credit_check_pending", "under_review", "withdrawn"}),
    "credit_check_pending": frozenset({"offer_made", "under_review", "rejected", "withdrawn"}),
    # A node writes once a visit: a slip that is confirmed and brings a decline moves straight to it.
    "offer_made": frozenset(
        {"offer_accepted", "credit_check_pending", "under_review", "rejected", "withdrawn", "expired"}
    ),
    "offer_accepted": frozenset({"sanctioned", "credit_check_pending", "withdrawn", "expired"}),
    "under_review": frozenset({"kyc_pending", "credit_check_pending", "offer_made", "rejected", "withdrawn"}),
    "sanctioned": frozenset({"completed"}),
    "rejected": frozenset({"under_review"}),
    "withdrawn": frozenset(),
    "expired": frozenset(),
    "completed": frozenset(),
}


class IllegalMove(ValueError):
    """A write would take the application's status where the table does not allow it."""

    def __init__(self, current: str, wanted: str) -> None:
        super().__init__(f"an application cannot move from {current} to {wanted}")


class Need(TypedDict, total=False):
    """What the customer wants and says of themselves. Written by sales."""

    applicant_name: str | None
    desired_amount: int | None
    loan_term_months: int | None
    purpose: str | None
    to_correct: list[str]
    employment: str | None
    employer: str | None
    monthly_income_declared: int | None
    household_annual_income: int | None
    existing_emi_declared: int | None
    email: str | None
    address: str | None
    renews: str | None
    stated: dict[str, Any]
    to_confirm: list[str]
    confirmed: dict[str, Any]
    human_requested: bool


class Identity(TypedDict, total=False):
    """Who the customer is and what they agreed to. Written by kyc.

    The optional consents, by purpose, are theirs beyond this application: starting over leaves them as they are.
    """

    consents: list[Consent]
    optional_consents: dict[str, bool]
    consent_refusals: int
    pan: str | None
    date_of_birth: str | None
    phone: str | None
    identity_mismatches: int
    identified_as: str | None
    otp: OtpChallenge | None
    phone_verified: bool
    kyc_verified: bool
    kyc_mode: str | None
    kyc_upgrade_offered: bool
    kyc_step: KycStep | None
    customer: dict[str, Any] | None
    list_hit: bool
    provider_failures: int


class Credit(TypedDict, total=False):
    """What the policy made of the facts. Written by underwriting."""

    credit_report: CreditReport | None
    credit_score: int | None
    credit_eligibility: Eligibility
    salary_slip: SalarySlip | None
    slip_findings: list[str]
    pays_shown: dict[str, int]
    slip_refusals: int
    income_before_slip: int | None
    review_reasons: list[str]
    outcome_unknown: str | None
    decision: dict[str, Any] | None
    alternatives: list[Alternative]
    offer: Offer | None
    offer_refusals: int
    option_named: int | None
    offered_amount: int | None
    offered_interest_rate: float | None
    reason_codes: list[str]


class Reviewed(TypedDict, total=False):
    """What waits for a person and what persons made of it. Written by review."""

    review: Review | None
    waivers: Waivers | None
    appeals: int
    identity_rounds: int
    kyc_attested: bool


class Sanction(TypedDict, total=False):
    """The papers. Written by sanction."""

    key_facts: KeyFactsShown | None
    sanction_letter_generated: bool
    sanction_letter_url: str | None
    refusal_letter_url: str | None


class Application(Need, Identity, Credit, Reviewed, Sanction, total=False):
    """The whole record: the guide's twelve fields and what stands behind them."""

    application_id: str
    opened_on: str
    status: Status
    language: str


def application_id_for(message_id: str) -> str:
    """The id of an application opened by a message: the same when the turn is run again."""
    return f"EF-{message_id.replace('-', '')[:16].upper()}"


def new_application(application_id: str, opened_on: str, language: str = "en") -> Application:
    """An application in which nothing is known yet, with every key present so that it also clears an older one."""
    return Application(
        application_id=application_id,
        opened_on=opened_on,
        status="initiated",
        language=language,
        applicant_name=None,
        desired_amount=None,
        loan_term_months=None,
        purpose=None,
        to_correct=[],
        employment=None,
        employer=None,
        monthly_income_declared=None,
        household_annual_income=None,
        existing_emi_declared=None,
        email=None,
        address=None,
        renews=None,
        stated={},
        to_confirm=[],
        confirmed={},
        human_requested=False,
        consents=[],
        consent_refusals=0,
        pan=None,
        date_of_birth=None,
        phone=None,
        identity_mismatches=0,
        identified_as=None,
        otp=None,
        phone_verified=False,
        kyc_verified=False,
        kyc_mode=None,
        kyc_upgrade_offered=False,
        kyc_step=None,
        customer=None,
        list_hit=False,
        provider_failures=0,
        credit_report=None,
        credit_score=None,
        credit_eligibility="pending",
        salary_slip=None,
        slip_findings=[],
        pays_shown={},
        slip_refusals=0,
        income_before_slip=None,
        review_reasons=[],
        outcome_unknown=None,
        decision=None,
        alternatives=[],
        offer=None,
        offer_refusals=0,
        option_named=None,
        offered_amount=None,
        offered_interest_rate=None,
        reason_codes=[],
        review=None,
        waivers=None,
        appeals=0,
        identity_rounds=0,
        kyc_attested=False,
        key_facts=None,
        sanction_letter_generated=False,
        sanction_letter_url=None,
        refusal_letter_url=None,
    )


def merge_application(current: Application | None, change: Application | None) -> Application:
    """The channel's reducer: `change` over `current`, refusing a status that cannot follow.

    Raises IllegalMove.
    """
    current, change = current or Application(), change or Application()
    same_application = change.get("application_id", current.get("application_id")) == current.get("application_id")
    before, after = current.get("status"), change.get("status")
    if same_application and before and after and before != after and after not in ALLOWED_MOVES[before]:
        raise IllegalMove(before, after)
    return Application(**{**current, **change})
