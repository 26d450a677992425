"""What the credit policy is given: the applicant's recorded facts and the request.

Name, city, PIN code, phone, e-mail, sex and language are not here on purpose: nothing may depend on them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

NameMatch = Literal["match", "review", "mismatch"]

OTP_EKYC = "otp_ekyc"


@dataclass(frozen=True, slots=True)
class Offer:
    """Pre-approved limit in whole rupees, valid up to and including `valid_until`."""

    limit: int
    valid_until: date


@dataclass(frozen=True, slots=True)
class KycRecord:
    """`otp_loans_this_year`: rupees of loans already given this year on OTP e-KYC."""

    mode: str
    phone_ok: bool
    address_ok: bool
    otp_loans_this_year: int = 0


@dataclass(frozen=True, slots=True)
class BureauRecord:
    """Completed months since the event; None when there was none."""

    months_since_30dpd: int | None = None
    months_since_60dpd: int | None = None
    months_since_writeoff_or_settled: int | None = None
    enquiries_90d: int = 0


@dataclass(frozen=True, slots=True)
class Applicant:
    """Incomes and EMIs are rupees a month, the household's income rupees a year, spans whole months.

    `net_income_on_file` is verified income from the lender's records; `declared_income` is what was said.
    """

    dob: date
    citizenship: str
    employment: str
    months_current_employer: int
    months_total_employment: int
    declared_income: int
    net_income_on_file: int | None
    household_annual_income: int
    existing_emi: int
    score: int | None
    offer: Offer | None
    kyc: KycRecord
    bureau: BureauRecord = BureauRecord()
    list_hit: bool = False
    applications_30d: int = 0
    pans_same_phone: int = 1


@dataclass(frozen=True, slots=True)
class SalarySlip:
    """Net pay in rupees a month as read from the slip; age counted from the pay date."""

    net_pay: int | Decimal
    name_match: NameMatch
    age_days: int


@dataclass(frozen=True, slots=True)
class Request:
    """Amount in whole rupees. `consent` covers the bureau check and the use of data."""

    amount: int
    months: int
    salary_slip: SalarySlip | None
    consent: bool
