"""What the outside sees."""

import json
from typing import Any

from agents.hedge_fund_guy.view import opening, shown, view
from tests.agents.hedge_fund_guy.talk import INCOME, AsTold, GuyTalk, Notes, passage, read_as


def test_of_a_talk_that_has_not_begun() -> None:
    assert view({}) == {
        "data_collected": {"name": False, "email": False, "income": False},
        "is_complete": False,
        "data": {"name": None, "email": None, "income": None},
        "status": "active",
    }


def test_openings_vary_by_session_and_not_otherwise() -> None:
    assert opening("a") == opening("a")
    assert len({opening(str(number)) for number in range(200)}) >= 12


async def test_nothing_personal_is_shown_of_a_node() -> None:
    reader = AsTold({"me": read_as("market", name="Ana", email="ana@example.com", income=INCOME)})
    talk, updates = GuyTalk(reader, Notes(passage(1))), []

    class Listener:
        def node(self, name: str, status: str, update: Any = None) -> None:
            if status == "finished":
                updates.append((name, shown(update)))

        def said(self, chunk: str) -> None: ...

        def taken_back(self) -> None: ...

    await talk.say("me", listener=Listener())
    text = json.dumps(updates)
    assert [name for name, _ in updates] == ["lead", "knowledge", "delivery", "persona"]
    assert updates[0][1]["data_collected"] == {"name": True, "email": True, "income": True}
    assert updates[1][1]["topics"] == ["Note 1"]
    assert updates[2][1] == {"delivered": True, "ask": None}
    assert not any(secret in text for secret in ("Ana", "ana@", "120", "Statement"))
