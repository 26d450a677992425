"""Cases as experiments of LangSmith's, against one of our own on loopback that the real client talks to."""

import dataclasses
import socket
from collections.abc import Sequence
from typing import Any

import pytest

from server.evaluation.experiments import Experiments, NotTaken
from server.evaluation.running import Result
from server.evaluation.sets import Case
from server.settings import Settings, load_settings
from tests.langsmith_experiments import langsmith_experiments

CASES = [
    Case("dialogues", f"case {number}", {"steps": [{"you": "hello"}]}, {"steps": [{"says": "Hello"}]})
    for number in range(3)
]
ABOUT: dict[str, Any] = {"version": "1", "model": None, "prompts": {}}


def settings_for(url: str) -> Settings:
    return load_settings(_env_file=None, langsmith_api_key="lsv2_pt_none", langsmith_endpoint=url)


async def held(case: Case) -> Result:
    return Result(case, {"state": 1.0, "replies": 0.5}, ["replies, step 1: does not say it"], ["Hello!"])


async def tried(url: str, cases: Sequence[Case]) -> None:
    experiments = Experiments(settings_for(url))
    try:
        await experiments.run(cases, held, name="1 embedded", about=ABOUT)
    finally:
        experiments.close()


async def test_an_experiment_has_a_run_and_scores_for_each_case() -> None:
    with langsmith_experiments() as langsmith:
        await tried(langsmith.sink.url, CASES)
        assert set(langsmith.datasets) == {"esoteric dialogues"}
        assert [one["name"].rpartition("-")[0] for one in langsmith.experiments] == ["1 embedded"]
        about_cases = {run["reference_example_id"] for run in langsmith.tried.values()}
        assert about_cases == set(langsmith.examples)
        assert {run["outputs"]["replies"][0] for run in langsmith.tried.values()} == {"Hello!"}
        expected = {(run_id, key): score for run_id in langsmith.tried for key, score in held_scores().items()}
        assert langsmith.scores == expected


def held_scores() -> dict[str, float]:
    return {"state": 1.0, "replies": 0.5}


async def test_a_dataset_is_kept_as_the_set_is() -> None:
    """Run again: no case comes twice. Changed: the same example changes."""
    with langsmith_experiments() as langsmith:
        await tried(langsmith.sink.url, CASES)
        known = dict(langsmith.examples)
        await tried(langsmith.sink.url, CASES)
        assert (langsmith.examples, langsmith.changes) == (known, [])
        changed = dataclasses.replace(CASES[1], expected={"steps": [{"says": "Namaste"}]})
        await tried(langsmith.sink.url, [CASES[0], changed, CASES[2]])
        assert langsmith.examples.keys() == known.keys()
        (example_id,) = langsmith.changes
        assert langsmith.examples[example_id]["outputs"] == {"steps": [{"says": "Namaste"}]}
        assert len(langsmith.experiments) == 3


async def test_who_committed_last_is_nobody_s_business() -> None:
    """LangSmith's own evaluation would send the name and the address of whoever did."""
    with langsmith_experiments() as langsmith:
        await tried(langsmith.sink.url, CASES[:1])
        assert b"author" not in langsmith.sink.raw


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_refusal_is_told_in_a_word(status: int) -> None:
    with langsmith_experiments() as langsmith:
        langsmith.refuses = status
        with pytest.raises(NotTaken, match=r"^[A-Za-z]+$"):
            await tried(langsmith.sink.url, CASES)


async def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotTaken):
            await tried(f"http://127.0.0.1:{taken.getsockname()[1]}", CASES)
