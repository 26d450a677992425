"""A run in figures: broken laws, facts read, leads; by kind of person and by transport."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from agents.hedge_fund_guy.reading.reading import FACTS
from tests.simulation.hedge_fund_guy.campaign import Run
from tests.simulation.hedge_fund_guy.visitor import Outcome

GROUPS: dict[str, Callable[[Outcome], str]] = {
    "kind": lambda outcome: outcome.person.kind,
    "transport": lambda outcome: outcome.person.transport,
}
HOW = ("right", "wrong", "not read", "taken where none was given")


def figures(run: Run) -> dict[str, Any]:
    """The report in JSON form. Shares are of 1."""
    return {
        "seed": run.seed,
        "seconds": round(run.seconds, 1),
        "all": _of(run.outcomes),
        "reads": {fact: {how: _reads(run.outcomes)[f"{fact} {how}"] for how in HOW} for fact in FACTS},
        "by": {
            name: {
                value: _of([one for one in run.outcomes if of(one) == value])
                for value in sorted({*map(of, run.outcomes)})
            }
            for name, of in GROUPS.items()
        },
        "laws": dict(Counter(_law(text) for one in run.outcomes for text in one.laws.broken).most_common()),
        "violations": [f"{one.person.label}: {text}" for one in run.outcomes for text in one.laws.broken],
        "misread": [f"{one.person.label}: {text}" for one in run.outcomes for text in one.laws.misread],
        "beside": [f"{one.person.label}: {text}" for one in run.outcomes for text in one.laws.beside],
        "out_of_place": [f"{one.person.label}: {text}" for one in run.outcomes for text in one.laws.out_of_place],
    }


def _of(outcomes: list[Outcome]) -> dict[str, Any]:
    counts = sum((one.laws.counts for one in outcomes), Counter[str]())
    reads = _reads(outcomes)
    right = sum(reads[f"{fact} right"] for fact in FACTS)
    sorts = Counter(said.sort for one in outcomes for said, _ in one.transcript)
    return {
        "conversations": len(outcomes),
        "turns": sum(len(one.transcript) for one in outcomes),
        "violations": sum(len(one.laws.broken) for one in outcomes),
        "complete": sum(one.complete for one in outcomes),
        "facts_right": _share(right, sum(reads.values())),
        "off_topic": sorts["off_topic"],
        "market_questions": counts["market questions"],
        "answered": _share(counts["answered"], counts["market questions"]),
        "beside": sum(len(one.laws.beside) for one in outcomes),
        "out_of_place": sum(len(one.laws.out_of_place) for one in outcomes),
        "clause_sentences": counts["clause"],
        "lines": counts["line"],
    }


def _reads(outcomes: list[Outcome]) -> Counter[str]:
    return sum((one.laws.reads for one in outcomes), Counter[str]())


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def _law(text: str) -> str:
    """A violation without its turn and what is quoted."""
    return text.partition(": ")[2].partition(": ")[0].partition(" '")[0] or text


def markdown(found: dict[str, Any]) -> str:
    """The same report to be read by people."""
    total = found["all"]
    lines = [
        f"# {total['conversations']} simulated conversations with the hedge fund guy, seed {found['seed']}",
        "",
        f"{total['turns']} turns in {found['seconds']} s. Broken laws: {total['violations']}. "
        f"Complete leads: {total['complete']}. Facts read right: {total['facts_right']:.2%}.",
        f"{total['off_topic']} messages off topic; {total['market_questions']} market questions, of which "
        f"{total['answered']:.1%} were answered, {total['beside']} beside the point. "
        f"Out of place: {total['out_of_place']} replies.",
        f"Said: {total['clause_sentences']} sentences of clauses, {total['lines']} lines of the guy's own.",
        "",
        f"| fact | {' | '.join(HOW)} |",
        f"|---|{'---|' * len(HOW)}",
        *(f"| {fact} | {' | '.join(str(reads[how]) for how in HOW)} |" for fact, reads in found["reads"].items()),
    ]
    for name, groups in found["by"].items():
        lines += ["", f"| {name} | conversations | turns | violations | complete | facts right | answered |"]
        lines += ["|---|---|---|---|---|---|---|"]
        lines += [
            f"| {value} | {of['conversations']} | {of['turns']} | {of['violations']} | {of['complete']} "
            f"| {of['facts_right']:.1%} | {of['answered']:.1%} |"
            for value, of in groups.items()
        ]
    lines += ["", "## Broken laws by kind", "", *(f"- {count} {law}" for law, count in found["laws"].items())]
    for name in ("violations", "misread", "beside", "out_of_place"):
        lines += [
            "",
            f"## {name.replace('_', ' ').capitalize()}",
            "",
            *(f"- {text}" for text in found[name] or ["none"]),
        ]
    return "\n".join(lines) + "\n"
