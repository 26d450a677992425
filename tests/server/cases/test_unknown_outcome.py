"""A pull whose outcome the bureau itself cannot tell: never a second one on a guess; an officer finds out and says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.driver import Conversation, converse
from tests.providers_misbehaving import WAYS
from tests.providers_server import ProvidersServer, providers_server
from tests.server.cases.office import Office, converse_on, status_of, under_review
from tests.service import Service, fresh_data_dir, service_in_thread
from tests.tools.providers.asking import TOKEN

WAY = {way.name: way for way in WAYS}


@pytest.fixture(scope="module")
def providers() -> Iterator[ProvidersServer]:
    with providers_server() as server:
        yield server


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path, providers: ProvidersServer
) -> Iterator[Service]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("unknown") / "var", knowledge_dir)
    with service_in_thread(data_dir, bureau_url=providers.url, providers_token=TOKEN) as running:
        yield running


@pytest.fixture(params=["C01"])
def customer_id(request: pytest.FixtureRequest) -> str:
    """Each test has one of its own: three applications of a person in a month go to an officer."""
    return str(request.param)


@pytest.fixture
def lost(service: Service, providers: ProvidersServer, customer_id: str) -> Iterator[Conversation]:
    """A customer whose pull was lost, at a bureau that cannot tell what became of it."""
    providers.pulls.clear()
    providers.reports.clear()
    providers.where, providers.way = "/inquiries", WAY["does it and resets"]
    with Conversation(service, "rest") as conversation:
        converse(conversation, customer_id, until="otp")
        conversation.say(conversation.code())
        assert status_of(conversation) == "credit_check_pending" and len(providers.pulls) == 1
        forgets(providers)
        conversation.say("and now?")
        yield conversation
    providers.behave()


def forgets(providers: ProvidersServer) -> None:
    providers.behave()
    providers.where = "/inquiries/status"
    providers.changed = lambda answer: answer | {"state": "unknown", "report": None}


def test_a_person_is_asked_and_the_customer_told(
    lost: Conversation, providers: ProvidersServer, office: Office
) -> None:
    assert status_of(lost) == "under_review" and "on a guess" in lost.last["message"]
    lost.say("please try again")
    case = office.maker.case_of(lost)
    assert (case["kind"], case["reasons"]) == ("provider", ["PROVIDER-OUTCOME-UNKNOWN"])
    assert case["reasons_in_words"] == ["A provider cannot tell whether it did what it was asked"]
    assert (case["approval"], len(providers.pulls)) == ("outcome", 1)
    refused = office.maker.try_to("approve", case)
    assert (refused.status_code, refused.json()["code"]) == (422, "outcome")
    assert office.maker.try_to("approve", case, outcome="perhaps").status_code == 422


@pytest.mark.parametrize("customer_id", ["C03"], indirect=True)
def test_it_was_done(lost: Conversation, providers: ProvidersServer, office: Office, customer_id: str) -> None:
    office.maker.approve(office.maker.case_of(lost), outcome="done")
    assert status_of(lost) == "under_review", "the bureau cannot tell yet"
    providers.behave()
    office.maker.approve(office.maker.case_of(lost), outcome="done")
    converse_on(lost, customer_id)
    assert status_of(lost) == "sanctioned" and len(providers.pulls) == 1


@pytest.mark.parametrize("customer_id", ["C16"], indirect=True)
def test_it_was_not_done(lost: Conversation, providers: ProvidersServer, office: Office, customer_id: str) -> None:
    providers.behave()
    providers.pulls.clear()
    providers.reports.clear()
    office.maker.approve(office.maker.case_of(lost), outcome="not_done")
    converse_on(lost, customer_id)
    assert status_of(lost) == "sanctioned" and len(providers.pulls) == 1


@pytest.mark.parametrize("customer_id", ["C02"], indirect=True)
def test_a_refusal_needs_no_outcome(lost: Conversation, providers: ProvidersServer, office: Office) -> None:
    office.maker.do("decline", office.maker.case_of(lost))
    assert status_of(lost) == "rejected" and len(providers.pulls) == 1


def test_no_other_approval_takes_one(service: Service, providers: ProvidersServer, office: Office) -> None:
    providers.behave()
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    assert case["approval"] != "outcome"
    waive = [found["rule"] for found in case["findings"] if found["waiver"]]
    refused = office.maker.try_to("approve", case, waive=waive, outcome="done")
    assert (refused.status_code, refused.json()["code"]) == (422, "outcome")
