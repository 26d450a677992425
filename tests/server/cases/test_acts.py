"""Who may do what with a case, how often, and on which state of it."""

import json
import sqlite3
from typing import Any

import pytest

from tests.driver import Conversation, Json, slip_of
from tests.server.cases.office import REASON, Office, Person, status_of, under_review
from tests.service import Service


@pytest.fixture(scope="module")
def conversation(service: Service) -> Conversation:
    """One that waits for a person, on which the tests of this module make no act that ends it."""
    return under_review(service, "C06")


def refused(person: Person, act: str, case: Json, **more: Any) -> tuple[int, str]:
    answer = person.try_to(act, case, **more)
    return answer.status_code, answer.json().get("code", "")


def test_roles(office: Office, conversation: Conversation) -> None:
    case = office.maker.case_of(conversation)
    for act in ("approve", "decline", "ask"):
        assert refused(office.checker, act, case) == (403, "wrong_role")
    for act in ("confirm", "return"):
        assert refused(office.maker, act, case) == (403, "wrong_role")
    for act in ("approve", "decline", "ask", "confirm", "return"):
        assert refused(office.auditor, act, case) == (403, "forbidden")
    assert office.auditor.look(case["case_id"])["reasons"] == ["R-SCORE-REVIEW"]
    assert office.maker.look(case["case_id"])["version"] == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "no"}, "invalid_input"),
        ({"reason": "          "}, "invalid_input"),
        ({"act": "sanction"}, "invalid_input"),
        ({"version": 0}, "invalid_input"),
        ({"waive": ["A-01"]}, "findings_to_waive"),
        ({"waive": ["M-02", "M-03"]}, "findings_to_waive"),
        ({"waive": []}, "findings_to_waive"),
        ({"waive": ["M-02; DROP"]}, "invalid_input"),
        ({"attest": True}, "attest"),
        ({"question": "Is this a question at all?"}, "not_fitting"),
        ({"another_slip": True}, "slip"),
        ({"act": "ask"}, "question_missing"),
        ({"act": "ask", "question": "Where do you work at present?"}, "not_fitting"),
        ({"act": "decline"}, "not_fitting"),
    ],
)
def test_what_an_act_must_bring(office: Office, conversation: Conversation, change: Json, code: str) -> None:
    case = office.maker.case_of(conversation)
    body: Json = {"waive": ["M-02"]} | change
    act = body.pop("act", "approve")
    assert refused(office.maker, act, case, **body) == (422, code)
    assert office.maker.look(case["case_id"])["version"] == 1


def test_the_queue_has_what_is_due_first_first(office: Office, conversation: Conversation) -> None:
    queue = office.maker.queue()
    assert [case["due_on"] for case in queue] == sorted(case["due_on"] for case in queue)
    page = office.maker.client.get("/api/v1/cases", params={"limit": 1, "offset": len(queue) - 1}).json()
    assert (page["total"], [case["case_id"] for case in page["cases"]]) == (len(queue), [queue[-1]["case_id"]])
    assert office.maker.client.get("/api/v1/cases", params={"state": "mine"}).status_code == 422
    assert office.maker.queue("decided") == [case for case in office.maker.queue("all") if case["state"] == "decided"]


def test_what_officers_see(office: Office, conversation: Conversation) -> None:
    case = office.maker.case_of(conversation)
    facts, text = case["facts"], json.dumps(case)
    assert facts["name"] == "Sana Sheikh"
    assert facts["bureau"]["score"] == 628
    assert facts["masked_pan"] == "XXXXXX106F"
    assert facts["decision"]["decision"] == "MANUAL_REVIEW"
    assert [entry["role"] for entry in case["conversation"]][:2] == ["assistant", "user"]
    assert not [word for word in ("aadhaar_no", "9999500000", "religion", "gender", "caste", "dob") if word in text]


def test_exactly_at_the_limit_and_a_rupee_below(service: Service, office: Office) -> None:
    enough, short = (
        office.person("at-the-limit", "maker", limit=100_000),
        office.person("below-the-limit", "maker", limit=99_999),
    )
    case = enough.case_of(under_review(service, "C06"))
    assert case["two_officers"] is False
    assert enough.approve(case)["case"]["state"] == "decided"
    case = short.case_of(under_review(service, "C06"))
    assert case["two_officers"] is True
    assert short.approve(case)["case"]["state"] == "awaiting_second"


