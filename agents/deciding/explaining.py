"""Why a decision came out as it did: its reasons in plain words, with the figures of its own trace.

Screening and fraud signals share one neutral line, which is left out where another reason stands. What the law
protects (age, citizenship) is explained by the rule alone, without the customer's own value.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from agents.application import Application
from agents.services import Services
from agents.speaking import Line, line, phrasebook
from kb.policy import Policy
from tools.policy.texts import Language, ReasonLine, customer_reasons

Entry = dict[str, Any]
Teller = Callable[[Entry, dict[str, Any], Policy], list[Line]]  # of an entry of the trace, its decision, the policy


def explain(application: Application, services: Services) -> list[Line]:
    """The decision's reasons, main one first, each with what would change it and the figures it rests on."""
    return reason_lines(application.get("reason_codes", []), application, services.policy)


def told_reasons(
    codes: list[str], language: str, policy: Policy, decision: dict[str, Any] | None = None
) -> tuple[ReasonLine, ...]:
    """At most four. The neutral one, if it is needed, is told alone, so that it adds nothing to a named reason.

    Where by this decision no loan at all fits the income, none is promised to whoever asks for less or for longer.
    """
    named = [code for code in codes if policy.reasons[code].disclose]
    told = customer_reasons(policy, named or codes, cast(Language, language))
    if decision is None or not _nothing_fits(decision):
        return told
    helps = phrasebook(language).phrase(line("explain.nothing_fits")).strip()
    return tuple(replace(one, helps=helps) if one.code in _AFFORDABILITY else one for one in told)


def reason_lines(codes: list[str], application: Application, policy: Policy) -> list[Line]:
    said = []
    for reason in told_reasons(codes, application["language"], policy, application.get("decision")):
        said.append(line("underwriting.reason", text=f"{reason.text} {reason.helps or ''}".strip()))
        if reason.code:
            figures = _figures(reason.code, application.get("decision") or {}, policy)
            said += [one for one in figures if one not in said]
    return said


def _nothing_fits(decision: dict[str, Any]) -> bool:
    """A refusal for the instalment alone comes after every smaller and longer loan was tried, unless the profile
    refuses at once."""
    at_once = decision.get("profile") == "challenge_strict" and "R-EMI-50" in decision["reasons"]
    return decision["decision"] == "DECLINE" and not at_once and not _AFFORDABILITY.isdisjoint(decision["reasons"])


def _figures(code: str, decision: dict[str, Any], policy: Policy) -> list[Line]:
    """What the rule compared: the customer's value and the threshold, from the trace."""
    rules = {rule.id for rule in policy.rules if rule.reason == code}
    entry = next((one for one in decision.get("trace", []) if one["rule"] in rules and one["result"] == "hit"), None)
    tell = _TELLERS.get(code)
    return tell(entry, decision, policy) if entry and tell and entry["value"] is not None else []


def _score(entry: Entry, decision: dict[str, Any], policy: Policy) -> list[Line]:
    reviewed, free = (lowest_score(policy, outcome) for outcome in ("MANUAL_REVIEW", "APPROVE"))
    if decision["decision"] == "MANUAL_REVIEW":
        return [line("explain.score_by_person", score=entry["value"], free=free)]
    return [line("explain.score", score=entry["value"], reviewed=reviewed, free=free)]


def _months_ago(entry: Entry, _decision: dict[str, Any], _policy: Policy) -> list[Line]:
    left = entry["threshold"] + 1 - entry["value"]
    return [line("explain.months_ago", months=entry["value"], left=left)]


def _share(entry: Entry, decision: dict[str, Any], _policy: Policy) -> list[Line]:
    """Of instalments in the income; with what is left for a new instalment under all such rules."""
    exact, cap = Decimal(entry["value"]), Decimal(entry["threshold"])
    rounded = exact.quantize(Decimal("0.01"))
    said = [line("explain.share", share=rounded if rounded > cap else exact, cap=cap)]
    if decision.get("emi_room") is not None:
        said.append(line("explain.room", room=int(Decimal(decision["emi_room"]))))
    return said


def _amount(entry: Entry, _decision: dict[str, Any], policy: Policy) -> list[Line]:
    """No limit of one's own goes beyond the largest loan there is."""
    return [line("explain.amount", amount=entry["value"], most=min(entry["threshold"], policy.product.max_amount))]


_AFFORDABILITY = frozenset({"R-FOIR", "R-EMI-50"})
# Reasons that rest on a figure the customer may see. The others say all there is to say in their own text.
_TELLERS: dict[str, Teller] = {
    "R-SCORE-LOW": _score,
    "R-SCORE-REVIEW": _score,
    "R-CHALLENGE-700": lambda entry, *_: [line("explain.least_score", score=entry["value"], least=entry["threshold"])],
    "R-INCOME-MIN": lambda entry, *_: [line("explain.income", income=entry["value"], least=entry["threshold"])],
    "R-DPD30": _months_ago,
    "R-DPD60": _months_ago,
    "R-WRITEOFF": _months_ago,
    "R-ENQUIRIES": lambda entry, *_: [line("explain.enquiries", count=entry["value"], least=entry["threshold"])],
    "R-AMT-MAX": _amount,
    "R-AMT-2X": _amount,
    "R-AMT-BAND": _amount,
    "R-FOIR": _share,
    "R-EMI-50": _share,
    "R-MATURITY-AGE": lambda entry, *_: [line("explain.months", months=entry["value"], most=entry["threshold"])],
    "R-MICROFINANCE": lambda entry, *_: [line("explain.household", income=entry["value"], least=entry["threshold"])],
}


def lowest_score(policy: Policy, outcome: str) -> int | None:
    """Lowest score of the bands with this outcome."""
    return min(
        (band.min for band in policy.score_bands if band.outcome == outcome and band.min is not None), default=None
    )
