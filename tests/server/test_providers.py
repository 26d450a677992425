"""The whole service over providers that misbehave: each turn answered in its time, and one pull whatever happens."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.driver import Conversation, converse
from tests.providers_misbehaving import WAYS
from tests.providers_server import ProvidersServer, providers_server
from tests.service import Service, fresh_data_dir, service_in_thread
from tests.tools.providers.asking import TOKEN
from tools.providers.http_client import SLOW_PAUSE_SECONDS

LONGEST_TURN = 15.0
WAY = {way.name: way for way in WAYS}


@pytest.fixture
def providers() -> Iterator[ProvidersServer]:
    with providers_server() as server:
        yield server


@pytest.fixture
def over_http(tmp_path: Path, knowledge_dir: Path, providers: ProvidersServer) -> Iterator[Service]:
    with service_in_thread(
        fresh_data_dir(tmp_path / "var", knowledge_dir),
        register_url=providers.url,
        bureau_url=providers.url,
        screening_url=providers.url,
        providers_token=TOKEN,
    ) as running:
        yield running


def timed(conversation: Conversation, text: str) -> str:
    """The status after one more turn, which was answered in time."""
    started = time.monotonic()
    answer = conversation.say(text)
    assert time.monotonic() - started < LONGEST_TURN
    return str(answer["loan_application"]["status"])


def test_a_loan_with_all_providers_over_http(
    over_http: Service, providers: ProvidersServer, caplog: pytest.LogCaptureFixture
) -> None:
    with Conversation(over_http, "sse") as conversation:
        answer = converse(conversation, "C01")
        assert answer["loan_application"]["status"] == "sanctioned"
    assert len(providers.pulls) == 1
    assert {asked.target for asked in providers.asked} == {
        *("/persons/find", "/screenings", "/inquiries/status", "/inquiries")
    }
    assert "ZZZPM1101A" not in caplog.text and TOKEN not in caplog.text


@pytest.mark.parametrize(("where", "until"), [("/persons/find", "phone"), ("/screenings", "otp")])
def test_identity_and_screening_that_say_nothing(
    over_http: Service, providers: ProvidersServer, where: str, until: str
) -> None:
    providers.where, providers.way = where, WAY["says nothing"]
    with Conversation(over_http, "rest") as conversation:
        converse(conversation, "C01", until=until)
        assert timed(conversation, "9000000001" if until == "phone" else conversation.code()) == "kyc_pending"
        assert conversation.awaiting == []
        assert timed(conversation, "what is the processing fee?") == "kyc_pending"
    assert providers.pulls == []


@pytest.mark.parametrize("way", ["does it and says nothing", "does it and resets", "500 after doing it"])
def test_a_pull_whose_answer_is_lost(over_http: Service, providers: ProvidersServer, way: str) -> None:
    providers.where, providers.way = "/inquiries", WAY[way]
    with Conversation(over_http, "rest") as conversation:
        converse(conversation, "C01", until="otp")
        assert timed(conversation, conversation.code()) == "credit_check_pending"
        providers.behave()
        if way == "does it and says nothing":
            time.sleep(SLOW_PAUSE_SECONDS + 0.2)  # the breaker's
        assert timed(conversation, "and now?") == "offer_made"
        assert timed(conversation, "yes, I accept") == "offer_accepted"
    assert len(providers.pulls) == 1


@pytest.mark.parametrize("way", ["a page", "huge in chunks", "half a document"])
def test_a_bureau_that_lies(over_http: Service, providers: ProvidersServer, way: str) -> None:
    providers.where, providers.way = "/inquiries", WAY[way]
    with Conversation(over_http, "websocket") as conversation:
        converse(conversation, "C01", until="otp")
        assert timed(conversation, conversation.code()) == "under_review"
        assert timed(conversation, "and now?") == "under_review"
        figures = conversation.http.get("/metrics", headers={"Accept": "text/plain"}).text
    assert len(providers.pulls) == 1
    assert any("bureau" in line and "failed" in line and "C01" not in line for line in figures.splitlines())