def test_the_second_officer_is_another_and_may_decide_that_much(service: Service, office: Office) -> None:
    both = office.person("both", "maker", "checker", limit=99_999)
    small = office.person("small-checker", "checker", limit=99_999)
    conversation = under_review(service, "C06")
    proposed = both.approve(both.case_of(conversation))["case"]
    assert refused(both, "confirm", proposed) == (403, "own_proposal")
    assert refused(small, "confirm", proposed) == (403, "above_limit")
    assert refused(office.maker, "approve", proposed, waive=["M-02"]) == (409, "not_now")
    returned = office.checker.do("return", proposed)["case"]
    assert (returned["state"], status_of(conversation)) == ("open", "under_review")
    again = office.person("below-the-limit", "maker", limit=99_999).approve(office.maker.look(proposed["case_id"]))
    assert both.look(proposed["case_id"])["state"] == "awaiting_second"
    done = office.person("large", "checker", limit=100_000).do("confirm", again["case"])
    assert (done["case"]["outcome"], done["told"]) == ("approved", True)
    assert status_of(conversation) == "credit_check_pending"
    acts = [act["act"] for act in office.auditor.look(proposed["case_id"])["acts"]]
    assert acts == ["approve", "return", "approve", "confirm"]


def test_nobody_decides_on_themselves(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    herself = office.person("sana", "maker", "checker", limit=5_000_000, customer="C06")
    answer = herself.client.get(f"/api/v1/cases/{case['case_id']}")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_case")
    paper = herself.client.get(f"/api/v1/cases/{case['case_id']}/documents/{case['case_id']}")
    assert paper.json()["code"] == "own_case"
    assert refused(herself, "approve", case, waive=["M-02"]) == (403, "own_case")
    listed = next(entry for entry in herself.queue() if entry["case_id"] == case["case_id"])
    assert (listed["own"], listed["reasons"], listed["customer_name"]) == (True, [], None)
    assert herself.client.get(f"/api/v1/sessions/{conversation.session_id}").status_code == 200  # a developer, here


def test_an_act_on_what_has_changed_is_refused(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    office.maker.do("ask", case, question="Where do you work at present?")
    other = office.person("other", "maker")
    assert refused(other, "approve", case, waive=["M-02"]) == (409, "stale_case")
    assert status_of(conversation) == "under_review"


def test_a_double_click_does_it_once(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    first = office.maker.do("decline", case, key="click-1")
    said = len(conversation.transcript())
    assert office.maker.do("decline", case, key="click-1")["act_id"] == first["act_id"]
    assert len(conversation.transcript()) == said
    assert refused(office.maker, "decline", case, key="click-1", reason=f"{REASON} Again.") == (409, "key_reused")
    assert refused(office.maker, "decline", office.maker.look(case["case_id"])) == (409, "not_now")
    assert len([mail for mail in conversation.outbox() if mail["channel"] == "email"]) == 1


def test_a_paper_is_given_out_to_be_kept_and_not_shown(service: Service, office: Office) -> None:
    conversation = under_review(service, "C13")
    case = office.maker.case_of(conversation)
    (paper,) = case["documents"]
    address = f"/api/v1/cases/{case['case_id']}/documents/{paper['document_id']}"
    answer = office.maker.client.get(address)
    assert answer.content == slip_of("C13")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    with sqlite3.connect(service.data_dir / "esoteric.db", timeout=10) as database:
        query = "SELECT facts FROM audit_log WHERE kind = 'officer.read' ORDER BY number DESC LIMIT 1"
        assert json.loads(database.execute(query).fetchone()[0])["document"] == paper["document_id"]
    database.close()
    other = office.maker.case_of(under_review(service, "C06"))
    elsewhere = f"/api/v1/cases/{other['case_id']}/documents/{paper['document_id']}"
    assert office.maker.client.get(elsewhere).json()["code"] == "unknown_document"


def test_what_was_done_is_on_the_audit_log_without_free_words(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    office.maker.do("decline", case, reason="A very particular reason of mine.")
    with sqlite3.connect(service.data_dir / "esoteric.db", timeout=10) as database:
        query = "SELECT kind, facts FROM audit_log WHERE facts LIKE ? ORDER BY number"
        rows = database.execute(query, (f"%{case['case_id']}%",)).fetchall()
    database.close()
    assert [kind for kind, _ in rows] == ["officer.read", "officer.declined"]
    assert json.loads(rows[-1][1])["officer"] == "asha"
    assert "particular" not in str(rows)
