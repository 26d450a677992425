"""Every conversation of the folders' `cases.toml`, with the real graph. A folder is named by what customers do in it.

A step is what the customer does (`you` types, with OTP for the code on the simulated phone and CONSENTS for a yes to
each; `slip` uploads one; `days` lets days pass), and any of what is seen: `says` (in the reply, one or several),
`never` (not in it), `awaiting` (first field), `status`, `facts` (fields of the application), `same` (fields that stay).
"""

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.evaluation.judging import against_reply, against_state
from server.evaluation.running import opening
from server.evaluation.talk import Turn
from tests.conversation import AS_OF, Conversation
from tools.providers.simulated import packaged_customers

FOLDERS = {
    "cancellations",
    "corrections",
    "digressions",
    "hostile",
    "journeys",
    "offers",
    "ranges",
    "refusals",
    "repeats",
}


def dialogues() -> Iterator[Any]:
    for path in sorted(Path(__file__).parent.glob("*/cases.toml")):
        for dialogue in tomllib.loads(path.read_text(encoding="utf-8"))["dialogue"]:
            yield pytest.param(dialogue, id=f"{path.parent.name}: {dialogue['name']}")


@pytest.mark.parametrize("dialogue", list(dialogues()))
async def test_dialogue(dialogue: dict[str, Any]) -> None:
    changes = dialogue["steps"][0].get("customer", {})
    conversation = Conversation(customers=[person.model_copy(update=changes) for person in packaged_customers()])
    for number, step in enumerate([*({"you": said} for said in opening(dialogue)), *dialogue["steps"]], 1):
        before = conversation.state.get("application", {})
        reply = await taken(step, conversation)
        where = f"step {number}, {step!r} got: {reply}"
        seen = Turn(reply=reply, application=conversation.state["application"], awaiting=conversation.awaiting)
        assert [*against_state(step, seen, before), *against_reply(step, seen)] == [], where


async def taken(step: dict[str, Any], conversation: Conversation) -> str:
    if "days" in step:
        conversation.on(AS_OF + timedelta(days=step["days"]))
        return ""
    if "slip" in step:
        return await conversation.upload(**step["slip"])
    if step["you"] != "CONSENTS":
        return await conversation.say(step["you"])
    while conversation.awaiting[:1] == ["consent"]:
        await conversation.say("yes")
    return conversation.reply


def test_every_folder_has_dialogues() -> None:
    assert {path.parent.name for path in Path(__file__).parent.glob("*/cases.toml")} == FOLDERS
