"""What a customer can fetch: decision record, Key Facts Statement, letter, messages, the simulated carriers' outbox."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.contract.test_problems import check_problem
from tests.driver import Conversation, Json, converse, customers
from tests.service import Service


@pytest.fixture(scope="module")
def sanctioned(service: Service) -> Conversation:
    conversation = Conversation(service)
    converse(conversation, "C01")
    return conversation


def test_the_decision_record(sanctioned: Conversation) -> None:
    record = sanctioned.get("/decision")
    assert (record["policy_id"], record["policy_version"], record["profile"]) == (
        "PL-SALARIED-IN",
        "2026.12.1",
        "default",
    )
    assert record["decision"] == "APPROVE"
    assert record["reasons"] == ["R-OFFER-OK"]
    assert record["as_of"] == "2026-12-01"
    assert {"rule", "result"} <= record["trace"][0].keys()
    assert record["kfs"]["instalment"] == record["emi"] == "9680"


def test_the_key_facts_statement(sanctioned: Conversation) -> None:
    statement = sanctioned.get("/kfs")
    assert statement["applicant_name"] == "Aarav Mehta"
    assert statement["part_1"]["loan_term_months"] == 36
    assert len(statement["repayment_schedule"]) == 36


def test_the_statement_is_there_before_the_acknowledgement(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C16", until="offer_decision")
        path = f"/api/v1/sessions/{conversation.session_id}/kfs"
        check_problem(conversation.http.get(path), 404)
        converse(conversation, "C16", until="kfs_acknowledgement")
        assert conversation.http.get(path).status_code == 200
        assert not conversation.session()["loan_application"]["sanction_letter_generated"]


def test_the_letter(sanctioned: Conversation) -> None:
    url = sanctioned.session()["loan_application"]["sanction_letter_url"]
    assert url.startswith("/api/v1/letters/")
    letter = sanctioned.http.get(url)
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in letter.headers["cache-control"]
    assert letter.content.startswith(b"%PDF-") and b"%%EOF" in letter.content[-32:]
    assert sanctioned.http.get(url).content == letter.content


@pytest.mark.parametrize("change", [lambda url: url[:-1], lambda url: url + "x", lambda url: url[:-1] + "~"])
def test_no_letter_under_another_address(sanctioned: Conversation, change: Callable[[str], str]) -> None:
    url = sanctioned.session()["loan_application"]["sanction_letter_url"]
    check_problem(sanctioned.http.get(change(url)), 404)


def test_messages(sanctioned: Conversation) -> None:
    messages = sanctioned.transcript()
    assert all(list(message) == ["role", "content", "message_id", "created_at", "thumb"] for message in messages)
    assert [message["role"] for message in messages[1:3]] == ["user", "assistant"]
    assert messages[0]["content"].startswith("Hello! I'm your AI Loan Sales Assistant")
    assert messages[1]["content"] == "Hi"
    times = [datetime.fromisoformat(message["created_at"]) for message in messages]
    assert times == sorted(times)
    assert len(messages) == sanctioned.session()["message_count"]


def test_secrets_are_masked_in_what_is_kept(service: Service) -> None:
    aadhaar = customers()["C04"]["aadhaar_like"]
    with Conversation(service) as conversation:
        conversation.say(f"I need 3 lakh, my Aadhaar is {aadhaar}")
        converse(conversation, "C04", until="offer_decision")
        text = " ".join(message["content"] for message in conversation.transcript())
        assert aadhaar not in text
        assert conversation.code() not in text


def test_the_outbox(sanctioned: Conversation) -> None:
    sms, email = sanctioned.outbox()
    keys = {"id", "channel", "to", "subject", "body", "created_at"}
    assert set(sms) == set(email) == keys
    assert (sms["channel"], sms["to"]) == ("sms", "+919000000001")
    assert (email["channel"], email["to"]) == ("email", "aarav.mehta@example.com")
    assert sms["created_at"] <= email["created_at"]
    assert sms["id"] != email["id"]
    assert "sanction letter" in email["subject"].lower()


def test_the_outbox_is_the_sessions_own(sanctioned: Conversation, service: Service) -> None:
    with Conversation(service) as other:
        assert other.outbox() == []
    missing = sanctioned.http.get("/api/v1/dev/outbox")
    problem = check_problem(missing, 422)
    assert [error["field"] for error in problem["errors"]] == ["query.session_id"]


def test_a_start_over_keeps_the_old_letter_and_asks_afresh(sanctioned: Conversation, service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C10")
        url = conversation.last["loan_application"]["sanction_letter_url"]
        answer: Json = conversation.say("start over")
        assert answer["loan_application"]["status"] == "initiated"
        assert answer["loan_application"]["sanction_letter_url"] is None
        assert conversation.http.get(url).status_code == 200
