"""The credit decision: stages in order, the first with findings ends it and lists all its reasons.

Stages 8 (limits) and 9 (affordability) meet in a counter-offer: one that respects the caps must also be affordable,
so both stages' findings explain it.

A finding that officers waived is traced and passed over; what the later stages say holds as it does for everybody.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from kb.policy import Outcome, Policy, PolicyError, Rule
from tools.kfs import Charges, kfs_numbers
from tools.loan_maths import foir_pct, instalment
from tools.policy.case import Applicant, Request
from tools.policy.counter_offer import counter_offers
from tools.policy.decision import Decision, TraceEntry, TraceResult
from tools.policy.facts import Facts
from tools.policy.rules import TESTS

_BUREAU, _LIMITS, _AFFORDABILITY, _APPROVAL = 5, 8, 9, 10

# Of several findings in one stage, the one that leaves the customer least to do decides.
_FINAL: tuple[Outcome, ...] = ("DECLINE", "MANUAL_REVIEW", "INCOMPLETE")


def decide(applicant: Applicant, request: Request, policy: Policy, as_of: date) -> Decision:
    """Decide a request by the policy as of a business date.

    Deterministic: the same inputs give an equal Decision. Raises ValueError for a score outside 300-900 and
    PolicyError when the policy names a rule that has no test.
    """
    return _Run(_checked_facts(applicant, request, policy, as_of)).decide()


def decide_before_bureau(applicant: Applicant, request: Request, policy: Policy, as_of: date) -> Decision | None:
    """The decision when it falls before the bureau is asked, so that no report is pulled in vain; else None.

    Score and bureau record of the applicant are not looked at. Raises PolicyError as `decide` does.
    """
    return _Run(_checked_facts(applicant, request, policy, as_of)).decide_up_to(_BUREAU)


def charges_of(policy: Policy) -> Charges:
    """The policy's fees and periods, as the Key Facts Statement discloses them."""
    fees, periods = policy.fees, policy.periods
    return Charges(
        processing_fee_pct=fees.processing_fee_pct,
        gst_pct=fees.gst_pct,
        penal_charge_pct_pa=fees.penal_charge_pct_pa,
        foreclosure_fee_pct=fees.foreclosure_fee_pct,
        bounce_charge=fees.bounce_charge,
        cooling_off_days=periods.cooling_off_days,
        kfs_validity_working_days=periods.kfs_validity_working_days,
        sanction_validity_days=periods.sanction_validity_days,
    )


def _checked_facts(applicant: Applicant, request: Request, policy: Policy, as_of: date) -> Facts:
    unknown = [rule.id for rule in policy.rules if rule.id not in TESTS]
    if unknown:
        raise PolicyError(f"rules.{unknown[0]}: there is no test for this rule")
    return Facts(applicant, request, policy, as_of)


