"""Facts that the rules ask about, derived once from a case: age, verified income, limits, room for an instalment."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from kb.policy import Policy, Rule, ScoreBand
from tools.calendar import add_months, age_on
from tools.loan_maths import exact_arithmetic
from tools.policy.case import Applicant, Request, SalarySlip, Waiver
from tools.policy.decision import TraceValue, Track


@dataclass(frozen=True)
class Facts:
    """Money in rupees, a month where it is income. `rule_on` tells whether a rule counts under the profile."""

    applicant: Applicant
    request: Request
    policy: Policy
    as_of: date

    def rule_on(self, rule_id: str) -> bool:
        return any(rule.id == rule_id and rule.enabled for rule in self.policy.rules)

    def waives(self, rule: Rule, value: TraceValue) -> bool:
        """Whether officers set this finding aside. No waiver counts where the policy allows none, nor for another
        value than the one it was given for."""
        return rule.waiver is not None and Waiver(rule.id, value) in self.request.waived

    @cached_property
    def age(self) -> int:
        return age_on(self.applicant.dob, self.as_of)

    @cached_property
    def slip(self) -> SalarySlip | None:
        """The salary slip when it is recent enough; an older one, or one of a day to come, counts as none."""
        slip = self.request.salary_slip
        return slip if slip and 0 <= slip.age_days <= self.policy.periods.salary_slip_max_age_days else None

    @cached_property
    def income(self) -> int | Decimal | None:
        """Verified net monthly income: the slip's, else the one on file. What was only said never counts."""
        return self.slip.net_pay if self.slip else self.applicant.net_income_on_file

    @cached_property
    def scored_band(self) -> ScoreBand:
        return self.policy.band_for(self.applicant.score)

    @cached_property
    def band(self) -> ScoreBand:
        """The band whose terms apply: the score's own, or the one it is reopened as once its decline was waived."""
        band = self.scored_band
        declining = next((rule for rule in self.policy.rules if rule.id == "B-01"), None)
        if band.reopened_as is None or declining is None or not self.waives(declining, self.applicant.score):
            return band
        return next(other for other in self.policy.score_bands if other.id == band.reopened_as)

    @cached_property
    def live_limit(self) -> int | None:
        """Limit of an offer that is still valid and open to the score band."""
        offer = self.applicant.offer
        live = offer is not None and offer.limit > 0 and self.as_of <= offer.valid_until and self.band.offer_track
        return offer.limit if offer and live else None

    @cached_property
    def limit(self) -> int | None:
        """Limit that the offer rules compare with; a profile may take no live offer for a limit of 0."""
        if self.live_limit is None and self.policy.offer.no_live_offer_is_zero_limit:
            return 0
        return self.live_limit

    @cached_property
    def track(self) -> Track:
        if self.live_limit is None:
            return "C"
        return "A" if self.request.amount <= self.live_limit else "B"

    @cached_property
    def cap(self) -> int:
        """Largest amount on the papers at hand: up to the limit without a slip, up to its multiple with one."""
        if self.limit is None:
            cap = self.band.cap_without_offer
        else:
            cap = self.limit * self.policy.offer.multiple if self.slip else self.limit
        return min(cap, self.policy.product.max_amount)

    @cached_property
    def within_cap(self) -> bool:
        return self.request.amount <= self.cap

    @cached_property
    def amount(self) -> int:
        """The amount that affordability is tested on: the request, or the whole steps that the cap leaves of it."""
        step = self.policy.product.amount_step
        return self.request.amount if self.within_cap else self.cap // step * step

    @cached_property
    def affordability_counts(self) -> bool:
        """A profile may approve amounts inside a live limit without looking at income."""
        inside = self.live_limit is not None and self.amount <= self.live_limit
        return self.policy.affordability.within_offer or not inside

    @cached_property
    def needs_income(self) -> bool:
        """Whether an affordability rule would have to compare with an income that nobody has verified."""
        counts = self.affordability_counts and (self.rule_on("A-01") or self.rule_on("A-02"))
        return counts and self.income is None

    @cached_property
    def foir_cap_pct(self) -> Decimal | None:
        return None if self.income is None else self.policy.foir_cap_pct(self.income)

    @cached_property
    def emi_room(self) -> Decimal | None:
        """Largest new instalment under the affordability rules that count; None when none does."""
        if self.income is None or not (self.rule_on("A-01") or self.rule_on("A-02")):
            return None
        with exact_arithmetic():
            rooms = []
            if self.rule_on("A-01") and self.foir_cap_pct is not None:
                rooms.append(self.income * self.foir_cap_pct / 100 - self.applicant.existing_emi)
            if self.rule_on("A-02"):
                rooms.append(self.income * self.policy.affordability.new_emi_cap_pct / 100)
            return max(min(rooms), Decimal(0)) if rooms else None

    @cached_property
    def max_months_by_age(self) -> int:
        """Most instalments, a month apart from today, with the last not after the birthday when loans must end."""
        ends = add_months(self.applicant.dob, self.policy.applicant.max_age_at_maturity * 12)
        tenures = range(self.policy.product.max_months, 0, -1)
        return next((months for months in tenures if add_months(self.as_of, months) <= ends), 0)

    @cached_property
    def longest_tenure(self) -> int:
        ends_by_age = self.rule_on("A-03") and not self._maturity_waived
        return self.max_months_by_age if ends_by_age else self.policy.product.max_months

    @property
    def _maturity_waived(self) -> bool:
        months = self.request.months
        return any(rule.id == "A-03" and self.waives(rule, months) for rule in self.policy.rules)
