"""Dry run of the credit policy on a JSON document: customer, override, request, as_of and profile.

The document comes from outside, so every field is checked, and an error names the field and never repeats a value.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Self, cast

from kb.policy import Policy, PolicyError, load_policy, profiles
from kb.policy.model import HIGHEST_SCORE, LOWEST_SCORE
from tools.policy.case import Applicant, BureauRecord, KycRecord, NameMatch, Offer, Request, SalarySlip
from tools.policy.engine import decide

_NAME_MATCHES = ("match", "review", "mismatch")
_LARGEST = 10**12


class DryRunError(ValueError):
    """The document is malformed; the message is one line that names the field."""


def dry_run(document: object, *, default_as_of: date) -> dict[str, object]:
    """Decide the case in `document`; the result is `Decision.as_dict()`. Raises DryRunError."""
    root = _Fields(document, "document")
    customer = root.table("customer").raw
    override = root.table("override", optional=True).raw
    case = _Fields(merged(customer, override), "customer")
    as_of = root.day("as_of", default_as_of)
    policy = _policy(root.text("profile", "default"), as_of)
    return decide(read_applicant(case), read_request(root.table("request")), policy, as_of).as_dict()


def applicant_from(customer: object) -> Applicant:
    """Applicant of a customer record in the shape of the customers file. Raises DryRunError."""
    return read_applicant(_Fields(customer, "customer"))


def merged(base: Mapping[str, object], override: Mapping[str, object]) -> dict[str, object]:
    """`base` with the values of `override`; tables in both are merged, anything else is replaced."""
    result = dict(base)
    for key, value in override.items():
        before = result.get(key)
        nested = isinstance(before, dict) and isinstance(value, dict)
        result[key] = merged(cast(dict[str, object], before), cast(dict[str, object], value)) if nested else value
    return result


def _policy(profile: str, as_of: date) -> Policy:
    if profile not in profiles():
        raise DryRunError(f"profile: must be one of {', '.join(profiles())}")
    try:
        return load_policy(profile, on=as_of)
    except PolicyError as error:
        raise DryRunError(f"as_of: {error}") from error


class _Fields:
    """Checked access to a JSON object; errors name the path of the field."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise DryRunError(f"{path}: must be an object")
        self.raw: dict[str, object] = value
        self.path = path

    def table(self, key: str, *, optional: bool = False) -> Self:
        value = self.raw.get(key)
        if value is None and optional:
            value = {}
        return type(self)(value, self._name(key))

    def maybe_table(self, key: str) -> Self | None:
        return None if self.raw.get(key) is None else self.table(key)

    def count(self, key: str, default: int | None = None, *, most: int = _LARGEST) -> int:
        value = self._value(key, default)
        if type(value) is not int or not 0 <= value <= most:
            raise DryRunError(f"{self._name(key)}: must be a whole number from 0 to {most}")
        return value

    def maybe_count(self, key: str, *, required: bool = False) -> int | None:
        if required and key not in self.raw:
            raise DryRunError(f"{self._name(key)}: is missing")
        return None if self.raw.get(key) is None else self.count(key)

    def amount(self, key: str) -> int | Decimal:
        value = self._value(key, None)
        if isinstance(value, Decimal) and value.is_finite() and 0 <= value <= _LARGEST:
            return value
        return self.count(key)

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise DryRunError(f"{self._name(key)}: must be true or false")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._value(key, default)
        if not isinstance(value, str):
            raise DryRunError(f"{self._name(key)}: must be a text")
        return value

    def day(self, key: str, default: date | None = None) -> date:
        value = self._value(key, default)
        if type(value) is date:
            return value
        try:
            day = date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None or not 1900 <= day.year <= 2200:
            raise DryRunError(f"{self._name(key)}: must be a date like 2026-12-01")
        return day

    def _value(self, key: str, default: object) -> object:
        value = self.raw.get(key, default)
        if value is None and default is not None:
            value = default
        if value is None:
            raise DryRunError(f"{self._name(key)}: is missing")
        return value

    def _name(self, key: str) -> str:
        return key if self.path == "document" else f"{self.path}.{key}"


def read_applicant(fields: _Fields) -> Applicant:
    offer = fields.maybe_table("offer")
    kyc = fields.table("kyc")
    bureau = fields.table("bureau", optional=True)
    return Applicant(
        dob=fields.day("dob"),
        citizenship=fields.text("citizenship"),
        employment=fields.text("employment"),
        months_current_employer=fields.count("months_current_employer"),
        months_total_employment=fields.count("months_total_employment"),
        declared_income=fields.count("declared_income"),
        net_income_on_file=fields.maybe_count("net_income_on_file"),
        household_annual_income=fields.count("household_annual_income"),
        existing_emi=fields.count("existing_emi"),
        score=_score(fields),
        offer=Offer(offer.count("limit"), offer.day("valid_until")) if offer else None,
        kyc=KycRecord(
            mode=kyc.text("mode"),
            phone_ok=kyc.flag("phone_ok"),
            address_ok=kyc.flag("address_ok"),
            otp_loans_this_year=kyc.count("otp_loans_this_year", 0),
        ),
        bureau=BureauRecord(
            months_since_30dpd=bureau.maybe_count("months_since_30dpd"),
            months_since_60dpd=bureau.maybe_count("months_since_60dpd"),
            months_since_writeoff_or_settled=bureau.maybe_count("months_since_writeoff_or_settled"),
            enquiries_90d=bureau.count("enquiries_90d", 0),
        ),
        list_hit=fields.flag("list_hit", False),
        applications_30d=fields.count("applications_30d", 0),
        pans_same_phone=fields.count("pans_same_phone", 1),
    )


def read_request(fields: _Fields) -> Request:
    slip = fields.maybe_table("salary_slip")
    return Request(
        amount=fields.count("amount"),
        months=fields.count("months"),
        salary_slip=_slip(slip) if slip else None,
        consent=fields.flag("consent"),
    )


def _slip(fields: _Fields) -> SalarySlip:
    match = fields.text("name_match")
    if match not in _NAME_MATCHES:
        raise DryRunError(f"{fields.path}.name_match: must be one of {', '.join(_NAME_MATCHES)}")
    return SalarySlip(fields.amount("net_pay"), cast(NameMatch, match), fields.count("age_days"))


def _score(fields: _Fields) -> int | None:
    score = fields.maybe_count("score", required=True)
    if score is not None and not LOWEST_SCORE <= score <= HIGHEST_SCORE:
        raise DryRunError(f"{fields.path}.score: must be {LOWEST_SCORE} to {HIGHEST_SCORE} or null")
    return score
