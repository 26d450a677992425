"""The tests behind the policy's rules, by rule id. Thresholds, order, outcomes and reasons are data in kb/policy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tools.loan_maths import exact_arithmetic, foir_pct, instalment
from tools.policy.case import OTP_EKYC
from tools.policy.decision import TraceValue
from tools.policy.facts import Facts


@dataclass(frozen=True, slots=True)
class Result:
    """Whether a rule applies, and the value and threshold it compared."""

    hit: bool
    value: TraceValue
    threshold: TraceValue


Test = Callable[[Facts], Result]


def _consent(facts: Facts) -> Result:
    return Result(not facts.request.consent, facts.request.consent, True)


def _kyc_pending(facts: Facts) -> Result:
    verified = facts.applicant.kyc.phone_ok and facts.applicant.kyc.address_ok
    return Result(not verified, verified, True)


def _list_hit(facts: Facts) -> Result:
    return Result(facts.applicant.list_hit, facts.applicant.list_hit, False)


def _too_young(facts: Facts) -> Result:
    lowest = facts.policy.applicant.min_age
    return Result(facts.age < lowest, facts.age, lowest)


def _too_old(facts: Facts) -> Result:
    highest = facts.policy.applicant.max_age
    return Result(facts.age > highest, facts.age, highest)


def _citizenship(facts: Facts) -> Result:
    wanted = facts.policy.applicant.citizenship
    return Result(facts.applicant.citizenship != wanted, facts.applicant.citizenship, wanted)


def _employment(facts: Facts) -> Result:
    served = facts.policy.product.employment
    return Result(facts.applicant.employment not in served, facts.applicant.employment, ", ".join(served))


def _low_income(facts: Facts) -> Result:
    lowest = facts.policy.applicant.min_net_monthly_income
    income = facts.income
    # Income nobody has verified yet is asked for by D-01, not judged here.
    return Result(income is not None and income < lowest, None if income is None else str(income), lowest)


def _score_declined(facts: Facts) -> Result:
    return Result(facts.scored_band.outcome == "DECLINE", facts.applicant.score, facts.scored_band.id)


def _overdue_60(facts: Facts) -> Result:
    return _recent(facts.applicant.bureau.months_since_60dpd, facts.policy.bureau.dpd60_months)


def _written_off(facts: Facts) -> Result:
    return _recent(facts.applicant.bureau.months_since_writeoff_or_settled, facts.policy.bureau.writeoff_months)


def _below_challenge_minimum(facts: Facts) -> Result:
    lowest, score = facts.policy.challenge.min_score, facts.applicant.score
    return Result(score is not None and facts.band.outcome != "DECLINE" and score < lowest, score, lowest)


def _no_history(facts: Facts) -> Result:
    by_person = facts.scored_band.outcome == "MANUAL_REVIEW"
    return Result(facts.applicant.score is None and by_person, facts.applicant.score, facts.scored_band.id)


def _score_by_person(facts: Facts) -> Result:
    by_person = facts.scored_band.outcome == "MANUAL_REVIEW"
    return Result(facts.applicant.score is not None and by_person, facts.applicant.score, facts.scored_band.id)


def _overdue_30(facts: Facts) -> Result:
    return _recent(facts.applicant.bureau.months_since_30dpd, facts.policy.bureau.dpd30_months)


def _enquiries(facts: Facts) -> Result:
    return _at_least(facts.applicant.bureau.enquiries_90d, facts.policy.bureau.enquiries_90d)


def _velocity(facts: Facts) -> Result:
    return _at_least(facts.applicant.applications_30d, facts.policy.fraud.applications_30d)


def _shared_phone(facts: Facts) -> Result:
    return _at_least(facts.applicant.pans_same_phone, facts.policy.fraud.pans_same_phone)


def _vintage(facts: Facts) -> Result:
    served, limits = facts.applicant, facts.policy.applicant
    spans = (
        (served.months_current_employer, limits.min_months_current_employer),
        (served.months_total_employment, limits.min_months_total_employment),
    )
    short = any(months is None or months < least for months, least in spans)
    return Result(short, "/".join(str(months) for months, _ in spans), "/".join(str(least) for _, least in spans))


def _slip_name(facts: Facts) -> Result:
    found = facts.slip.name_match if facts.slip else None
    return Result(found not in (None, "match"), found, "match")


def _income_gap(facts: Facts) -> Result:
    gap, declared = facts.policy.fraud.income_gap_pct, facts.applicant.declared_income
    if facts.slip is None or declared is None:
        return Result(False, None, str(gap))
    with exact_arithmetic():
        lowest = declared * (100 - gap) / 100
        return Result(facts.slip.net_pay < lowest, str(facts.slip.net_pay), f"{lowest.normalize():f}")


def _microfinance(facts: Facts) -> Result:
    income, most = facts.applicant.household_annual_income, facts.policy.microfinance.household_income_max
    return Result(income is None or income <= most, income, most)


def _too_small(facts: Facts) -> Result:
    smallest = facts.policy.product.min_amount
    return Result(facts.request.amount < smallest, facts.request.amount, smallest)


def _tenure_range(facts: Facts) -> Result:
    product, months = facts.policy.product, facts.request.months
    inside = product.min_months <= months <= product.max_months
    return Result(not inside, months, f"{product.min_months}-{product.max_months}")


def _otp_cap(facts: Facts) -> Result:
    kyc, cap = facts.applicant.kyc, facts.policy.kyc.otp_ekyc_annual_cap
    if kyc.mode != OTP_EKYC:
        return Result(False, kyc.mode, cap)
    total = kyc.otp_loans_this_year + facts.request.amount
    return Result(total > cap, total, cap)


def _too_large(facts: Facts) -> Result:
    largest = facts.policy.product.max_amount
    return Result(facts.request.amount > largest, facts.request.amount, largest)


def _above_multiple(facts: Facts) -> Result:
    if facts.limit is None:
        return Result(False, facts.request.amount, None)
    most = facts.limit * facts.policy.offer.multiple
    return Result(facts.request.amount > most, facts.request.amount, most)


def _above_band_cap(facts: Facts) -> Result:
    cap = facts.band.cap_without_offer
    return Result(facts.limit is None and facts.request.amount > cap, facts.request.amount, cap)


def _slip_needed(facts: Facts) -> Result:
    beyond = facts.limit is None or facts.request.amount > facts.limit
    return Result(facts.slip is None and (beyond or facts.needs_income), facts.slip is not None, facts.limit)


def _foir(facts: Facts) -> Result:
    cap = facts.foir_cap_pct
    if facts.income is None or cap is None or not facts.affordability_counts:
        return Result(False, None, None if cap is None else str(cap))
    ratio = foir_pct(facts.applicant.existing_emi, _new_emi(facts), facts.income)
    return Result(ratio > cap, f"{ratio:.4f}", str(cap))


def _emi_share(facts: Facts) -> Result:
    cap = facts.policy.affordability.new_emi_cap_pct
    if facts.income is None or not facts.affordability_counts:
        return Result(False, None, str(cap))
    ratio = foir_pct(0, _new_emi(facts), facts.income)
    return Result(ratio > cap, f"{ratio:.4f}", str(cap))


def _maturity_age(facts: Facts) -> Result:
    return Result(facts.request.months > facts.max_months_by_age, facts.request.months, facts.max_months_by_age)


def _within_offer(facts: Facts) -> Result:
    limit = facts.live_limit
    return Result(limit is not None and facts.request.amount <= limit, facts.request.amount, limit)


def _slip_verified(facts: Facts) -> Result:
    return Result(facts.slip is not None, facts.slip is not None, True)


TESTS: Mapping[str, Test] = MappingProxyType(
    {
        "G-01": _consent,
        "G-02": _kyc_pending,
        "G-03": _list_hit,
        "E-01": _too_young,
        "E-02": _too_old,
        "E-03": _citizenship,
        "E-04": _employment,
        "E-05": _low_income,
        "B-01": _score_declined,
        "B-02": _overdue_60,
        "B-03": _written_off,
        "B-04": _below_challenge_minimum,
        "M-01": _no_history,
        "M-02": _score_by_person,
        "M-03": _overdue_30,
        "M-04": _enquiries,
        "M-05": _velocity,
        "M-06": _shared_phone,
        "M-07": _vintage,
        "M-08": _slip_name,
        "M-09": _income_gap,
        "M-10": _microfinance,
        "L-01": _too_small,
        "L-02": _tenure_range,
        "L-03": _otp_cap,
        "L-04": _too_large,
        "L-05": _above_multiple,
        "L-06": _above_band_cap,
        "D-01": _slip_needed,
        "A-01": _foir,
        "A-02": _emi_share,
        "A-03": _maturity_age,
        "OK-1": _within_offer,
        "OK-2": _slip_verified,
    }
)


def _new_emi(facts: Facts) -> int:
    # A limit below one step leaves nothing to test; there is no such loan to offer either.
    if facts.band.rate_pct is None or not facts.amount:
        return 0
    return instalment(facts.amount, facts.band.rate_pct, facts.request.months)


def _recent(months_since: int | None, look_back: int) -> Result:
    return Result(months_since is not None and months_since <= look_back, months_since, look_back)


def _at_least(count: int, threshold: int) -> Result:
    return Result(count >= threshold, count, threshold)
