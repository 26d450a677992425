"""The parts of an application that are records of their own: consents, papers, reports, offers, cases.

Money is whole rupees; exact decimals and dates travel as strings, as in the application.
"""

from typing import Any, Literal

from typing_extensions import TypedDict

from tools.consents import Needed


class Consent(TypedDict):
    """One consent, given for one purpose, never clubbed with another."""

    purpose: Needed
    at: str
    channel: str
    text_key: str


class OtpChallenge(TypedDict):
    """A one-time code under way. `seal` is a keyed hash of the code sent
    under the effect `key`; the code itself is never kept."""

    key: str
    seal: str
    expires_at: str
    sent: int
    tries_left: int


class KycStep(TypedDict):
    """The last step towards a higher KYC level. `tries` counts video calls, `failures` those that were not passed.

    route  "vcip" or "ckyc"
    state  declined, scheduled, no_show, failed, passed; of a Central KYC record also not_found or stale
    """

    route: str
    state: str
    on: str
    tries: int
    failures: int


class SalarySlip(TypedDict):
    """What was read from an uploaded salary slip; it counts only once the customer has confirmed it."""

    document_id: str
    employee_name: str
    employer: str | None
    net_pay: int
    paid_on: str
    confirmed: bool
    pan_ref: str | None
    marks: list[str]
    stated: int | None


class CreditReport(TypedDict):
    """The bureau's answer, pulled once for an application. `score` is None for somebody new to credit."""

    pulled_on: str
    score: int | None
    existing_emi: int
    history: dict[str, int]


class Alternative(TypedDict):
    """One counter-offer; what it costs stands beside it so that the cheaper one is visible."""

    kind: str
    amount: int
    months: int
    emi: int
    rate_pct: str
    total_interest: str
    apr_pct: str


class Offer(TypedDict):
    """An offer the engine made: nothing in it was ever taken from a conversation."""

    offer_id: str
    amount: int
    months: int
    rate_pct: str
    emi: int
    total_interest: str
    net_disbursed: str
    apr_pct: str
    lender: str
    registration: str
    valid_until: str


class KeyFactsShown(TypedDict):
    """Which Key Facts Statement was shown, by its digest, and when its acknowledgement came."""

    kfs_id: str
    offer_id: str
    digest: str
    language: str
    shown_at: str
    shown_on: str
    valid_until: str
    acknowledged_at: str | None
    channel: str


ReviewKind = Literal["policy", "appeal", "identity", "kyc", "document", "statement", "provider"]


class Review(TypedDict):
    """A case that waits for a person. `refs` are keyed hashes of whom it is about, so that no officer decides on
    themselves; `question` is an officer's that waits for its answer, `answered_by` the message that was it;
    `reading` is what was found on a document that a person must look at."""

    kind: ReviewKind
    reasons: list[str]
    opened_on: str
    due_on: str
    refs: list[str]
    question: str | None
    answered_by: str | None
    document_id: str | None
    reading: dict[str, Any] | None


class Waivers(TypedDict):
    """Findings that officers set aside: rule and value, for requests up to an amount and for the slip they saw."""

    rules: list[dict[str, Any]]
    up_to: int
    document_id: str | None
