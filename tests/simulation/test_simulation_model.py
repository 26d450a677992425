"""Simulated customers of a service with a language model: the same outcomes, and a record of what it was used for."""

from pathlib import Path

import pytest

from tests.sensible_model import sensible_model
from tests.service import fresh_data_dir
from tests.simulation.campaign import simulate
from tests.simulation.model_use import in_words, model_use
from tests.simulation.report import figures, markdown

CUSTOMERS, SEED = 12, 7


@pytest.mark.timeout(600)
def test_a_model_changes_no_outcome(tmp_path: Path, knowledge_dir: Path) -> None:
    directory = fresh_data_dir(tmp_path / "service", knowledge_dir)
    with sensible_model() as model:
        settings = {"GROQ_API_KEY": "gsk_none", "GROQ_API_BASE": model.url}
        run = simulate(directory, customers=CUSTOMERS, seed=SEED, settings=settings)
    found, use = figures(run), model_use(run, model, directory)
    assert found["violations"] == [], markdown(found)
    assert found["all"]["agreement"] == 1.0, markdown(found)
    assert sum(use["calls"].values()) == len(model.asked) > 0
    told = [sum(asked.input_tokens for asked in model.asked), sum(asked.output_tokens for asked in model.asked)]
    assert use["tokens_in_and_out"] == pytest.approx(told, rel=0.1), "an estimate where an answer was cut off"
    assert use["calls_a_turn"]["most"] <= 6
    assert 0 < use["turns_with_a_call"] < use["turns"]
    assert use["characters_in_the_model_s_words"] > 0
    assert use["refused_by_the_guard"] < len(model.phrased)
    assert "turns called it" in "\n".join(in_words(use))
