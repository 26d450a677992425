"""An evaluation in figures: scores by set against what must hold at least, and what the model was used for."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from agents.services import LanguageRecord
from server.evaluation.running import Result, TurnUse
from server.evaluation.sets import SETS, SetName, Sets

_QUANTILES = {"p50": 0.5, "p95": 0.95}


def figures(results: Sequence[Result], sets: Sets, about: dict[str, Any]) -> dict[str, Any]:
    """The report in JSON form. `about` says what was evaluated; its `model` is None for the embedded default."""
    least = sets.least["model" if about["model"] else "embedded"]
    return {
        **about,
        "sets": {name: _of_set(name, results, least.get(name, {})) for name in SETS if _among(name, results)},
        "use": _use([turn for result in results for turn in result.turns]),
        "objections": [
            f"{result.case.set}, {result.case.name!r}, {objection}"
            for result in results
            for objection in result.objections
        ],
    }


def holds(found: dict[str, Any]) -> bool:
    """Whether no score is below what must hold."""
    return not any(scores["below"] for scores in found["sets"].values())


def _among(name: SetName, results: Iterable[Result]) -> list[Result]:
    return [result for result in results if result.case.set == name]


def _of_set(name: SetName, results: Sequence[Result], least: dict[str, float]) -> dict[str, Any]:
    """The mean of each evaluator over the cases that it judged."""
    judged = _among(name, results)
    evaluators = sorted({evaluator for result in judged for evaluator in result.scores})
    scores = {evaluator: [r.scores[evaluator] for r in judged if evaluator in r.scores] for evaluator in evaluators}
    means = {evaluator: round(sum(each) / len(each), 4) for evaluator, each in scores.items()}
    return {
        "cases": len(judged),
        "scores": means,
        "judged": {evaluator: len(each) for evaluator, each in scores.items()},
        "least": least,
        "below": [evaluator for evaluator, mean in means.items() if mean < least.get(evaluator, 0)],
    }


def _use(turns: Sequence[TurnUse]) -> dict[str, Any]:
    """Of the model, by turn; seconds are of whole turns."""
    calls = [call for turn in turns for call in turn.calls]
    seconds = sorted(turn.seconds for turn in turns)
    asked = {purpose: sum(any(c.purpose == purpose for c in t.calls) for t in turns) for purpose in _purposes(turns)}
    return {
        "turns": len(turns),
        "turns_with_a_call": sum(bool(turn.calls) for turn in turns),
        "turns_with_a_call_by_purpose": asked,
        "calls": len(calls),
        "calls_by_outcome": dict(sorted(Counter(f"{call.purpose} {call.outcome}" for call in calls).items())),
        "tokens": {
            "input": sum(call.input_tokens for call in calls),
            "output": sum(call.output_tokens for call in calls),
        },
        "resets": sum(turn.resets for turn in turns),
        "seconds": {name: round(seconds[int(at * len(seconds))], 3) for name, at in _QUANTILES.items() if seconds},
    }


def _purposes(turns: Iterable[TurnUse]) -> list[str]:
    return sorted({call.purpose for turn in turns for call in turn.calls})


def table(found: dict[str, Any]) -> str:
    """What the terminal shows."""
    lines = [f"{found['model'] or 'embedded'}, version {found['version']}, policy of {found['as_of']}", ""]
    for name, scores in found["sets"].items():
        lines.append(f"{name}: {scores['cases']} cases")
        for evaluator, mean in scores["scores"].items():
            least, missed = scores["least"].get(evaluator), evaluator in scores["below"]
            bound = "" if least is None else f"  at least {least:.3f}{'  BELOW' if missed else ''}"
            lines.append(f"  {evaluator:<10}{mean:.3f}{bound}")
    return "\n".join([*lines, "", *_use_in_words(found["use"])])


def markdown(found: dict[str, Any]) -> str:
    """The same, and more of it, to be read by people."""
    lines = [f"# Evaluation of {found['model'] or 'the embedded default'}", "", f"Version {found['version']}, "]
    lines[-1] += f"policy of {found['as_of']}."
    if found["prompts"]:
        lines += ["", "Prompts: " + ", ".join(f"{name} `{sha[:12]}`" for name, sha in found["prompts"].items())]
    for name, scores in found["sets"].items():
        lines += ["", f"## {name.capitalize()}: {scores['cases']} cases", ""]
        lines += ["| evaluator | cases | score | at least |", "|---|---|---|---|"]
        lines += [
            f"| {evaluator} | {scores['judged'][evaluator]} | {mean:.3f} | {scores['least'].get(evaluator, '')} |"
            for evaluator, mean in scores["scores"].items()
        ]
    lines += ["", "## Turns", "", *(f"* {line}" for line in _use_in_words(found["use"]))]
    lines += ["", "## Objections", "", *(f"* {text}" for text in found["objections"] or ["none"])]
    return "\n".join(lines) + "\n"


def _use_in_words(use: dict[str, Any]) -> list[str]:
    share = use["turns_with_a_call"] / use["turns"] if use["turns"] else 0
    by_purpose = ", ".join(f"{purpose} {number}" for purpose, number in use["turns_with_a_call_by_purpose"].items())
    by_outcome = ", ".join(f"{what} {number}" for what, number in use["calls_by_outcome"].items())
    tokens = use["tokens"]
    return [
        f"{use['turns_with_a_call']} of {use['turns']} turns called a model ({share:.1%})"
        + (f": {by_purpose}" if by_purpose else ""),
        f"{use['calls']} calls, {tokens['input']} tokens in, {tokens['output']} out"
        + (f"; {by_outcome}" if by_outcome else ""),
        f"{use['resets']} resets; seconds a turn: "
        + ", ".join(f"{name} {seconds}" for name, seconds in use["seconds"].items()),
    ]


def about_run(version: str, language: LanguageRecord, as_of: date) -> dict[str, Any]:
    """What is evaluated: the version, the model and its prompts by digest, the day of the policy."""
    prompts = dict(language["prompts"])
    return {"version": version, "model": language["model"], "prompts": prompts, "as_of": as_of.isoformat()}
