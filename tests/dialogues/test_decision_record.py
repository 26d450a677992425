"""What a customer may read of a decision: no record tells, by what it holds or lacks, of screening or fraud signals."""

import json

import pytest

from agents.loan_view import for_customer
from tests.conversation import Conversation, customer

DIYA = (
    "1 lakh for travel over 24 months, I am Diya Nair",
    "yes",
    "yes",
    "yes",
    "ZZZPN1102B, born 2 Sep 1997, 9000000002",
    "OTP",
)
SIGNALS = ("list_hit", "applications_30d", "pans_same_phone", "G-03", "M-05", "M-06", "R-LIST-HIT", "R-VELOCITY")


async def talked(conversation: Conversation) -> str:
    for message in DIYA:
        await conversation.say(message)
    return json.dumps(for_customer(conversation.application["decision"], conversation.services.policy))


@pytest.mark.parametrize("changes", [{}, {"list_hit": True}, {"score": 620, "offer": None}])
async def test_no_signal_in_any_record(changes: dict[str, object]) -> None:
    conversation = Conversation(customers=[customer("C02", **changes)])
    record = await talked(conversation)
    assert not [signal for signal in SIGNALS if signal in record]


async def test_a_named_reason_stands_alone_and_hides_the_others() -> None:
    conversation = Conversation(customers=[customer("C02", score=620, offer=None)])
    await talked(conversation)
    decision = conversation.application["decision"] | {"reasons": ["R-SCORE-REVIEW", "R-VELOCITY", "R-PHONE-SHARED"]}
    assert for_customer(decision, conversation.services.policy)["reasons"] == ["R-SCORE-REVIEW"]


async def test_whatever_goes_to_a_person_has_one_shape() -> None:
    shapes, told = set(), []
    for changes in ({"list_hit": True}, {"score": 620, "offer": None}, {"score": None, "offer": None}):
        conversation = Conversation(customers=[customer("C02", **changes)])
        record = json.loads(await talked(conversation))
        assert conversation.application["status"] == "under_review"
        shapes.add(tuple(sorted(record)))
        told.append((record["reasons"], [entry["rule"] for entry in record["trace"]]))
    assert len(shapes) == 1
    assert told == [(["R-REVIEW"], []), (["R-SCORE-REVIEW"], ["M-02"]), (["R-NO-HISTORY"], ["M-01"])]


async def test_what_officers_set_aside_is_not_told() -> None:
    conversation = Conversation(customers=[customer("C02")])
    await talked(conversation)
    decision = conversation.application["decision"]
    waived = decision["inputs"]["request"] | {"waived": [{"rule": "G-03", "value": True}]}
    record = decision | {"inputs": decision["inputs"] | {"request": waived}}
    assert "G-03" not in json.dumps(for_customer(record, conversation.services.policy))
