"""Every customer whom a person decides on, from the chat through the officers' desk and back."""

import re
from datetime import date

from kb.policy import load_policy
from tests.driver import Conversation, Json, converse, customers
from tests.keys import decisions_of
from tests.server.cases.office import REASON, Office, converse_on, status_of, under_review
from tests.service import Service
from tools.policy.record import canonical, replay


def test_a_score_that_a_person_decides_on(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    assert "2 December 2026" in conversation.last["message"]
    case = office.maker.case_of(conversation)
    assert (case["kind"], case["state"], case["reasons"]) == ("policy", "open", ["R-SCORE-REVIEW"])
    assert (case["amount"], case["due_on"], case["overdue"], case["approval"]) == (
        100_000,
        "2026-12-02",
        False,
        "waive",
    )
    assert [(found["rule"], found["value"], found["waiver"]) for found in case["findings"]] == [("M-02", 628, "one")]
    assert case["two_officers"] is False
    office.maker.approve(case)
    # The policy goes on where the officer let it: a slip is still needed.
    assert conversation.session()["awaiting"] == ["salary_slip"]
    assert "goes on" in conversation.transcript()[-1]["content"]
    conversation.answers.clear()
    converse_on(conversation, "C06")
    assert status_of(conversation) == "sanctioned"
    record = record_of(service, conversation.get("/decision")["decision_id"])
    assert record["inputs"]["request"]["waived"] == [{"rule": "M-02", "value": 628}]
    assert [entry["result"] for entry in record["trace"] if entry["rule"] == "M-02"] == ["waived"]
    assert canonical(replay(record, load_policy("default", on=date(2026, 12, 1)))) == canonical(record)
    # The waiver stays between officers.
    assert "waived" not in conversation.get("/decision")["inputs"]["request"]


def test_a_customer_without_history(service: Service, office: Office) -> None:
    conversation = under_review(service, "C08")
    case = office.maker.case_of(conversation)
    office.maker.approve(case)
    converse_on(conversation, "C08")
    application = conversation.session()["loan_application"]
    assert application["status"] == "sanctioned"
    assert application["offered_interest_rate"] == 14.0


def test_a_slip_in_another_name_is_declined(service: Service, office: Office) -> None:
    conversation = under_review(service, "C13")
    case = office.maker.case_of(conversation)
    assert "M-08" in [found["rule"] for found in case["findings"]]
    assert case["facts"]["slip"]["employee_name"] == "Suresh Patel"
    office.maker.do("decline", case)
    assert status_of(conversation) == "rejected"
    last = conversation.transcript()[-1]
    assert last["role"] == "assistant"
    assert "cannot approve" in last["content"]


def test_a_possible_list_match_takes_two_and_says_nothing_of_it(service: Service, office: Office) -> None:
    conversation = under_review(service, "C17")
    case = office.maker.case_of(conversation)
    assert (case["reasons"], case["two_officers"]) == (["R-LIST-HIT"], True)
    proposed = office.maker.approve(case)
    assert proposed["case"]["state"] == "awaiting_second"
    assert status_of(conversation) == "under_review"
    office.checker.do("confirm", proposed["case"])
    assert status_of(conversation) == "offer_made"
    said = " ".join(message["content"] for message in conversation.transcript())
    assert not re.search(r"list|screening|sanctions|match", said.replace("Sanction Letter", ""), re.IGNORECASE)


def test_a_decline_names_no_secret_reason(service: Service, office: Office) -> None:
    conversation = under_review(service, "C17")
    office.maker.do("decline", office.maker.case_of(conversation))
    said = conversation.transcript()[-1]["content"]
    assert "list" not in said.lower()
    assert REASON not in str(conversation.transcript())


def test_a_question_and_its_answer(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    question = "Since when have you worked at your present firm?"
    asked = office.maker.do("ask", case, question=question)
    assert asked["case"]["state"] == "asked"
    transcript = conversation.transcript()
    assert question in transcript[-1]["content"]
    assert [message["role"] for message in transcript[-2:]] == ["assistant", "assistant"]
    assert question in conversation.say("what is the status?")["message"]
    assert office.maker.look(case["case_id"])["state"] == "asked"
    assert "passed your answer" in conversation.say("Since March 2021, before that I worked in Nashik")["message"]
    again = office.maker.look(case["case_id"])
    assert (again["state"], again["version"]) == ("open", 3)
    answer = again["acts"][-1]
    assert (answer["act"], answer["officer"]) == ("answer", None)
    texts = {
        message["message_id"]: message["content"] for message in again["conversation"] if message["role"] == "user"
    }
    assert "March 2021" in texts[answer["details"]["message_id"]]
    office.maker.approve(again)
    assert status_of(conversation) == "credit_check_pending"


def test_the_customer_goes_on_talking_meanwhile(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    assert "2 December 2026" in conversation.say("what is the status of my application?")["message"]
    assert "EMI" in conversation.say("what would the EMI be for 80000 over 24 months?")["message"]
    case = office.maker.case_of(conversation)
    assert (case["state"], case["version"]) == ("open", 1)
    assert len(office.maker.queue()) == len({entry["application_id"] for entry in office.maker.queue()})


def test_a_withdrawn_application_closes_its_case(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    conversation.say("please withdraw my application")
    assert status_of(conversation) == "withdrawn"
    assert office.maker.look(case["case_id"])["state"] == "withdrawn"
    assert office.maker.try_to("approve", case, waive=["M-02"]).json()["code"] == "stale_case"


def test_who_starts_over_leaves_the_case(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    conversation.say("start over")
    assert office.maker.look(case["case_id"])["state"] == "withdrawn"


def test_an_erased_session_takes_its_case_along(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    conversation.http.delete(f"/api/v1/sessions/{conversation.session_id}").raise_for_status()
    assert office.maker.client.get(f"/api/v1/cases/{case['case_id']}").status_code == 404


def test_a_locked_identity_gets_fresh_tries(service: Service, office: Office) -> None:
    conversation = Conversation(service)
    converse(conversation, "C01", until="pan")
    conversation.say("ZZZPM1101A, born 1 Jan 1990, 9000000001")
    while status_of(conversation) == "kyc_pending":
        conversation.say("ZZZPM1101A, born 1 Jan 1990, 9000000001")
    case = office.maker.case_of(conversation)
    assert (case["kind"], case["approval"]) == ("identity", "fresh_tries")
    office.maker.approve(case)
    assert status_of(conversation) == "kyc_pending"
    converse_on(conversation, "C01")
    assert status_of(conversation) == "sanctioned"


def test_a_refused_customer_may_appeal_once_and_two_decide(service: Service, office: Office) -> None:
    conversation = Conversation(service)
    converse(conversation, "C05")
    assert status_of(conversation) == "rejected"
    assert "look at the decision again" in conversation.say("I want to talk to a person")["message"]
    case = office.maker.case_of(conversation)
    assert (case["kind"], case["two_officers"]) == ("appeal", True)
    proposed = office.maker.approve(case)
    office.checker.do("confirm", proposed["case"])
    converse_on(conversation, "C05")
    application = conversation.session()["loan_application"]
    assert (application["status"], application["offered_interest_rate"]) == ("sanctioned", 15.0)


def test_an_appeal_that_fails_is_the_last(service: Service, office: Office) -> None:
    conversation = Conversation(service)
    converse(conversation, "C11")
    conversation.say("I want to talk to a person")
    case = office.maker.case_of(conversation)
    assert case["approval"] == "impossible"
    refused = office.maker.try_to("approve", case, waive=["E-05"])
    assert (refused.status_code, refused.json()["code"]) == (422, "not_waivable")
    office.maker.do("decline", case)
    conversation.say("I want to talk to a person")
    assert status_of(conversation) == "rejected"


def test_the_outcome_comes_by_mail_too(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    office.maker.do("decline", office.maker.case_of(conversation))
    mails = [mail for mail in conversation.outbox() if mail["channel"] == "email"]
    assert [mail["subject"] for mail in mails] == ["Your application at Esoteric Finance"]
    assert customers()["C06"]["name"] in mails[0]["body"]
    assert "score" not in mails[0]["body"].lower()


def record_of(service: Service, decision_id: str) -> Json:
    return next(record for record in decisions_of(service.data_dir) if record["decision_id"] == decision_id)
