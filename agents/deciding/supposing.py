"""What if: the policy's own engine run on a changed case. An estimate, never kept and never an offer.

Screening and fraud signals are left out of every such case, so that no answer tells whether there are any. While a
person looks at an application nothing is estimated at all.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from agents.application import Application
from agents.deciding.explaining import lowest_score, reason_lines
from agents.services import Services
from agents.speaking import Line, line
from kb.policy import Policy
from tools.policy import Applicant, Decision, Request, decide
from tools.policy.fields import FieldError

SUPPOSABLE = frozenset({"score", "monthly_income", "without_emis"})
_INCOME_STEP = 500
_HIGHEST_INCOME = 500_000
_PASSES = frozenset({"APPROVE", "NEEDS_DOCUMENT"})


class Case:
    """A decided application as the engine may be asked about again."""

    def __init__(self, record: dict[str, Any], policy: Policy, today: date) -> None:
        self._policy, self._today = policy, today
        applicant = Applicant.from_dict(record["inputs"]["applicant"])
        self.request = Request.from_dict(record["inputs"]["request"])
        self.applicant = replace(applicant, list_hit=False, applications_30d=0, pans_same_phone=1, declared_income=None)

    def decide(self, *, amount: int | None = None, months: int | None = None, **changes: Any) -> Decision:
        """The decision if the applicant had `changes`; an income counts for the slip as well as for the file."""
        income = changes.pop("monthly_income", None)
        request = replace(self.request, amount=amount or self.request.amount, months=months or self.request.months)
        if income is not None:
            changes["net_income_on_file"] = income
            if request.salary_slip:
                request = replace(request, salary_slip=replace(request.salary_slip, net_pay=income))
        return decide(replace(self.applicant, **changes), request, self._policy, self._today)

    def passes(self, **changes: Any) -> bool:
        return self.decide(**changes).decision in _PASSES


def case_of(application: Application, policy: Policy, today: date) -> Case | None:
    """The decided case; None without a decision, or where the records lack what the engine's form must have."""
    record = application.get("decision")
    try:
        return Case(record, policy, today) if record else None
    except FieldError:
        return None


def suppose(asked: dict[str, Any], application: Application, policy: Policy, today: date) -> list[Line]:
    """The answer to "what if my score were 750", "if I close my car loan"; `asked` as the message was read."""
    if application["status"] == "under_review":
        return [line("suppose.with_a_person")]
    case = case_of(application, policy, today)
    if case is None:
        return [line("suppose.nothing_yet")]
    changes: dict[str, Any] = {name: asked[name] for name in ("amount", "months", "monthly_income") if name in asked}
    if "score" in asked:
        changes["score"] = asked["score"]
    if asked.get("without_emis"):
        if not case.applicant.existing_emi:
            return [line("suppose.no_emis")]
        changes["existing_emi"] = 0
    return [
        line("suppose.then"),
        *_outcome(case.decide(**changes), application, policy),
        line("suppose.estimate"),
    ]


def _outcome(decision: Decision, application: Application, policy: Policy) -> Iterator[Line]:
    match decision.decision:
        case "APPROVE" | "COUNTER_OFFER":
            yield line(
                "suppose.possible",
                amount=decision.amount,
                months=decision.months,
                rate=decision.rate_pct,
                emi=decision.emi,
            )
        case "NEEDS_DOCUMENT":
            yield line("suppose.with_slip", rate=decision.rate_pct)
        case "MANUAL_REVIEW":
            yield line("suppose.by_person")
        case _:
            yield line("suppose.still_not")
            would_be = Application(decision=decision.as_dict(), language=application["language"])
            yield from reason_lines(list(decision.reasons), would_be, policy)


def ways_out(application: Application, services: Services) -> list[Line]:
    """What would change the result, computed; nothing where only time, a document or a person would."""
    if application["status"] == "under_review":
        return [line("suppose.with_a_person")]
    case = case_of(application, services.policy, services.clock.today())
    if case is None:
        return [line("suppose.nothing_yet")]
    if application.get("offer"):
        return [*_more(case, services.policy), line("suppose.estimate")]
    found = [*_cures(case, application.get("reason_codes", []), services.policy)]
    return [line("suppose.what_would"), *found, line("suppose.estimate")] if found else []


def without_a_slip(application: Application, services: Services) -> list[Line]:
    """What a pre-approved customer could have with no slip; nothing for others, or where a person would decide."""
    case = case_of(application, services.policy, services.clock.today())
    if case is None or case.applicant.offer is None:
        return []
    possible = case.decide(amount=min(case.applicant.offer.limit, case.request.amount))
    if possible.decision not in {"APPROVE", "COUNTER_OFFER"}:
        return []
    terms = {"amount": possible.amount, "months": possible.months, "emi": possible.emi}
    return [line("suppose.up_to", **terms), line("suppose.estimate"), line("offer.other_terms")]


def _more(case: Case, policy: Policy) -> Iterator[Line]:
    """The most that could be had on the papers at hand, and whether a slip opens more."""
    most = case.decide(amount=policy.product.max_amount)
    best = max((option.amount for option in most.alternatives), default=most.amount or 0)
    if best > case.request.amount:
        option = max(most.alternatives, key=lambda one: one.amount, default=None)
        months, emi = (option.months, option.emi) if option else (most.months, most.emi)
        yield line("suppose.up_to", amount=best, months=months, emi=emi)
    else:
        yield line("suppose.no_more")
    if "R-SLIP" in most.reasons:
        yield line("suppose.slip_opens_more")


def _cures(case: Case, codes: list[str], policy: Policy) -> Iterator[Line]:
    """For each reason that has one: the smallest change under which the engine lets the request pass."""
    if {"R-FOIR", "R-EMI-50"} & set(codes):
        yield from _instalments(case, policy)
    if "R-SCORE-LOW" in codes:
        free = lowest_score(policy, "APPROVE")
        if free is not None and case.passes(score=free):
            yield line("suppose.score_needed", score=free)
    if "R-AMT-BAND" in codes:
        higher = sorted(band.min for band in policy.score_bands if band.min and band.min > (case.applicant.score or 0))
        score = next((lowest for lowest in higher if case.passes(score=lowest)), None)
        if score is not None:
            yield line("suppose.score_needed", score=score)
    if "R-INCOME-MIN" in codes and case.passes(monthly_income=policy.applicant.min_net_monthly_income):
        yield line("suppose.income_needed", income=policy.applicant.min_net_monthly_income)


def _instalments(case: Case, policy: Policy) -> Iterator[Line]:
    """How much smaller the other instalments, or how much higher the income, would have to be."""
    paid = case.applicant.existing_emi
    cut = _least(lambda less: case.passes(existing_emi=paid - less), 1, paid)
    if cut is not None:
        yield line("suppose.smaller_emis", less=cut)
    smallest, longest = policy.product.min_amount, policy.product.max_months
    if not case.passes(amount=smallest, months=longest):
        at_all = _least(lambda less: case.passes(amount=smallest, months=longest, existing_emi=paid - less), 1, paid)
        if at_all is not None and at_all != cut:
            yield line("suppose.smallest_loan", less=at_all, amount=smallest, months=longest)
    steps = _least(lambda step: case.passes(monthly_income=step * _INCOME_STEP), 1, _HIGHEST_INCOME // _INCOME_STEP)
    if steps is not None:
        yield line("suppose.income_needed", income=steps * _INCOME_STEP)


def _least(passes: Callable[[int], bool], low: int, high: int) -> int | None:
    """The least whole number from `low` to `high` that passes, where every greater one does too; else None."""
    if high < low or not passes(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if passes(middle) else (middle + 1, high)
    return low
