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


async def test_a_named_reason_stays_beside_the_neutral_one() -> None:
    conversation = Conversation(customers=[customer("C02", score=620, offer=None)])
    await talked(conversation)
    decision = conversation.application["decision"] | {"reasons": ["R-SCORE-REVIEW", "R-VELOCITY", "R-PHONE-SHARED"]}
    assert for_customer(decision, conversation.services.policy)["reasons"] == ["R-SCORE-REVIEW", "R-REVIEW"]
