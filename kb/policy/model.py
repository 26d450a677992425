"""Shape of a credit policy file. Money is whole rupees; rates and percentages are Decimals read from strings."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator

Outcome = Literal["APPROVE", "COUNTER_OFFER", "NEEDS_DOCUMENT", "INCOMPLETE", "MANUAL_REVIEW", "DECLINE"]

LOWEST_SCORE, HIGHEST_SCORE = 300, 900


def _decimal_from_text(value: object) -> Decimal:
    # A TOML number with a point would already be a float, hence inexact.
    if not isinstance(value, str):
        raise ValueError("must be a number in quotes")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ValueError("must be a number in quotes") from error
    if not number.is_finite() or number < 0:
        raise ValueError("must be a finite number, 0 or more")
    return number


Percent = Annotated[Decimal, BeforeValidator(_decimal_from_text)]
Rupees = Annotated[StrictInt, Field(ge=0)]
Count = Annotated[StrictInt, Field(ge=0)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Product(_Section):
    min_amount: Rupees
    max_amount: Rupees
    amount_step: Annotated[StrictInt, Field(ge=1)]
    min_months: Annotated[StrictInt, Field(ge=1)]
    max_months: Count
    min_rate_pct: Percent
    max_rate_pct: Percent
    employment: tuple[StrictStr, ...]

    @model_validator(mode="after")
    def _ranges_run_upwards(self) -> Self:
        ranges = (
            ("amount", self.min_amount, self.max_amount),
            ("months", self.min_months, self.max_months),
            ("rate_pct", self.min_rate_pct, self.max_rate_pct),
        )
        for name, low, high in ranges:
            if low > high:
                raise ValueError(f"min_{name} is above max_{name}")
        if self.min_amount % self.amount_step or self.max_amount % self.amount_step:
            raise ValueError("min_amount and max_amount must be multiples of amount_step")
        return self


class ApplicantLimits(_Section):
    min_age: Count
    max_age: Count
    max_age_at_maturity: Count
    citizenship: StrictStr
    min_net_monthly_income: Rupees
    min_months_current_employer: Count
    min_months_total_employment: Count


class OfferTerms(_Section):
    multiple: Annotated[StrictInt, Field(ge=1)]
    no_live_offer_is_zero_limit: StrictBool


class Affordability(_Section):
    new_emi_cap_pct: Percent
    within_offer: StrictBool


class Challenge(_Section):
    min_score: Count


class Microfinance(_Section):
    household_income_max: Rupees


class Kyc(_Section):
    otp_ekyc_annual_cap: Rupees
    ckyc_max_age_days: Count = 730


class Bureau(_Section):
    dpd60_months: Count
    writeoff_months: Count
    dpd30_months: Count
    enquiries_90d: Count


class Fraud(_Section):
    applications_30d: Count
    pans_same_phone: Count
    income_gap_pct: Percent


class Fees(_Section):
    processing_fee_pct: Percent
    gst_pct: Percent
    penal_charge_pct_pa: Percent
    foreclosure_fee_pct: Percent
    bounce_charge: Percent


class Periods(_Section):
    cooling_off_days: Count
    kfs_validity_working_days: Count
    sanction_validity_days: Count
    bureau_report_max_age_days: Count
    salary_slip_max_age_days: Count


class ScoreBand(_Section):
    """`min` and `max` are both None for applicants without a score.

    `reopened_as` is the band whose terms apply once a decline by score was waived.
    """

    id: StrictStr
    min: StrictInt | None = None
    max: StrictInt | None = None
    rate_pct: Percent | None = None
    outcome: Literal["APPROVE", "MANUAL_REVIEW", "DECLINE"]
    cap_without_offer: Rupees
    offer_track: StrictBool
    reopened_as: StrictStr | None = None
    source: StrictStr


class FoirBand(_Section):
    id: StrictStr
    min_income: Rupees
    cap_pct: Percent
    source: StrictStr


class Rule(_Section):
    """`otherwise` is the outcome when the rule asks for a counter-offer and none can be made.

    `waiver` says how many officers may set its finding aside; None for nobody.
    """

    id: StrictStr
    stage: Annotated[StrictInt, Field(ge=1, le=10)]
    when: StrictStr
    outcome: Outcome
    otherwise: Literal["DECLINE", "MANUAL_REVIEW"] | None = None
    reason: StrictStr
    source: StrictStr
    enabled: StrictBool = True
    waiver: Literal["one", "two"] | None = None

    @model_validator(mode="after")
    def _counter_offers_have_a_way_out(self) -> Self:
        if self.outcome == "COUNTER_OFFER" and self.otherwise is None:
            raise ValueError("otherwise is missing")
        return self


class ReasonTexts(_Section):
    """Texts may hold {section.key} of a threshold; without Hinglish, English stands in.

    With `disclose` false the code must not reach the customer.
    """

    label: StrictStr
    en: StrictStr
    hi: StrictStr
    helps_en: StrictStr | None = None
    helps_hi: StrictStr | None = None
    hinglish: StrictStr | None = None
    helps_hinglish: StrictStr | None = None
    disclose: StrictBool = True


class Policy(_Section):
    """One version of the credit policy under one profile. `sources` maps "section.key" to the source tag.

    `sha256` is of the file it was read from; empty for one that came from no file.
    """

    policy_id: StrictStr
    version: StrictStr
    effective_from: date
    profile: StrictStr
    sha256: StrictStr = ""
    currency: Literal["INR"]
    rate_type: StrictStr
    product: Product
    applicant: ApplicantLimits
    offer: OfferTerms
    affordability: Affordability
    challenge: Challenge
    microfinance: Microfinance
    kyc: Kyc
    bureau: Bureau
    fraud: Fraud
    fees: Fees
    periods: Periods
    score_bands: tuple[ScoreBand, ...]
    foir_bands: tuple[FoirBand, ...]
    rules: tuple[Rule, ...]
    reasons: Mapping[str, ReasonTexts]
    sources: Mapping[str, str]

    def band_for(self, score: int | None) -> ScoreBand:
        """Raises ValueError for a score outside 300-900."""
        for band in self.score_bands:
            if score is None and band.min is None:
                return band
            if score is not None and band.min is not None and band.max is not None and band.min <= score <= band.max:
                return band
        raise ValueError(f"score must be {LOWEST_SCORE} to {HIGHEST_SCORE} or none")

    def foir_cap_pct(self, income: int | Decimal) -> Decimal | None:
        """Cap of the income band; None below the first band."""
        caps = [band.cap_pct for band in self.foir_bands if band.min_income <= income]
        return caps[-1] if caps else None

    @model_validator(mode="after")
    def _score_bands_cover_every_score_once(self) -> Self:
        spans = sorted((b.min, b.max, b.id) for b in self.score_bands if b.min is not None and b.max is not None)
        if len(self.score_bands) - len(spans) != 1:
            raise ValueError("score_bands: exactly one band must have neither min nor max")
        reached = LOWEST_SCORE - 1
        for low, high, name in spans:
            if low != reached + 1 or high < low:
                raise ValueError(f"score_bands: {name} leaves a gap or overlaps")
            reached = high
        if reached != HIGHEST_SCORE:
            raise ValueError(f"score_bands: must reach {HIGHEST_SCORE}")
        return self

    @model_validator(mode="after")
    def _reopened_bands_lend(self) -> Self:
        lending = {band.id for band in self.score_bands if band.outcome != "DECLINE"}
        for band in self.score_bands:
            if band.reopened_as is not None and band.reopened_as not in lending:
                raise ValueError(f"score_bands: reopened_as of {band.id} is no band that lends")
        return self

    @model_validator(mode="after")
    def _rates_are_within_the_product(self) -> Self:
        for band in self.score_bands:
            if band.rate_pct is None:
                if band.outcome != "DECLINE":
                    raise ValueError(f"score_bands: {band.id} has no rate_pct")
            elif not self.product.min_rate_pct <= band.rate_pct <= self.product.max_rate_pct:
                raise ValueError(f"score_bands: rate_pct of {band.id} is outside the product's rates")
        return self

    @model_validator(mode="after")
    def _income_bands_start_at_the_minimum(self) -> Self:
        incomes = [band.min_income for band in self.foir_bands]
        if not incomes or incomes[0] > self.applicant.min_net_monthly_income:
            raise ValueError("foir_bands: the first band must start at or below applicant.min_net_monthly_income")
        if any(later <= earlier for earlier, later in pairwise(incomes)):
            raise ValueError("foir_bands: min_income must rise")
        return self

    @model_validator(mode="after")
    def _rules_are_in_order_and_have_reasons(self) -> Self:
        if any(later.stage < earlier.stage for earlier, later in pairwise(self.rules)):
            raise ValueError("rules: stages must not go back")
        for rule in self.rules:
            if rule.reason not in self.reasons:
                raise ValueError(f"rules: {rule.id} names an unknown reason")
        return self
