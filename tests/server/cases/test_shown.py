"""What the API tells beside codes and figures: reasons in words, the trace rule by rule, and what would follow."""

from typing import get_args

import pytest

from kb.policy import load_policy
from server.cases.words import WORDS, in_words
from tests.driver import Conversation, converse
from tests.server.cases.office import Office, under_review
from tests.service import Service
from tools.documents.slip import Problem

REFUSED_AT_THE_DOOR = {"not_a_pdf", "too_large", "encrypted", "active_content", "mixed", "too_many_pages"}


def test_every_reason_has_words(service: Service) -> None:
    policy = load_policy("default")
    assert in_words(policy, "R-SCORE-REVIEW") == "Credit score in the band that a person decides"
    assert in_words(policy, "SLIP-NEW-KIND") == "Slip new kind"
    problems = {f"SLIP-{name.upper().replace('_', '-')}" for name in set(get_args(Problem)) - REFUSED_AT_THE_DOOR}
    found = {"EMPLOYER-DIFFERS", "PAN-DIFFERS", "PAY-ABOVE-RECORD", "DOCUMENT-REUSED", "DISPUTED", "INCOMPLETE"}
    assert (problems - {"SLIP-TOO-MANY-PIXELS"}) | {f"SLIP-{name}" for name in found} <= set(WORDS)


def test_the_trace_says_when_each_rule_applies(service: Service, office: Office) -> None:
    case = office.maker.case_of(under_review(service, "C06"))
    assert case["reasons_in_words"] == ["Credit score in the band that a person decides"]
    (hit,) = [one for one in case["trace"] if one["result"] == "hit"]
    assert hit == {
        "rule": "M-02",
        "stage": 6,
        "when": "the score band is decided by a person",
        "value": 628,
        "threshold": "SB-7",
        "band": "600 to 649",
        "result": "hit",
    }
    assert [one["rule"] for one in case["trace"]] == [one["rule"] for one in case["facts"]["decision"]["trace"]]


@pytest.mark.parametrize(
    ("customer", "decision", "amount", "rate"),
    [("C06", "NEEDS_DOCUMENT", None, "15.00"), ("C13", "APPROVE", 300_000, "12.00")],
)
def test_what_the_policy_would_say(
    service: Service, office: Office, customer: str, decision: str, amount: int | None, rate: str | None
) -> None:
    """Looking decides nothing: the case and the stored decision stay as they are."""
    conversation = under_review(service, customer)
    before = conversation.get("/decision")
    case = office.maker.case_of(conversation)
    then = case["outlook"]
    assert (then["decision"], then["amount"], then["rate_pct"]) == (decision, amount, rate)
    assert conversation.get("/decision") == before
    assert office.maker.look(case["case_id"])["version"] == 1


def test_nothing_would_follow_where_nothing_can_be_set_aside(service: Service, office: Office) -> None:
    conversation = Conversation(service)
    converse(conversation, "C11")
    conversation.say("I want to talk to a person")
    assert office.maker.case_of(conversation)["outlook"] is None


def test_who_proposed_is_told_while_it_waits(service: Service, office: Office) -> None:
    case = office.maker.case_of(under_review(service, "C17"))
    proposed = office.maker.approve(case)["case"]
    assert proposed["proposed_by"] == "asha"
    listed = next(one for one in office.auditor.queue() if one["case_id"] == case["case_id"])
    assert listed["proposed_by"] == "asha"
    returned = office.checker.do("return", proposed)["case"]
    assert returned["proposed_by"] is None


def test_the_customer_sees_until_when_and_not_why(service: Service, office: Office) -> None:
    conversation = under_review(service, "C17")
    assert conversation.session()["loan_application"]["review"] == {"due_on": "2026-12-02", "question": None}
    office.maker.do("ask", office.maker.case_of(conversation), question="Where do you work at present?")
    asked = conversation.session()["loan_application"]["review"]
    assert asked == {"due_on": "2026-12-02", "question": "Where do you work at present?"}
    office.maker.do("decline", office.maker.case_of(conversation))
    assert conversation.session()["loan_application"]["review"] is None
