"""The review node by itself: kinds of cases, what an act adds, acts that come too late, states edited in Studio."""

import uuid
from datetime import date
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from agents.application import new_application
from agents.reviewing.case_view import review_case
from agents.reviewing.casework import kind_of, standing_waivers
from tests.conversation import Conversation, customer
from tools.policy import Waiver

YES = ("yes", "yes", "yes")  # to the three consents
VIKRAM = (
    "1 lakh for travel over 24 months, I am Vikram Reddy",
    *YES,
    "ZZZPR1107G, born 21 Dec 1995, 9000000007",
)
SANA = ("1 lakh for travel over 24 months, I am Sana Sheikh", *YES)


async def talked(*messages: str, **options: Any) -> Conversation:
    conversation = Conversation(**options)
    for message in messages:
        await conversation.say(message)
    return conversation


async def sana() -> Conversation:
    record = customer("C06")
    born = record.dob.strftime("%d %b %Y")
    conversation = await talked(*SANA, f"{record.pan}, born {born}, {record.phone}", "OTP")
    assert conversation.application["status"] == "under_review"
    return conversation


async def act(conversation: Conversation, name: str, **brought: Any) -> str:
    """An officer's act, as the service hands it over."""
    told = {"kind": "case", "act": name, "act_id": str(uuid.uuid4()), "case_id": "c"}
    told |= {"application_id": conversation.application["application_id"]} | brought
    return await conversation._turn(HumanMessage("", id=str(uuid.uuid4()), additional_kwargs={"act": told}))


def case_of(conversation: Conversation) -> dict[str, Any]:
    found = review_case(conversation.state)
    assert found is not None
    return found


async def test_an_unreadable_slip_is_read_by_a_person() -> None:
    conversation = await talked(*VIKRAM, "OTP")
    await conversation.upload(name="Vikram Reddy", net_pay=38_000, gross=90_000, deductions=10_000)
    case = case_of(conversation)
    assert case["kind"] == "document"
    assert case["facts"]["document_id"]
    assert case["facts"]["reading"]["problems"]
    slip = {"document_id": case["facts"]["document_id"], "employee_name": "Vikram Reddy", "net_pay": 38_000}
    await act(conversation, "approve", slip=slip | {"paid_on": "2026-11-28", "employer": None})
    assert conversation.application["status"] == "offer_made"
    assert conversation.application["salary_slip"]["net_pay"] == 38_000


async def test_a_slip_that_a_person_reads_in_another_name_is_a_case_again() -> None:
    conversation = await talked(*VIKRAM, "OTP")
    await conversation.upload(name="Vikram Reddy", net_pay=38_000, gross=90_000, deductions=10_000)
    slip = {"document_id": "d", "employee_name": "Suresh Patel", "net_pay": 38_000, "paid_on": "2026-11-28"}
    await act(conversation, "approve", slip=slip)
    case = case_of(conversation)
    assert (case["kind"], case["reasons"]) == ("policy", ["R-NAME-REVIEW"])


async def test_a_person_may_ask_for_another_slip() -> None:
    conversation = await talked(*VIKRAM, "OTP")
    await conversation.upload(name="Vikram Reddy", net_pay=38_000, gross=90_000, deductions=10_000)
    reply = await act(conversation, "approve", another_slip=True)
    assert "another one" in reply
    assert conversation.awaiting == ["salary_slip"]
    await conversation.upload(name="Vikram Reddy", net_pay=38_000)
    await conversation.say("yes")
    assert conversation.application["status"] == "offer_made"


async def test_unverified_contact_details_are_attested() -> None:
    record = customer("C01")
    unverified = record.model_copy(update={"kyc": record.kyc.model_copy(update={"phone_ok": False})})
    born = record.dob.strftime("%d %b %Y")
    conversation = await talked(
        "1 lakh for travel over 24 months, I am Aarav Mehta",
        *YES,
        f"{record.pan}, born {born}, {record.phone}",
        "OTP",
        customers=[unverified],
    )
    assert (case_of(conversation)["kind"], case_of(conversation)["reasons"]) == ("kyc", ["R-KYC-PENDING"])
    await act(conversation, "approve", attest=True)
    assert conversation.application["status"] == "offer_made"


async def test_an_officer_lends_nothing_that_the_band_does_not() -> None:
    record = customer("C06")
    born = record.dob.strftime("%d %b %Y")
    words = ("4 lakh for travel over 48 months, I am Sana Sheikh", *YES)
    conversation = await talked(*words, f"{record.pan}, born {born}, {record.phone}", "OTP")
    await act(conversation, "approve", waive=[{"rule": "M-02", "value": 628}])
    await conversation.upload(name="Sana Sheikh", net_pay=40_000)
    await conversation.say("yes")
    application = conversation.application
    assert application["status"] == "offer_made"
    assert application["offered_amount"] <= 100_000
    assert application["offered_interest_rate"] == 15.0


