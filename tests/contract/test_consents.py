"""Consents over the API: what stands, in which words, and a change that runs as a turn of the conversation."""

import pytest

from tests.contract.test_problems import check_problem
from tests.driver import Conversation, Json, converse
from tests.server.audited import check_consents_come_first, rows_of
from tests.service import Service
from tools.consents import OPTIONAL, PURPOSES, REQUIRED

# Each applies at most twice: a third time would go to a person.
CUSTOMERS = {"data_use": "C01", "kyc": "C10", "bureau_pull": "C18"}


def change(conversation: Conversation, purpose: str, *, given: bool, **more: str) -> Json:
    path = f"/api/v1/sessions/{conversation.session_id}/consents"
    answer = conversation.http.post(path, json={"purpose": purpose, "given": given} | more)
    changed: Json = answer.raise_for_status().json()
    return changed


def standing(found: Json) -> dict[str, bool | None]:
    return {one["purpose"]: one["given"] for one in found["consents"]}


def test_what_stands_and_in_which_words(service: Service) -> None:
    with Conversation(service) as conversation:
        found = conversation.get("/consents")
        assert standing(found) == dict.fromkeys(PURPOSES)
        assert [one["purpose"] for one in found["consents"] if one["needed"]] == list(REQUIRED)
        for one in found["consents"]:
            assert {"version", "sha256", "title", "data", "purpose", "withdraw", "complain"} <= one["notice"].keys()
        converse(conversation, "C16")
        found = conversation.get("/consents")
        assert standing(found) == dict.fromkeys(REQUIRED, True) | dict.fromkeys(OPTIONAL)
        assert [act["purpose"] for act in found["history"]] == list(REQUIRED)
        told = {one["purpose"]: one["notice"]["sha256"] for one in found["consents"]}
        assert all(act["notice_sha256"] == told[act["purpose"]] for act in found["history"])


@pytest.mark.parametrize(
    ("until", "purpose"),
    [("consent", "data_use"), ("otp", "kyc"), ("offer_decision", "bureau_pull"), ("kfs_acknowledgement", "data_use")],
)
def test_withdrawn_before_the_loan_it_ends_the_application(service: Service, until: str, purpose: str) -> None:
    with Conversation(service) as conversation:
        converse(conversation, CUSTOMERS[purpose], until=until)
        changed = change(conversation, purpose, given=False)
        assert changed["loan_application"]["status"] == "withdrawn"
        assert changed["awaiting"] == []
        assert standing(changed)[purpose] is False
        assert conversation.session()["loan_application"]["status"] == "withdrawn"
        after = conversation.say("yes")
        assert after["loan_application"]["status"] == "withdrawn"


def test_withdrawn_after_the_loan_it_says_what_stays(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C16")
        changed = change(conversation, "data_use", given=False)
        assert changed["loan_application"]["status"] == "sanctioned"
        assert "the law makes a lender keep" in changed["message"]


def test_optional_consents_come_and_go(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C07", until="offer_decision")
        for given in (True, False, True):
            changed = change(conversation, "marketing", given=given)
            assert standing(changed)["marketing"] is given
            assert changed["awaiting"] == ["offer_decision"]
        assert [act["given"] for act in changed["history"] if act["purpose"] == "marketing"] == [True, False, True]
        assert {act["channel"] for act in changed["history"]} == {"rest", "api"}


def test_a_consent_can_be_given_over_the_api(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C03", until="consent")
        for purpose in REQUIRED:
            changed = change(conversation, purpose, given=True)
        assert "consent" not in changed["awaiting"]
        converse(conversation, "C03")
        assert conversation.session()["loan_application"]["status"] == "sanctioned"


def test_a_retry_changes_nothing_twice(service: Service) -> None:
    with Conversation(service) as conversation:
        first = change(conversation, "marketing", given=True, message_id="once")
        again = change(conversation, "marketing", given=True, message_id="once")
        assert again["message"] == first["message"]
        assert len(again["history"]) == 1
        path = f"/api/v1/sessions/{conversation.session_id}/consents"
        other = {"purpose": "marketing", "given": False, "message_id": "once"}
        check_problem(conversation.http.post(path, json=other), 409)


@pytest.mark.parametrize(
    "body",
    [{}, {"purpose": "marketing"}, {"purpose": "everything", "given": True}, {"purpose": "kyc", "given": "yes"}],
)
def test_a_malformed_change_is_refused(service: Service, body: Json) -> None:
    with Conversation(service) as conversation:
        path = f"/api/v1/sessions/{conversation.session_id}/consents"
        check_problem(conversation.http.post(path, json=body), 422)
        assert conversation.get("/consents")["history"] == []


def test_the_change_is_in_the_conversation(service: Service) -> None:
    with Conversation(service) as conversation:
        change(conversation, "marketing", given=False)
        said = [(entry["role"], entry["content"]) for entry in conversation.transcript()[1:]]
        assert said[0] == ("user", "[Consent withdrawn: marketing]")
        assert said[1][0] == "assistant"


def test_no_provider_was_asked_without_an_older_consent(service: Service) -> None:
    """E3, over all that the tests of this module did."""
    with Conversation(service) as conversation:
        converse(conversation, "C01")
    assert service.house is not None
    engine = service.house.services.audit._database.engine  # type: ignore[attr-defined]
    with engine.connect() as connection:
        rows = rows_of(connection)
    assert check_consents_come_first(rows) >= 6
    assert len({row.number for row in rows}) == len(rows)


def test_an_erased_session_leaves_its_acts_and_no_way_to_it(own_service: Service) -> None:
    with Conversation(own_service) as conversation:
        converse(conversation, "C01")
        session_id = conversation.session_id
        conversation.http.delete(f"/api/v1/sessions/{session_id}").raise_for_status()
        check_problem(conversation.http.get(f"/api/v1/sessions/{session_id}/consents"), 404)
    assert own_service.house is not None
    engine = own_service.house.services.audit._database.engine  # type: ignore[attr-defined]
    with engine.connect() as connection:
        rows = rows_of(connection)
    assert rows[-1].kind == "session.erased"
    assert len({row.session_ref for row in rows}) == 1
    assert session_id not in str(rows)
