"""What one customer message was read to say: the facts, the words behind them, and what the customer wants."""

from typing import Literal, NotRequired, Protocol

from typing_extensions import TypedDict

Intent = Literal[
    "greet",
    "provide",
    "question",
    "what_if",
    "human",
    "start_over",
    "withdraw",
    "why",
    "improve",
    "renew",
    "status",
    "resend",
    "thanks",
    "off_topic",
    "unclear",
    "refuse",
    "yes",
    "no",
]

Language = Literal["en", "hinglish", "hi"]


class WhatIf(TypedDict, total=False):
    """What a customer tries out; it never changes the application. `without_emis`: the other loans were repaid."""

    amount: int
    months: int
    rate_pct: str
    emi: int
    score: int
    monthly_income: int
    without_emis: bool


class Facts(TypedDict, total=False):
    """Slots set by one message. Money is whole rupees, terms are months, dates are ISO.

    A ``*_range`` is [low, high] and means: ask which. ``*_invalid`` holds the reason code of a malformed
    identifier. Aadhaar is kept as its last four digits only.
    """

    desired_amount: int
    desired_amount_range: list[int]
    loan_term_months: int
    loan_term_months_range: list[int]
    purpose: str
    applicant_name: str
    monthly_income: int
    annual_income: int
    household_annual_income: int
    existing_emi: int
    existing_loan_count: int
    existing_loan_outstanding: int
    employment: Literal["salaried", "self_employed", "student", "retired", "unemployed"]
    employer: str
    employment_years: int
    phone: str
    phone_invalid: str
    pan: str
    pan_invalid: str
    aadhaar_last4: str
    age: int
    date_of_birth: str
    email: str
    address: str
    pincode: str
    otp: str
    stated_credit_score: int
    max_emi: int
    requested_rate_pct: int | str
    better_rate: bool
    citizenship: Literal["other"]
    confirm: Literal["yes", "no"]
    kyc_route: Literal["vcip", "ckyc"]
    offer_choice: int
    offer_preference: Literal["longer", "shorter", "smaller", "larger", "cheaper"]
    what_if: WhatIf
    papers_language: Literal["en", "hi"]


class Reading(TypedDict):
    """One message, read. ``spans`` maps a slot to the exact words behind it, ``corrects`` lists slots said anew.

    ``heard`` is the message without what is personal, for a model that answers its tone; absent where there is none, or
    where the message may itself be a personal answer.
    """

    facts: Facts
    spans: dict[str, str]
    intent: Intent
    language: Language
    corrects: list[str]
    heard: NotRequired[str]


class Understander(Protocol):
    """Reads one message in the light of the slot just asked (``None``: nothing in particular)."""

    async def read(self, text: str, asked: str | None) -> Reading: ...
