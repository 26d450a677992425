"""What a turn is held against. Every objection is a sentence; none means that all is as it must be."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from agents.speaking import Line, phrasebook
from agents.understanding.language import language_of
from agents.understanding.vocabulary import load_vocabulary
from server.evaluation.talk import Turn
from tools.numbers import find_quantities, tokenise


def against_state(expected: dict[str, Any], turn: Turn, before: dict[str, Any]) -> list[str]:
    """Of `awaiting` (the first field), `status`, `facts` (fields by value) and `same` (fields that stay)."""
    application: dict[str, Any] = dict(turn.application)
    found = []
    if "awaiting" in expected:
        wanted = [expected["awaiting"]] if expected["awaiting"] else []
        if turn.awaiting[:1] != wanted:
            found.append(f"awaits {turn.awaiting[:1]}, not {wanted}")
    if "status" in expected and application["status"] != expected["status"]:
        found.append(f"is {application['status']}, not {expected['status']}")
    for name, value in expected.get("facts", {}).items():
        if application.get(name) != (None if value == "none" else value):
            found.append(f"{name} is {application.get(name)!r}, not {value!r}")
    found += [f"{name} changed" for name in expected.get("same", []) if application.get(name) != before.get(name)]
    return found


def against_reply(expected: dict[str, Any], turn: Turn) -> list[str]:
    """Of `says` (one part of the reply or several) and `never`."""
    says = expected.get("says", [])
    parts = [says] if isinstance(says, str) else says
    found = [f"does not say {part!r}" for part in parts if part not in turn.reply]
    if "never" in expected and expected["never"] in turn.reply:
        found.append(f"says {expected['never']!r}")
    return found


def foreign_figures(turn: Turn) -> list[str]:
    """Figures of the reply that the sentences it was made of do not hold."""
    known = _figures(_as_written(turn))
    return [f"the figure {float(value):g} is in no fact" for value in sorted(_figures(turn.reply) - known)]


def spoken_in(turn: Turn) -> str:
    """The language of the reply, quoted clauses, names and the like apart."""
    words = turn.reply
    for quoted in sorted(_quotations(turn.lines), key=len, reverse=True):
        words = words.replace(quoted, " ")
    return language_of(tokenise(words), load_vocabulary().hindi)


def told_clauses(turn: Turn, texts: dict[str, str]) -> list[str]:
    """The ids of the clauses that the reply quotes; `texts` are ids by text."""
    told = (texts.get(value) for one in turn.lines for value in one["facts"].values() if isinstance(value, str))
    return [clause for clause in told if clause is not None]


def _as_written(turn: Turn) -> str:
    return phrasebook(turn.application["language"]).compose(turn.lines) if turn.lines else ""


def _figures(text: str) -> set[Fraction]:
    """Number words count with a unit only: too many of them are something else as well."""
    return {
        end
        for one in find_quantities(text)
        for end in (one.low, one.high)
        if end is not None and not (one.in_words and one.kind == "plain")
    }


def _quotations(lines: Iterable[Line]) -> set[str]:
    return {value for one in lines for value in one["facts"].values() if isinstance(value, str) and value}
