"""Every conversation of `cases.toml`, with the real graph."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conversation import Conversation
from tools.providers.simulated import packaged_customers

DIALOGUES = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))["dialogue"]


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue["name"])
async def test_dialogue(dialogue: dict[str, Any]) -> None:
    changes = dialogue["steps"][0].get("customer", {})
    conversation = Conversation(customers=[person.model_copy(update=changes) for person in packaged_customers()])
    for number, step in enumerate(dialogue["steps"], 1):
        reply = await conversation.say(step["you"])
        where = f"step {number}, {step['you']!r} got: {reply}"
        assert step.get("says", "") in reply, where
        assert "never" not in step or step["never"] not in reply, where
        if "awaiting" in step:
            assert conversation.awaiting[0] == step["awaiting"], where
        if "status" in step:
            assert conversation.application["status"] == step["status"], where
        for field, value in step.get("facts", {}).items():
            assert conversation.application[field] == (None if value == "none" else value), f"{field}: {where}"
