"""An officer who means no good."""

from datetime import date

from tests.driver import customers
from tests.samples import salary_slip_pdf
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


def test_a_pay_beyond_the_records_is_no_single_officers_word(service: Service, office: Office) -> None:
    """The figures of a slip that no program could rely on are typed by the officer."""
    conversation = under_review(service, "C08")
    office.maker.approve(office.maker.case_of(conversation))
    record = customers()["C08"]
    month = date(2026, 11, 1)
    name = record["name"]
    slip = salary_slip_pdf(name=name, employer="X", month=month, net_pay=38_000, gross=90_000, deductions=10_000)
    assert conversation.upload(slip).status_code == 201
    case = office.maker.case_of(conversation)
    read = {"document_id": case["documents"][-1]["document_id"], "employee_name": name}
    read |= {"paid_on": "2026-11-28", "net_pay": record["net_income_on_file"] * 2}
    done = office.maker.do("approve", case, slip=read)
    assert done["case"]["state"] == "awaiting_second"
    assert status_of(conversation) == "under_review"
    office.checker.do("return", office.checker.look(case["case_id"]))
    read["net_pay"] = record["net_income_on_file"]
    assert office.maker.do("approve", office.maker.look(case["case_id"]), slip=read)["case"]["state"] == "decided"
    assert status_of(conversation) == "offer_made"
