"""What a run used a language model for: by the service's own record of calls, and by what stood in the replies."""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from agents.model.pseudonyms import PLACEHOLDER
from tests.sensible_model import Phrased, SensibleModel
from tests.simulation.campaign import Run
from tests.simulation.customer import Outcome

_SENTENCE_END = re.compile(r"(?<=[.!?।])\s+|\n")
_COMPLETED = frozenset({"sanctioned", "completed"})
_CALLS = "SELECT session_id, turn_id, purpose, outcome, input_tokens, output_tokens FROM model_calls"
Json = dict[str, Any]


def model_use(run: Run, model: SensibleModel, directory: Path) -> Json:
    """In JSON form. Shares are of 1, tokens as the model counts them."""
    with closing(sqlite3.connect(f"file:{directory / 'esoteric.db'}?mode=ro", uri=True)) as reading:
        rows = reading.execute(_CALLS).fetchall()
    turns = sum(outcome.turns for outcome in run.outcomes)
    by_turn, by_session = defaultdict[str, list[Any]](list), defaultdict[str, list[Any]](list)
    for row in rows:
        by_session[row[0]].append(row)
        by_turn[row[1]].append(row)
    completed = [outcome for outcome in run.outcomes if outcome.status in _COMPLETED]
    idle = [0] * (turns - len(by_turn))
    purposes = sorted({row[2] for row in rows})
    return {
        "turns": turns,
        "turns_with_a_call": len(by_turn),
        "turns_with_a_call_by_purpose": {
            purpose: sum(any(row[2] == purpose for row in of) for of in by_turn.values()) for purpose in purposes
        },
        "calls": dict(sorted(Counter(f"{row[2]} {row[3]}" for row in rows).items())),
        "failed": sum(row[3] not in {"done", "left"} for row in rows),
        "calls_a_turn": _spread([len(of) for of in by_turn.values()] + idle),
        "tokens_a_turn": _spread([_tokens(of) for of in by_turn.values()] + idle),
        "completed": len(completed),
        "turns_a_completed_application": _spread([outcome.turns for outcome in completed]),
        "calls_a_completed_application": _spread([len(by_session[o.session_id]) for o in completed]),
        "tokens_a_completed_application": _spread([_tokens(by_session[o.session_id]) for o in completed]),
        "tokens_in_and_out": [sum(row[4] for row in rows), sum(row[5] for row in rows)],
        "resets": sum(outcome.resets for outcome in run.outcomes),
        "streamed_turns": sum(outcome.turns for outcome in run.outcomes if outcome.plan.transport != "rest"),
        **_words(run.outcomes, model.phrased),
    }


def _words(outcomes: Sequence[Outcome], phrased: Sequence[Phrased]) -> Json:
    """How much of the replies is the model's own, and how many of its answers were not shown whole."""
    replies = [" ".join(reply.split()) for outcome in outcomes for _, reply, _ in outcome.transcript]
    everything = "\n".join(replies)
    times = Counter(one.written for one in phrased)
    shown = {written for written in times if re.search(_as_shown(" ".join(written.split())), everything)}
    refused = Counter(one for one in phrased if one.written not in shown)
    drafted = {sentence for one in phrased for sentence in _sentences(one.draft)}
    own = {sentence for written in times for sentence in _sentences(written)} - drafted
    plain = {sentence for sentence in own if not PLACEHOLDER.search(sentence)}
    filled = [re.compile(_as_shown(sentence)) for sentence in own - plain]
    by_model = 0
    for sentence, number in Counter(sentence for reply in replies for sentence in _sentences(reply)).items():
        if sentence in plain or any(pattern.fullmatch(sentence) for pattern in filled):
            by_model += number * len(sentence)
    return {
        "phrased": len(phrased),
        "erred_on_purpose": sum(one.erred for one in phrased),
        "refused_by_the_guard": refused.total(),
        "refused_without_an_error": sum(number for one, number in refused.items() if not one.erred),
        "refused_most_often": [(one.written, number) for one, number in refused.most_common(12) if not one.erred],
        "characters": sum(map(len, replies)),
        "characters_in_the_model_s_words": by_model,
    }


def _sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def _as_shown(written: str) -> str:
    """A pattern for the words with any name in the place of a placeholder."""
    return ".{1,60}?".join(map(re.escape, PLACEHOLDER.split(written)))


def _tokens(rows: Iterable[Any]) -> int:
    return sum(row[4] + row[5] for row in rows)


def _spread(numbers: Sequence[int]) -> dict[str, float]:
    ordered = sorted(numbers) or [0]
    at = partial(_quantile, ordered)
    return {"mean": round(sum(ordered) / len(ordered), 2), "p50": at(0.5), "p95": at(0.95), "most": ordered[-1]}


def _quantile(ordered: Sequence[int], at: float) -> int:
    return ordered[min(len(ordered) - 1, int(at * len(ordered)))]


def in_words(use: Json) -> list[str]:
    """Lines of a Markdown report."""
    turns, of = use["turns"], "turns_with_a_call"
    by_purpose = "; ".join(f"to {name} {number / turns:.1%}" for name, number in use[f"{of}_by_purpose"].items())
    rows = ("calls_a_turn", "tokens_a_turn", "turns_a_completed_application")
    rows += ("calls_a_completed_application", "tokens_a_completed_application")
    shown = use["characters_in_the_model_s_words"] / max(1, use["characters"])
    return [
        "",
        "## The language model",
        "",
        f"{use[of]} of {turns} turns called it ({use[of] / turns:.1%}): {by_purpose}. "
        f"{use['tokens_in_and_out'][0]} tokens in, {use['tokens_in_and_out'][1]} out.",
        "",
        "Calls: " + ", ".join(f"{what} {number}" for what, number in use["calls"].items()) + ".",
        "",
        f"| | mean | p50 | p95 | most |\n|---|---|---|---|---|\n{_rows(use, rows)}",
        "",
        f"{use['completed']} applications were completed. {use['resets']} resets in {use['streamed_turns']} streamed "
        f"turns. {use['failed']} calls failed. {shown:.1%} of the replies' characters are in sentences of its own.",
        "",
        f"Of {use['phrased']} answers to phrase {use['refused_by_the_guard']} were refused; the model erred on purpose "
        f"in {use['erred_on_purpose']}. Without an error {use['refused_without_an_error']} were refused:",
        "",
        *(f"- {number} times: {written}" for written, number in use["refused_most_often"]),
    ]


def _rows(use: Json, names: Iterable[str]) -> str:
    return "\n".join(
        f"| {name.replace('_', ' ')} | {' | '.join(f'{number:g}' for number in use[name].values())} |" for name in names
    )
