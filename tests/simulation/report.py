"""A run in figures: completion, turns to an offer, agreement with the policy, broken laws; by kind of customer."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from tests.simulation.campaign import Run
from tests.simulation.customer import Outcome

_QUANTILES = {"p50": 0.5, "p95": 0.95}
GROUPS: dict[str, Callable[[Outcome], str]] = {
    "temperament": lambda o: o.plan.temperament,
    "language": lambda o: o.plan.language,
    "habit": lambda o: o.plan.habit,
    "conduct": lambda o: o.plan.conduct,
    "transport": lambda o: o.plan.transport,
    "stratum": lambda o: o.plan.person.stratum,
}


def figures(run: Run) -> dict[str, Any]:
    """The report in JSON form. Shares are of 1."""
    rules = Counter(rule for outcome in run.outcomes for rule in outcome.fired)
    return {
        "seed": run.seed,
        "seconds": round(run.seconds, 1),
        "all": _of(run.outcomes),
        "outcomes": dict(Counter(outcome.status or "broken" for outcome in run.outcomes).most_common()),
        "rules_met": dict(sorted(rules.items())),
        "by": {
            name: {
                value: _of([o for o in run.outcomes if of(o) == value]) for value in sorted(set(map(of, run.outcomes)))
            }
            for name, of in GROUPS.items()
        },
        "disagreements": _listed(run.outcomes, lambda o: o.disagreements),
        "violations": [*run.after.faults, *_listed(run.outcomes, lambda o: o.violations)],
        "audit": run.after.audit,
        "seconds_to_decide": _seconds([seconds for o in run.outcomes for seconds in o.deciding]),
        "seconds_to_sign": _seconds([seconds for o in run.outcomes for seconds in o.signing]),
        "decisions_made_again": run.after.decisions,
        "misread": _listed(run.outcomes, lambda o: o.misread),
        "unread": _listed(run.outcomes, lambda o: o.unread),
    }


def _of(outcomes: list[Outcome]) -> dict[str, Any]:
    to_offer = sorted(o.turns_to_offer for o in outcomes if o.turns_to_offer)
    turns = sum(o.turns for o in outcomes)
    return {
        "conversations": len(outcomes),
        "turns": turns,
        "completion": _share(sum(not o.stuck for o in outcomes), len(outcomes)),
        "agreement": _share(sum(o.agrees for o in outcomes), len(outcomes)),
        "sanctioned": sum(o.status in {"sanctioned", "completed"} for o in outcomes),
        "violations": sum(len(o.violations) for o in outcomes),
        "misread": sum(len(o.misread) for o in outcomes),
        "unread": sum(len(o.unread) for o in outcomes),
        "turns_to_offer_p50": _quantile(to_offer, 0.5),
        "turns_to_offer_p95": _quantile(to_offer, 0.95),
        "own_language": _share(sum(o.in_own_language for o in outcomes), turns),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def _quantile(ordered: list[int], at: float) -> int | None:
    return ordered[min(len(ordered) - 1, int(at * len(ordered)))] if ordered else None


def _seconds(took: list[float]) -> dict[str, float | None]:
    """Of whole turns, at this run's load."""
    ordered = sorted(took)
    return {name: round(ordered[int(at * len(ordered))], 3) if ordered else None for name, at in _QUANTILES.items()}


def _listed(outcomes: Iterable[Outcome], of: Callable[[Outcome], list[str]]) -> list[str]:
    return [f"{outcome.plan.name}: {text}" for outcome in outcomes for text in of(outcome)]


def markdown(found: dict[str, Any]) -> str:
    """The same report to be read by people."""
    total = found["all"]
    lines = [
        f"# {total['conversations']} simulated conversations, seed {found['seed']}",
        "",
        f"{total['turns']} turns in {found['seconds']} s. Brought to their end: {total['completion']:.2%}. "
        f"Agreement with the policy: {total['agreement']:.2%}. Broken laws: {len(found['violations'])}.",
        f"Turns to the first offer: {total['turns_to_offer_p50']} (p50), {total['turns_to_offer_p95']} (p95). "
        f"Facts read wrongly: {total['misread']}, not read at first: {total['unread']}.",
        "",
        "Ends: " + ", ".join(f"{status} {count}" for status, count in found["outcomes"].items()),
        "",
        f"A turn with a decision took {found['seconds_to_decide']} s, one with a letter {found['seconds_to_sign']} s, "
        "as many conversations as the run holds at once being under way.",
        "",
        f"Afterwards: audit log {found['audit']}; {found['decisions_made_again']} decisions made again, byte for byte.",
        "",
        "Rules met: " + ", ".join(f"{rule} {count}" for rule, count in found["rules_met"].items()),
    ]
    for name, groups in found["by"].items():
        lines += ["", f"## By {name}", "", f"| {name} | conversations | completed | agreement | violations | misread |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [
            f"| {value} | {of['conversations']} | {of['completion']:.1%} | {of['agreement']:.1%} | {of['violations']} "
            f"| {of['misread']} |"
            for value, of in groups.items()
        ]
    for name in ("violations", "disagreements", "misread"):
        lines += ["", f"## {name.capitalize()}", "", *(f"- {text}" for text in found[name] or ["none"])]
    return "\n".join(lines) + "\n"
