"""Consents in conversation: withdrawn at any time, with the honest end that it has, and what is optional stays so."""

from datetime import date

import pytest

from tests.conversation import Conversation, talked
from tools.consents import REQUIRED, MemoryConsents

NEED = "2 lakh for travel over 24 months, I am Diya Nair"
IDENTITY = "ZZZPN1102B, 02/09/1997, 9000000002"
TO_THE_OFFER = (NEED, "yes", "yes", "yes", IDENTITY, "OTP")


async def ledger(conversation: Conversation) -> list[tuple[str, bool]]:
    acts = await conversation.services.consents.of_session(conversation.session_id)
    return [(act.purpose, act.given) for act in acts]


async def test_each_consent_is_asked_alone_and_on_the_ledger() -> None:
    conversation = await talked(*TO_THE_OFFER)
    assert [consent["purpose"] for consent in conversation.application["consents"]] == list(REQUIRED)
    assert await ledger(conversation) == [(purpose, True) for purpose in REQUIRED]
    acts = await conversation.services.consents.of_session(conversation.session_id)
    assert {act.channel for act in acts} == {"test"}
    assert all(act.notice_version and len(act.notice_sha256) == 64 for act in acts)


@pytest.mark.parametrize("said_so_far", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize(
    ("words", "purpose"),
    [
        ("I withdraw my consent for the bureau", "bureau_pull"),
        ("mera data use mat karo", "data_use"),
        ("मैं KYC की सहमति वापस लेता हूँ", "kyc"),
    ],
)
async def test_without_a_consent_it_needs_an_application_is_closed(said_so_far: int, words: str, purpose: str) -> None:
    conversation = await talked(*TO_THE_OFFER[:said_so_far])
    pulls = list(conversation.providers.pulls)
    await conversation.say(words)
    assert conversation.application["status"] == "withdrawn"
    assert conversation.awaiting == []
    assert (await ledger(conversation))[-1] == (purpose, False)
    assert purpose not in {consent["purpose"] for consent in conversation.application["consents"]}
    for message in ("yes", IDENTITY, "what now?"):
        await conversation.say(message)
    assert conversation.providers.pulls == pulls
    assert conversation.application["status"] == "withdrawn"


async def test_a_loan_stays_and_it_is_said_why() -> None:
    conversation = await talked(*TO_THE_OFFER, "yes", "yes")
    assert conversation.application["status"] == "sanctioned"
    reply = await conversation.say("stop using my data")
    assert "the law makes a lender keep" in reply
    assert conversation.application["status"] == "sanctioned"
    assert (await ledger(conversation))[-1] == ("data_use", False)


async def test_after_a_withdrawal_nothing_is_left_to_close() -> None:
    conversation = await talked(NEED, "cancel my application")
    assert "nothing more will be done" in await conversation.say("I revoke my consent for data use")
    assert conversation.application["status"] == "withdrawn"


async def test_what_is_optional_is_never_asked_and_changes_nothing() -> None:
    conversation = await talked(*TO_THE_OFFER)
    offer, awaited = conversation.application["offer"], conversation.awaiting
    for words, told in (
        ("don't send me offers", "we will not send you offers"),
        ("you may send me offers", "we may tell you of other offers"),
        ("stop using AI on my data", "no language model works"),
    ):
        reply = await conversation.say(words)
        assert told in reply
        assert (conversation.application["offer"], conversation.awaiting) == (offer, awaited)
    assert conversation.application["optional_consents"] == {"marketing": True, "model_processing": False}
    assert (await ledger(conversation))[3:] == [
        ("marketing", False),
        ("marketing", True),
        ("model_processing", False),
    ]


async def test_starting_over_asks_anew_and_keeps_what_was_refused_for_good() -> None:
    conversation = await talked(*TO_THE_OFFER, "stop using AI on my data", "start over", NEED)
    assert conversation.awaiting[0] == "consent"
    assert conversation.application["consents"] == []
    assert conversation.application["optional_consents"] == {"model_processing": False}


async def test_what_else_the_message_says_is_heard() -> None:
    conversation = await talked("Hi")
    await conversation.say("I need 2 lakh, and don't send me offers")
    assert conversation.application["desired_amount"] == 200_000
    assert conversation.application["optional_consents"] == {"marketing": False}


async def test_a_yes_beside_a_withdrawal_accepts_nothing() -> None:
    conversation = await talked(*TO_THE_OFFER)
    await conversation.say("yes, and stop using AI on my data")
    assert conversation.application["status"] == "offer_made"


async def test_a_second_pull_rests_on_a_second_consent() -> None:
    conversation = await talked(*TO_THE_OFFER)
    conversation.on(date(2027, 2, 1))
    await conversation.say("make it 1 lakh")
    if conversation.awaiting[:1] == ["consent"]:
        await conversation.say("yes")
    assert (await ledger(conversation)).count(("bureau_pull", True)) == len(conversation.providers.pulls)


async def test_the_ledger_of_one_session_is_not_anothers() -> None:
    kept = MemoryConsents()
    conversation = await talked(*TO_THE_OFFER)
    assert await kept.of_session(conversation.session_id) == []
    assert await conversation.services.consents.of_session("another") == []
