"""An officer who means no good."""

from tests.driver import customers
from tests.server.cases.office import Office, status_of, under_review
from tests.service import Service


def test_a_key_chosen_to_stand_in_the_way_of_the_answer(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    office.maker.do("ask", case, question="Where do you work at present?", key="answer 2")
    conversation.say("At the town library.")
    assert office.maker.look(case["case_id"])["state"] == "open"
    conversation.say("withdraw my application")
    assert status_of(conversation) == "withdrawn"


def test_one_person_with_two_accounts_is_no_second_officer(service: Service, office: Office) -> None:
    """Who they are as a customer is noted for both."""
    conversation = under_review(service, "C17")
    first = office.person("lila", "maker", limit=2_500_000, customer="C02")
    other = office.person("lila2", "checker", limit=2_500_000, customer="C02")
    assert first.approve(first.case_of(conversation))["case"]["state"] == "awaiting_second"
    case = other.case_of(conversation)
    for act in ("confirm", "return"):
        answer = other.try_to(act, case)
        assert (answer.status_code, answer.json()["code"]) == (403, "own_proposal")
    assert office.checker.do("confirm", office.checker.look(case["case_id"]))["case"]["state"] == "decided"
    assert customers()["C02"]["name"] not in str(case)
