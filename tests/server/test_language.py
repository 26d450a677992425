"""Which model is opened, and that it is opened without being asked: its host may be away when the service starts."""

import contextlib
from pathlib import Path

import pytest

from agents.model.asking import Model
from server.language import open_model_of
from server.lifecycle.draining import Draining
from server.observing.observer import Observer
from server.settings import load_settings
from server.store.database import Database
from server.store.model_calls import ModelCalls
from tests.service import COMMAND, clean_environment, run_command

NOWHERE = "http://model.invalid:9"


async def opened(folder: Path, **settings: object) -> Model | None:
    async with contextlib.AsyncExitStack() as cleanup:
        database = Database.sqlite(folder / "esoteric.db")
        cleanup.push_async_callback(database.close)
        settled = load_settings(_env_file=None, **settings)
        return open_model_of(settled, cleanup, Observer(), Draining(), ModelCalls(database))


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, None),
        ({"groq_api_key": "gsk_no"}, "groq:openai/gpt-oss-20b"),
        ({"groq_api_key": "gsk_no", "groq_model_name": "qwen/qwen3-32b"}, "groq:qwen/qwen3-32b"),
        ({"groq_api_key": "gsk_no", "model": "groq:qwen/qwen3-32b"}, "groq:qwen/qwen3-32b"),
        ({"model": "openai:own", "model_api_base": NOWHERE}, "openai:own"),
        ({"model": "openai:own", "model_api_base": NOWHERE, "groq_api_key": "gsk_no"}, "openai:own"),
        ({"model": "openai:gpt", "model_api_key": "sk-no"}, "openai:gpt"),
    ],
)
async def test_model_wins_over_a_key_of_groq(tmp_path: Path, settings: dict[str, object], name: str | None) -> None:
    model = await opened(tmp_path, **settings)
    assert (model and model.name) == name


def test_a_provider_whose_package_is_missing_refuses_the_start(tmp_path: Path) -> None:
    environment = {"MODEL": "anthropic:claude", "MODEL_API_KEY": "KANARI", "PORT": "0"}
    done = run_command([COMMAND, "serve"], clean_environment(tmp_path) | environment)
    assert done.returncode != 0
    assert done.stderr == "MODEL: anthropic needs the package langchain-anthropic\n"
    assert "KANARI" not in done.stdout
