"""The labelled cases, read from a folder whose `evaluation.toml` names them and says what must hold at least."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

SetName = Literal["dialogues", "knowledge"]
SETS: tuple[SetName, ...] = get_args(SetName)
CONTENTS = "evaluation.toml"
# What a customer does in a step; all else in it is what must be seen.
_DEEDS = frozenset({"you", "slip", "days"})


class SetsError(Exception):
    """The sets cannot be read. The text is one line for whoever named them."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One thing that is tried, in JSON form throughout; `name` is unique in its set.

    A dialogue's inputs are `steps` and the `records` of the customers changed for it, what is expected is a list of the
    same length. A question's inputs are `question`, what is expected the ids of the clauses that answer it; none means
    that it is not ours to answer.
    """

    set: SetName
    name: str
    inputs: dict[str, Any]
    expected: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sets:
    """The cases, the day they were written for, and the least score by reader (embedded, model), set and evaluator."""

    as_of: date
    cases: tuple[Case, ...]
    least: dict[str, dict[SetName, dict[str, float]]]


def read_sets(folder: Path, only: SetName | None = None, limit: int | None = None) -> Sets:
    """Of each set, or of the only one, the first `limit` cases. Raises SetsError."""
    try:
        contents = tomllib.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        found = {"dialogues": list(_dialogues(folder, contents)), "knowledge": list(_questions(folder, contents))}
        cases = tuple(case for name in SETS if only in {None, name} for case in found[name][:limit])
        return Sets(contents["policy_as_of"], cases, contents["least"])
    except FileNotFoundError as missing:
        raise SetsError(f"there is no {Path(missing.filename).name} in {folder}") from None
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise SetsError(f"the sets in {folder} cannot be read ({type(wrong).__name__}: {wrong})") from None


def _dialogues(folder: Path, contents: dict[str, Any]) -> Iterator[Case]:
    for path in sorted(folder.glob(contents["dialogues"]["files"])):
        for dialogue in tomllib.loads(path.read_text(encoding="utf-8"))["dialogue"]:
            steps = dialogue["steps"]
            inputs = {"steps": [_part(step, of_deeds=True) for step in steps]}
            inputs |= {name: dialogue[name] for name in ("customer", "asks") if name in dialogue}
            inputs |= {"records": steps[0]["customer"]} if "customer" in steps[0] else {}
            expected = {"steps": [_part(step, of_deeds=False) for step in steps]}
            yield Case("dialogues", f"{path.parent.name}: {dialogue['name']}", inputs, expected)


def _part(step: dict[str, Any], *, of_deeds: bool) -> dict[str, Any]:
    return {name: value for name, value in step.items() if (name in _DEEDS) == of_deeds and name != "customer"}


def _questions(folder: Path, contents: dict[str, Any]) -> Iterator[Case]:
    for name in contents["knowledge"]["questions"]:
        for row in map(json.loads, (folder / name).read_text(encoding="utf-8").splitlines()):
            yield Case("knowledge", row["query"], {"question": row["query"]}, {"clauses": row["relevant"]})
    for name in contents["knowledge"]["off_topic"]:
        for question in (folder / name).read_text(encoding="utf-8").splitlines():
            yield Case("knowledge", question, {"question": question}, {"clauses": []})