@dataclass
class _Run:
    facts: Facts
    trace: list[TraceEntry] = field(default_factory=list)

    def decide(self) -> Decision:
        return self.decide_up_to(_LIMITS) or self._priced()

    def decide_up_to(self, end: int) -> Decision | None:
        """The decision of the stages before `end`, if one of them ends it."""
        for stage in range(1, end):
            found = self._findings(stage)
            final = _final(found)
            if final:
                return self._ended(final, found)
        return None

    def _priced(self) -> Decision:
        found = self._findings(_LIMITS)
        limits = [rule for rule in found if rule.outcome != "NEEDS_DOCUMENT"]
        slip_missing = len(limits) < len(found)
        final = _final(limits)
        if final:
            # A document that would not change the answer is not asked for.
            return self._with_price(final, limits)
        if slip_missing and (not limits or self.facts.live_limit is None):
            return self._with_price("NEEDS_DOCUMENT", found)
        weighed = [*found, *self._findings(_AFFORDABILITY)]
        if not weighed:
            return self._approved()
        final = _final(weighed)
        return self._with_room(final, weighed) if final else self._countered(weighed, slip_missing)

    def _countered(self, found: Sequence[Rule], slip_missing: bool) -> Decision:
        offers = counter_offers(self.facts, self._rate())
        if offers:
            best = offers[0]
            decision = self._with_room("COUNTER_OFFER", found)
            return replace(decision, amount=best.amount, months=best.months, emi=best.emi, alternatives=offers)
        too_short = self.facts.longest_tenure < self.facts.policy.product.min_months
        if too_short and any(rule.otherwise == "MANUAL_REVIEW" for rule in found):
            return self._with_room("MANUAL_REVIEW", found)
        if slip_missing:
            # Nothing can be had on the income on file, but a slip may show a higher one.
            return self._with_price("NEEDS_DOCUMENT", [rule for rule in found if rule.stage == _LIMITS])
        return self._with_room("DECLINE", found)

    def _approved(self) -> Decision:
        facts, rate = self.facts, self._rate()
        grounds = self._findings(_APPROVAL)
        if not grounds:
            return self._with_room("MANUAL_REVIEW", ())
        amount, months = facts.request.amount, facts.request.months
        emi = instalment(amount, rate, months)
        return replace(
            self._with_room("APPROVE", grounds[:1]),
            amount=amount,
            months=months,
            emi=emi,
            foir_pct=foir_pct(facts.applicant.existing_emi, emi, facts.income) if facts.income else None,
            kfs=kfs_numbers(amount, rate, months, charges_of(facts.policy)),
        )

    def _findings(self, stage: int) -> list[Rule]:
        found = []
        for rule in self.facts.policy.rules:
            if rule.stage != stage:
                continue
            if not rule.enabled:
                self.trace.append(TraceEntry(rule.id, None, None, "off"))
                continue
            result = TESTS[rule.id](self.facts)
            waived = result.hit and self.facts.waives(rule, result.value)
            told: TraceResult = "waived" if waived else "hit" if result.hit else "pass"
            self.trace.append(TraceEntry(rule.id, result.value, result.threshold, told))
            if told == "hit":
                found.append(rule)
        return found

    def _ended(self, outcome: Outcome, found: Sequence[Rule]) -> Decision:
        policy = self.facts.policy
        return Decision(
            decision=outcome,
            reasons=tuple(rule.reason for rule in found),
            policy_id=policy.policy_id,
            policy_version=policy.version,
            profile=policy.profile,
            as_of=self.facts.as_of,
            inputs_digest=_digest(self.facts),
            trace=tuple(self.trace),
        )

    def _with_price(self, outcome: Outcome, found: Sequence[Rule]) -> Decision:
        return replace(self._ended(outcome, found), rate_pct=self._rate(), track=self.facts.track)

    def _with_room(self, outcome: Outcome, found: Sequence[Rule]) -> Decision:
        return replace(
            self._with_price(outcome, found),
            emi_room=self.facts.emi_room,
            foir_cap_pct=self.facts.foir_cap_pct,
            max_months_by_age=self.facts.max_months_by_age,
        )

    def _rate(self) -> Decimal:
        rate = self.facts.band.rate_pct
        if rate is None:
            raise PolicyError(f"score_bands: {self.facts.band.id} reached pricing and has no rate_pct")
        return rate


def _final(found: Sequence[Rule]) -> Outcome | None:
    outcomes = {rule.outcome for rule in found}
    return next((outcome for outcome in _FINAL if outcome in outcomes), None)


def _digest(facts: Facts) -> str:
    """SHA-256 (hex) over everything the decision rests on."""
    policy = facts.policy
    snapshot = {
        "applicant": facts.applicant.as_dict(),
        "request": facts.request.as_dict(),
        "as_of": facts.as_of.isoformat(),
        "policy": [policy.policy_id, policy.version, policy.profile],
    }
    text = json.dumps(snapshot, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
