"""What the assistant waits for, and its statuses on the way: only names of the contract, in its order."""

import pytest

from tests.driver import REQUESTS, Conversation, answer_next, converse, customers
from tests.service import Service

FIELDS = [
    "desired_amount",
    "applicant_name",
    "loan_term_months",
    "purpose",
    "consent",
    "pan",
    "date_of_birth",
    "phone",
    "otp",
    "email",
    "address",
    "employment",
    "employer",
    "monthly_income",
    "household_annual_income",
    "existing_emi",
    "salary_slip",
    "slip_confirmation",
    "kyc_upgrade",
    "offer_decision",
    "kfs_acknowledgement",
]
STATUSES = {
    "initiated",
    "kyc_pending",
    "credit_check_pending",
    "offer_made",
    "offer_accepted",
    "under_review",
    "sanctioned",
    "rejected",
    "withdrawn",
    "expired",
    "completed",
}
ELIGIBILITIES = {"pending", "needs_document", "manual_review", "counter_offer", "eligible", "not_eligible"}


def test_fields_come_in_the_contracts_order(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C01")
        asked = [answer["awaiting"][0] for answer in conversation.answers if answer["awaiting"]]
    expected = ["desired_amount", "applicant_name", "loan_term_months", "purpose", "consent", "consent", "consent"]
    assert asked == [*expected, "pan", "date_of_birth", "phone", "otp", "offer_decision", "kfs_acknowledgement"]


@pytest.mark.parametrize("customer_id", ["C03", "C04", "C08", "C09", "C16"])
def test_every_answer_speaks_the_contracts_words(service: Service, customer_id: str) -> None:
    with Conversation(service) as conversation:
        converse(conversation, customer_id)
        for answer in conversation.answers:
            assert set(answer["awaiting"]) <= set(FIELDS)
            assert answer["loan_application"]["status"] in STATUSES
            assert answer["loan_application"]["credit_eligibility"] in ELIGIBILITIES


def test_the_session_waits_for_what_the_answer_said(service: Service) -> None:
    with Conversation(service) as conversation:
        conversation.say("Hi")
        while conversation.awaiting:
            assert conversation.session()["awaiting"] == conversation.last["awaiting"]
            answer_next(conversation, "C02")
        assert conversation.session()["awaiting"] == []


def test_facts_in_any_order_and_several_at_once(service: Service) -> None:
    """Only what is missing is asked."""
    name = customers()["C01"]["name"]
    with Conversation(service) as conversation:
        conversation.say("For 36 months please, it is for my sister's wedding")
        assert conversation.awaiting == ["desired_amount", "applicant_name"]
        answer = conversation.say(f"My name is {name} and I need 3 lakh")
        assert answer["awaiting"] == ["consent", "pan", "date_of_birth", "phone"]
        application = answer["loan_application"]
        assert (application["desired_amount"], application["loan_term_months"]) == REQUESTS["C01"]
        assert (application["applicant_name"], application["purpose"]) == (name, "Wedding")


def test_one_consent_for_each_purpose(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C01", until="consent")
        first = conversation.say("yes")
        assert first["awaiting"][0] == "consent"
        second = conversation.say("yes")
        assert second["awaiting"][0] == "consent"
        third = conversation.say("yes")
        assert "consent" not in third["awaiting"]


@pytest.mark.parametrize(
    ("said", "reads"),
    [
        ("Home renovation", "Home renovation"),
        ("for medical treatment", "Medical"),
        ("to renovate my home", "Home renovation"),
    ],
)
def test_purpose_reads_as_a_phrase(service: Service, said: str, reads: str) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C01", until="purpose")
        assert conversation.say(said)["loan_application"]["purpose"] == reads