async def test_a_waiver_does_not_hold_for_more_money() -> None:
    conversation = await sana()
    await act(conversation, "approve", waive=[{"rule": "M-02", "value": 628}])
    assert conversation.awaiting == ["salary_slip"]
    await conversation.say("make it 90000")
    assert standing_waivers(conversation.state["application"]) == (Waiver("M-02", 628),)
    await conversation.say("make it 3 lakh then")
    assert case_of(conversation)["reasons"] == ["R-SCORE-REVIEW"]


async def test_a_paper_may_be_the_answer() -> None:
    conversation = await sana()
    await act(conversation, "ask", question="Please upload the slip of October, too.")
    reply = await conversation.upload(name="Sana Sheikh", net_pay=40_000)
    assert "passed your answer" in reply
    case = case_of(conversation)
    assert case["facts"]["reading"]["net_pay"] == 40_000
    assert case["answered_by"] == conversation.state["messages"][-2].id


async def test_a_question_to_the_officer_is_answered_and_passed_on() -> None:
    conversation = await sana()
    await act(conversation, "ask", question="Since when have you worked at your firm?")
    reply = await conversation.say("What are your fees?")
    assert "passed your answer" in reply
    assert "2%" in reply


async def test_an_act_after_the_application_was_closed_changes_nothing() -> None:
    conversation = await sana()
    await conversation.say("please withdraw my application")
    before = conversation.application
    reply = await act(conversation, "approve", waive=[{"rule": "M-02", "value": 628}])
    assert "nothing has changed" in reply
    assert conversation.application == before


async def test_an_act_on_an_earlier_application_changes_nothing() -> None:
    conversation = await sana()
    first = conversation.application["application_id"]
    await conversation.say("start over")
    await act(conversation, "decline", application_id=first)
    assert conversation.application["status"] == "initiated"


async def test_the_bureau_is_asked_once_however_often_persons_look() -> None:
    conversation = await sana()
    await act(conversation, "approve", waive=[{"rule": "M-02", "value": 628}])
    await conversation.upload(name="Suresh Patel", net_pay=40_000)
    await conversation.say("yes")
    assert case_of(conversation)["reasons"] == ["R-NAME-REVIEW"]
    await act(conversation, "approve", waive=[{"rule": "M-08", "value": "mismatch"}])
    assert conversation.application["status"] == "offer_made"
    assert len(conversation.providers.pulls) == 1


async def test_an_approval_with_an_old_report_asks_for_consent_again() -> None:
    conversation = await sana()
    conversation.on(date(2027, 1, 15))
    await act(conversation, "approve", waive=[{"rule": "M-02", "value": 628}])
    assert conversation.awaiting[0] == "consent"
    assert len(conversation.providers.pulls) == 1


async def test_a_state_edited_in_studio_gets_its_case_with_the_next_message() -> None:
    conversation = await talked("Hello")
    config: Any = {"configurable": {"thread_id": conversation.session_id}}
    edited = {**conversation.application, "status": "under_review", "application_id": "EF-EDITED"}
    await conversation._graph.aupdate_state(config, {"application": edited})
    await conversation.say("hello?")
    assert case_of(conversation)["kind"] == "identity"


async def test_a_case_holds_no_secret_of_the_slip_and_no_birth_date() -> None:
    conversation = await sana()
    text = str(case_of(conversation))
    record = customer("C06")
    assert record.pan not in text
    assert record.dob.isoformat() not in text


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"appeals": 1}, "appeal"),
        ({"review_reasons": ["PROVIDER-DOWN"]}, "provider"),
        ({}, "identity"),
        ({"kyc_verified": True, "review_reasons": ["STATED-AGE"]}, "statement"),
        ({"kyc_verified": True, "decision": {"decision": "MANUAL_REVIEW"}}, "policy"),
        ({"kyc_verified": True, "kyc_upgrade_offered": True}, "kyc"),
        ({"kyc_verified": True, "reason_codes": ["R-SLIP"]}, "document"),
        ({"kyc_verified": True}, "provider"),
    ],
)
def test_kinds(change: dict[str, Any], kind: str) -> None:
    assert kind_of({**new_application("EF-1", "2026-12-01"), **change}) == kind  # type: ignore[typeddict-item]
