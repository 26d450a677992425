"""What the credit policy is given: the applicant's recorded facts and the request, and their JSON form.

Name, city, PIN code, phone, e-mail, sex and language are not here on purpose: nothing may depend on them.
"""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Self, cast

from kb.policy.model import HIGHEST_SCORE, LOWEST_SCORE
from tools.policy.fields import FieldError, Fields

NameMatch = Literal["match", "review", "mismatch"]

OTP_EKYC = "otp_ekyc"

_YEAR = 366
_NAME_MATCHES = ("match", "review", "mismatch")


@dataclass(frozen=True, slots=True)
class Offer:
    """Pre-approved limit in whole rupees, valid up to and including `valid_until`."""

    limit: int
    valid_until: date

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(fields.count("limit"), fields.day("valid_until"))


@dataclass(frozen=True, slots=True)
class KycRecord:
    """`otp_loans_this_year`: rupees of loans already given this year on OTP e-KYC."""

    mode: str
    phone_ok: bool
    address_ok: bool
    otp_loans_this_year: int = 0

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            mode=fields.text("mode"),
            phone_ok=fields.flag("phone_ok"),
            address_ok=fields.flag("address_ok"),
            otp_loans_this_year=fields.count("otp_loans_this_year", 0),
        )


@dataclass(frozen=True, slots=True)
class BureauRecord:
    """Completed months since the event; None when there was none."""

    months_since_30dpd: int | None = None
    months_since_60dpd: int | None = None
    months_since_writeoff_or_settled: int | None = None
    enquiries_90d: int = 0

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            months_since_30dpd=fields.maybe_count("months_since_30dpd"),
            months_since_60dpd=fields.maybe_count("months_since_60dpd"),
            months_since_writeoff_or_settled=fields.maybe_count("months_since_writeoff_or_settled"),
            enquiries_90d=fields.count("enquiries_90d", 0),
        )


@dataclass(frozen=True, slots=True)
class Applicant:
    """Incomes and EMIs are rupees a month, the household's income rupees a year, spans whole months.

    `net_income_on_file` is verified income from the lender's records; `declared_income` is what was said. None
    means unknown: an unknown span of employment or household income sends the case to a person.
    """

    dob: date
    citizenship: str
    employment: str
    months_current_employer: int | None
    months_total_employment: int | None
    declared_income: int | None
    net_income_on_file: int | None
    household_annual_income: int | None
    existing_emi: int
    score: int | None
    offer: Offer | None
    kyc: KycRecord
    bureau: BureauRecord = BureauRecord()
    list_hit: bool = False
    applications_30d: int = 0
    pans_same_phone: int = 1

    @classmethod
    def from_dict(cls, record: object) -> Self:
        """From the shape of the customers file; keys it does not know are ignored. Raises FieldError."""
        return cls.read(Fields(record, "customer"))

    @classmethod
    def read(cls, fields: Fields) -> Self:
        kyc = KycRecord.read(fields.table("kyc"))
        offer = fields.maybe_table("offer")
        score = fields.maybe_count("score", required=True)
        if score is not None and not LOWEST_SCORE <= score <= HIGHEST_SCORE:
            raise FieldError(f"{fields.path}.score: must be {LOWEST_SCORE} to {HIGHEST_SCORE} or null")
        return cls(
            dob=fields.day("dob"),
            citizenship=fields.text("citizenship"),
            employment=fields.text("employment"),
            months_current_employer=fields.maybe_count("months_current_employer", required=True),
            months_total_employment=fields.maybe_count("months_total_employment", required=True),
            declared_income=fields.maybe_count("declared_income", required=True),
            net_income_on_file=fields.maybe_count("net_income_on_file"),
            household_annual_income=fields.maybe_count("household_annual_income", required=True),
            existing_emi=fields.count("existing_emi"),
            score=score,
            offer=Offer.read(offer) if offer else None,
            kyc=kyc,
            bureau=BureauRecord.read(fields.table("bureau", optional=True)),
            list_hit=fields.flag("list_hit", False),
            applications_30d=fields.count("applications_30d", 0),
            pans_same_phone=fields.count("pans_same_phone", 1),
        )

    def as_dict(self) -> dict[str, object]:
        """JSON form that `from_dict` reads back."""
        return cast(dict[str, object], _plain(asdict(self)))


@dataclass(frozen=True, slots=True)
class SalarySlip:
    """Net pay in rupees a month as read from the slip; age counted from the pay date, negative before it."""

    net_pay: int | Decimal
    name_match: NameMatch
    age_days: int

    @classmethod
    def read(cls, fields: Fields) -> Self:
        match = fields.text("name_match")
        if match not in _NAME_MATCHES:
            raise FieldError(f"{fields.path}.name_match: must be one of {', '.join(_NAME_MATCHES)}")
        return cls(fields.amount("net_pay"), cast(NameMatch, match), fields.count("age_days", least=-_YEAR))


@dataclass(frozen=True, slots=True)
class Waiver:
    """An officer has set this rule's finding aside, for the value that the rule found and no other."""

    rule: str
    value: str | int | bool | None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        value = fields.raw.get("value")
        if value is not None and not isinstance(value, str | int | bool):
            raise FieldError(f"{fields.path}.value: must be text, a whole number, true, false or null")
        return cls(fields.text("rule"), value)


@dataclass(frozen=True, slots=True)
class Request:
    """Amount in whole rupees. `consent` covers the bureau check and the use of data. `waived` is what officers set
    aside; it is left out of the JSON form when empty."""

    amount: int
    months: int
    salary_slip: SalarySlip | None
    consent: bool
    waived: tuple[Waiver, ...] = ()

    @classmethod
    def from_dict(cls, record: object) -> Self:
        """Raises FieldError."""
        return cls.read(Fields(record, "request"))

    @classmethod
    def read(cls, fields: Fields) -> Self:
        slip = fields.maybe_table("salary_slip")
        return cls(
            amount=fields.count("amount"),
            months=fields.count("months"),
            salary_slip=SalarySlip.read(slip) if slip else None,
            consent=fields.flag("consent"),
            waived=_waivers(fields),
        )

    def as_dict(self) -> dict[str, object]:
        """JSON form that `from_dict` reads back."""
        plain = cast(dict[str, object], _plain(asdict(self)))
        plain["waived"] = [asdict(waiver) for waiver in self.waived]
        return plain if self.waived else {name: value for name, value in plain.items() if name != "waived"}


def _waivers(fields: Fields) -> tuple[Waiver, ...]:
    found = fields.raw.get("waived", [])
    if not isinstance(found, list):
        raise FieldError(f"{fields.path}.waived: must be a list")
    return tuple(Waiver.read(Fields(one, f"{fields.path}.waived")) for one in found)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
