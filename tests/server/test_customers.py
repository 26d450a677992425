"""The eighteen customers from the first word to the outcome: over every transport the same end in the same words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.driver import REQUESTS, TRANSPORTS, Conversation, Json, Transport, converse, normalised
from tests.service import Service, fresh_data_dir, service_in_thread

SANCTIONED = ("sanctioned", "eligible")
REJECTED = ("rejected", "not_eligible")
REVIEWED = ("under_review", "manual_review")
OUTCOMES = {
    "C01": SANCTIONED,
    "C02": SANCTIONED,
    "C03": SANCTIONED,
    "C04": SANCTIONED,
    "C05": REJECTED,
    "C06": REVIEWED,
    "C07": SANCTIONED,
    "C08": REVIEWED,
    "C09": REJECTED,
    "C10": SANCTIONED,
    "C11": REJECTED,
    "C12": REJECTED,
    "C13": REVIEWED,
    "C14": REJECTED,
    "C15": REJECTED,
    "C16": SANCTIONED,
    "C17": REVIEWED,
    "C18": SANCTIONED,
}


@pytest.fixture(scope="module", params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> Transport:
    chosen: Transport = request.param
    return chosen


@pytest.fixture(scope="module")
def fresh(transport: Transport, tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    """A service of the transport's own, so that no customer has applied before."""
    with service_in_thread(fresh_data_dir(tmp_path_factory.mktemp(transport) / "var", knowledge_dir)) as running:
        yield running


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    """What each customer was told over the first transport, to compare the others with."""
    return {}


@pytest.mark.parametrize("customer_id", REQUESTS)
def test_outcome_and_words(customer_id: str, transport: Transport, fresh: Service, told: dict[str, list[str]]) -> None:
    with Conversation(fresh, transport) as conversation:
        last = converse(conversation, customer_id)
        application = last["loan_application"]
        print(customer_id, application["status"], application["credit_eligibility"], len(conversation.answers))
        assert (application["status"], application["credit_eligibility"]) == OUTCOMES[customer_id]
        words = [normalised(answer["message"]) for answer in conversation.answers]
        assert words == told.setdefault(customer_id, words)
        stored = [entry["content"] for entry in conversation.transcript() if entry["role"] == "assistant"]
        assert [normalised(text) for text in stored[1:]] == words
        _check_session(conversation, last)


def _check_session(conversation: Conversation, last: Json) -> None:
    session = conversation.session()
    assert session["loan_application"] == last["loan_application"]
    assert session["awaiting"] == last["awaiting"] == []
    assert session["message_count"] == 1 + 2 * len(conversation.answers)
