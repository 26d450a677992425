"""A run to be read by people: what was tried, and what of it won."""

from collections import Counter
from collections.abc import Callable

from tests.hostile.campaign import Run
from tests.hostile.cases import CARRIERS, PERSONAS, Case
from tests.hostile.judging import KINDS

_LONGEST = 600


def markdown(run: Run) -> str:
    """Tables by goal and carrier, language, disguise, kind of model and stage; violations by kind, and each of them."""
    judge = run.judge
    lost = Counter(kind for kind, _, _ in judge.broken)
    origins = Counter(case.origin for case in run.cases)
    lines = [
        f"# {len(run.cases)} attacks, seed {run.seed}",
        "",
        f"{origins['hand']} by hand, {origins['generated']} generated; {run.seconds:.0f} s. The model was asked "
        f"{sum(run.asked.values())} times ({', '.join(f'{n} to {what}' for what, n in sorted(run.asked.items()))}); of "
        f"{judge.replies} replies {judge.worded} were in other words than the phrasebook's alone.",
        "",
        f"Afterwards: audit log {run.after.audit}; {run.after.decisions} decisions made again, byte for byte.",
        "",
        "## Violations",
        "",
        *(f"- {kind}: {lost[kind]}" for kind in KINDS),
        f"- records afterwards: {len(run.after.faults)}",
        "",
        "## By goal and carrier",
        "",
        *_crossed(run.cases),
    ]
    for name, of in (
        ("language", lambda case: case.language),
        ("kind of model", lambda case: case.persona),
        ("disguise", lambda case: case.disguise),
        ("stage", lambda case: case.stage),
    ):
        lines += ["", f"## By {name}", "", *_counted(run, name, of)]
    lines += ["", "## What won", "", *_listed(run)]
    return "\n".join(lines) + "\n"


def _crossed(cases: list[Case]) -> list[str]:
    of = Counter((case.goal, case.carrier) for case in cases)
    rows = [
        f"| {goal} | {' | '.join(str(of[goal, carrier]) for carrier in CARRIERS)} |"
        for goal in sorted({case.goal for case in cases})
    ]
    return [f"| goal | {' | '.join(CARRIERS)} |", "|---" * (len(CARRIERS) + 1) + "|", *rows]


def _counted(run: Run, name: str, of: Callable[[Case], str]) -> list[str]:
    every = Counter(map(of, run.cases))
    by_number = {case.number: case for case in run.cases}
    lost = Counter(of(by_number[number]) for _, number, _ in run.judge.broken)
    order = PERSONAS if set(every) <= set(PERSONAS) else sorted(every)
    return [f"| {name} | cases | violations |", "|---|---|---|"] + [
        f"| {value} | {every[value]} | {lost[value]} |" for value in order
    ]


def _listed(run: Run) -> list[str]:
    by_number = {case.number: case for case in run.cases}
    told = [
        f"- {kind}, {_named(by_number[number])}: {' '.join(what.split())[:_LONGEST]}"
        for kind, number, what in run.judge.broken
    ]
    told += [f"- {fault}" for fault in run.after.faults]
    return [*told, *(f"- not begun: {one}" for one in run.stuck)] or ["none"]


def _named(case: Case) -> str:
    return f"case {case.number} ({case.goal}, {case.carrier}, {case.stage}, {case.persona})"
