"""The eighteen customers from the first word to the outcome: over every transport the same end in the same words."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.driver import REQUESTS, TRANSPORTS, Conversation, Json, Transport, converse, customers, normalised
from tests.service import Service, fresh_data_dir, service_in_thread

SANCTIONED = ("sanctioned", "eligible")
REJECTED = ("rejected", "not_eligible")
REVIEWED = ("under_review", "manual_review")


class Outcome(NamedTuple):
    """How a customer's application ends: the loan, the counter-offers on the way, whether a slip was asked for.

    `bureau` is false where the decision falls before a report is pulled.
    """

    end: tuple[str, str]
    loan: tuple[int, int] | None = None
    counter_offers: tuple[tuple[int, int], ...] = ()
    slip: bool = False
    bureau: bool = True


OUTCOMES = {
    "C01": Outcome(SANCTIONED, (300_000, 36)),
    "C02": Outcome(SANCTIONED, (350_000, 48), slip=True),
    "C03": Outcome(SANCTIONED, (450_000, 48), ((450_000, 48), (254_000, 24)), slip=True),
    "C04": Outcome(SANCTIONED, (150_000, 36), ((150_000, 36),)),
    "C05": Outcome(REJECTED),
    "C06": Outcome(REVIEWED),
    "C07": Outcome(SANCTIONED, (150_000, 24), slip=True),
    "C08": Outcome(REVIEWED),
    "C09": Outcome(REJECTED, bureau=False),
    "C10": Outcome(SANCTIONED, (300_000, 20), ((300_000, 20),)),
    "C11": Outcome(REJECTED, bureau=False),
    "C12": Outcome(REJECTED, bureau=False),
    "C13": Outcome(REVIEWED, slip=True),
    "C14": Outcome(REJECTED),
    "C15": Outcome(REJECTED),
    "C16": Outcome(SANCTIONED, (100_000, 24)),
    "C17": Outcome(REVIEWED, bureau=False),
    "C18": Outcome(SANCTIONED, (200_000, 24), slip=True),
}
SCREENING_WORDS = re.compile(r"screen|sanctions? list|list_hit|list hit|fraud|watch|R-LIST|G-03", re.IGNORECASE)


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
    expected = OUTCOMES[customer_id]
    with Conversation(fresh, transport) as conversation:
        last = converse(conversation, customer_id)
        application = last["loan_application"]
        assert (application["status"], application["credit_eligibility"]) == expected.end
        _check_loan(conversation, customers()[customer_id], expected)
        _check_words(conversation, told.setdefault(customer_id, _words(conversation)))
        _check_session(conversation, last)


def test_a_listed_customer_reads_nothing_of_screening(fresh: Service, transport: Transport) -> None:
    """C17 is on the screening list; nothing a customer can read may tell so."""
    with Conversation(fresh, transport) as conversation:
        converse(conversation, "C17")
        record = conversation.get("/decision")
        readable = [conversation.answers, conversation.frames, record, conversation.session()]
        readable += [conversation.transcript(), conversation.outbox()]
        assert not SCREENING_WORDS.search(json.dumps(readable))
        assert record["reasons"] == ["R-REVIEW"]
        assert record["trace"] == []
        assert record.keys().isdisjoint({"inputs", "inputs_digest"})


def _check_loan(conversation: Conversation, customer: Json, expected: Outcome) -> None:
    application = conversation.last["loan_application"]
    offered = [answer["loan_application"]["alternatives"] for answer in conversation.answers]
    options: list[Json] = next((alternatives for alternatives in offered if alternatives), [])
    assert tuple((option["amount"], option["months"]) for option in options) == expected.counter_offers
    assert any("document_id" in answer for answer in conversation.answers) == expected.slip
    assert application["credit_score"] == (customer["score"] if expected.bureau else None)
    if expected.loan is None:
        assert not application["sanction_letter_generated"]
        assert application["sanction_letter_url"] is None
        return
    assert (application["offered_amount"], application["loan_term_months"]) == expected.loan
    assert application["sanction_letter_generated"]
    letter = conversation.http.get(application["sanction_letter_url"])
    assert letter.content.startswith(b"%PDF-")


def _words(conversation: Conversation) -> list[str]:
    return [normalised(answer["message"]) for answer in conversation.answers]


def _check_words(conversation: Conversation, told_before: list[str]) -> None:
    """The same words as over the other transports, and the transcript holds just these."""
    assert _words(conversation) == told_before
    stored = [entry["content"] for entry in conversation.transcript() if entry["role"] == "assistant"]
    assert [normalised(text) for text in stored[1:]] == told_before


def _check_session(conversation: Conversation, last: Json) -> None:
    session = conversation.session()
    assert session["loan_application"] == last["loan_application"]
    assert session["awaiting"] == last["awaiting"] == []
    assert session["message_count"] == 1 + 2 * len(conversation.answers)
