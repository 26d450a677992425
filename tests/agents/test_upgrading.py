"""States of the version that knew neither a consent ledger nor cases, met by this one in mid-conversation."""

import uuid
from typing import Any

from langchain_core.messages import HumanMessage

from agents.application import Application
from tests.conversation import Conversation, customer

NEVER_BEFORE: Application = {"review": None, "waivers": None, "appeals": 0}


async def of_version_1(conversation: Conversation, **change: Any) -> None:
    """The state as the earlier version left it: two consents, of which no ledger knows."""
    application = conversation.application
    consents = [consent for consent in application["consents"] if consent["purpose"] != "kyc"]
    config: Any = {"configurable": {"thread_id": conversation.session_id}}
    earlier = {**application, **NEVER_BEFORE, "consents": consents, **change}
    await conversation._graph.aupdate_state(config, {"application": earlier, "version": 1})


async def with_a_counter_offer() -> Conversation:
    record = customer("C03")
    conversation = Conversation()
    for message in (
        f"450000 for travel over 24 months, I am {record.name}",
        *("yes", "yes", "yes"),
        f"{record.pan}, born {record.dob.strftime('%d %b %Y')}, {record.phone}",
        "OTP",
    ):
        await conversation.say(message)
    if conversation.awaiting == ["salary_slip"]:
        await conversation.upload(name=record.name, net_pay=record.net_income_on_file)
        await conversation.say("yes")
    assert conversation.application["alternatives"]
    return conversation


async def test_an_answer_to_what_was_asked_before_gives_no_consent() -> None:
    conversation = await with_a_counter_offer()
    await of_version_1(conversation)
    await conversation.say("yes, I accept the first")
    assert conversation.awaiting[0] == "consent"
    assert conversation.application["consents"] == []


async def test_alternatives_without_their_cost_are_reckoned_anew() -> None:
    conversation = await with_a_counter_offer()
    costed = conversation.application["alternatives"]
    bare = [{name: one[name] for name in one if name not in {"total_interest", "apr_pct"}} for one in costed]
    await of_version_1(conversation, alternatives=bare)
    for message in ("hello", "yes", "yes", "yes"):
        await conversation.say(message)
    assert conversation.application["alternatives"] == costed
    assert conversation.awaiting[0] == "offer_decision"
    assert len(conversation.providers.pulls) == 1


async def test_who_waited_for_a_person_gets_a_case_without_saying_a_word() -> None:
    conversation = await with_a_counter_offer()
    await of_version_1(conversation, status="under_review", decision=None, alternatives=[])
    message = HumanMessage("", id=str(uuid.uuid4()), additional_kwargs={"act": {"kind": "review"}})
    await conversation._turn(message)
    assert conversation.application["review"]
    assert conversation.application["status"] == "under_review"
