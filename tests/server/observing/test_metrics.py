"""Figures of what happened, with labels out of fixed sets, whatever clients send."""

import json
import threading
import time

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect

from server.observing.metrics import Metrics
from tests.driver import TRANSPORTS, Conversation, Transport, converse
from tests.service import Service

CUSTOMERS = {"rest": "C01", "sse": "C01", "websocket": "C03"}
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(service: Service) -> Samples:
    text = service.client().get("/metrics", headers={"Accept": "text/plain"}).raise_for_status().text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def figure(found: Samples, name: str, **labels: str) -> float:
    return found.get((f"esoteric_{name}", frozenset(labels.items())), 0.0)


def total(found: Samples, name: str, **labels: str) -> float:
    wanted = set(labels.items())
    return sum(value for (sample, own), value in found.items() if sample == f"esoteric_{name}" and wanted <= own)


def sent_since(before: Samples, service: Service, messages: int = 2) -> Samples:
    """The figures once so many messages have left the outbox, which they do behind the replies."""
    for _ in range(600):
        after = samples(service)
        if total(after, "mails_total", outcome="sent") >= total(before, "mails_total", outcome="sent") + messages:
            return after
        time.sleep(0.05)
    raise AssertionError("the messages are still in the outbox")


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_whole_application_is_counted(service: Service, transport: Transport) -> None:
    before = samples(service)
    with Conversation(service, transport) as conversation:
        converse(conversation, CUSTOMERS[transport])
        turns = len(conversation.answers)
    after = sent_since(before, service)

    def grown(name: str, **labels: str) -> float:
        return total(after, name, **labels) - total(before, name, **labels)

    assert conversation.last["loan_application"]["status"] == "sanctioned"
    uploads = grown("turn_seconds_count", channel="upload", outcome="done")
    assert grown("turn_seconds_count", channel=transport, outcome="done") == turns - uploads
    assert grown("documents_total", outcome="accepted") == uploads
    for stage in ("accept", "wait", "graph", "finish", "first_token"):
        assert grown("turn_stage_seconds_count", stage=stage) == turns, stage
    for node in ("understand", "reply"):
        assert grown("node_seconds_count", node=node, outcome="done") == turns
    assert grown("node_seconds_count", node="letter", outcome="done") == 1
    for provider in ("register", "records", "offers", "bureau", "screening"):
        assert grown("provider_seconds_count", provider=provider, outcome="done") >= 1, provider
    assert grown("provider_seconds_count", outcome="failed") == 0
    assert grown("letters_total", outcome="printed") == 1
    assert grown("mails_total", channel="sms", outcome="sent") == 1
    assert grown("mails_total", channel="email", outcome="sent") == 1
    assert grown("database_commit_seconds_count") == grown("database_commit_size_count") > 0
    assert grown("database_commit_size_sum") >= 2 * turns
    if transport != "rest":
        assert grown("events_sent_total", transport=transport) == len(conversation.frames)
    assert figure(after, "streams_open", transport="sse") == 0
    assert total(after, "log_keys_dropped_total") == 0


def test_open_streams_are_known(service: Service) -> None:
    session_id = service.client().post("/api/v1/sessions").json()["session_id"]
    with connect(service.socket_url(session_id), proxy=None):
        assert figure(samples(service), "streams_open", transport="websocket") >= 1
    closed = threading.Event()
    for _ in range(100):
        if figure(samples(service), "streams_open", transport="websocket") == 0:
            break
        closed.wait(0.05)
    else:
        raise AssertionError("a closed socket still counts as open")


def test_documents_and_refusals_are_counted_by_code(service: Service) -> None:
    http = service.client()
    session_id = http.post("/api/v1/sessions").json()["session_id"]
    address, form = f"/api/v1/sessions/{session_id}/documents", {"kind": "salary_slip"}
    assert http.post(address, files={"file": b"just words"}, data=form).status_code == 415
    assert http.get("/api/v1/sessions", headers={"Authorization": "Bearer wrong"}).status_code in {401, 405}
    assert http.get(f"/api/v1/sessions/{session_id}", headers={"Authorization": "Bearer wrong"}).status_code == 401
    found = samples(service)
    assert figure(found, "documents_total", outcome="unsupported_type") == 1
    assert total(found, "access_refusals_total") >= 1


def test_no_client_makes_a_label(service: Service) -> None:
    """A hundred strange paths, methods, sessions and hosts: no series more."""
    http = service.client()
    for round_ in range(2):
        before = set(samples(service))
        for number in range(50):
            http.get(f"/kanari-{round_}-{number}")
            http.request(f"KANARI{round_}{number}", "/health")
            http.get(f"/api/v1/sessions/kanari-{round_}-{number}?q=kanari{number}", headers={"User-Agent": "kanari"})
            http.get(f"/web/kanari-{round_}-{number}.js")
    after = set(samples(service))
    assert after == before
    assert "kanari" not in json.dumps([[name, sorted(labels)] for name, labels in after]).lower()


def test_a_mistake_of_ours_does_not_fill_the_memory() -> None:
    metrics = Metrics(CollectorRegistry())
    for number in range(5000):
        metrics.limit_refused(f"limit{number}")
        metrics.access_refused(f"a name\nwith number {number}")
    text = metrics.exposition().decode()
    assert text.count("esoteric_limit_refusals_total{") <= 501
    assert text.count("esoteric_access_refusals_total{") == 1
    assert 'esoteric_access_refusals_total{reason="other"} 5000.0' in text


def test_two_services_count_for_themselves() -> None:
    first, second = Metrics(), Metrics()
    first.letter("printed")
    assert b'esoteric_letters_total{outcome="printed"} 1.0' in first.exposition()
    assert b"esoteric_letters_total{" not in second.exposition()


def test_json_stays_as_in_the_guide(service: Service) -> None:
    http: httpx.Client = service.client()
    told = http.get("/metrics").raise_for_status().json()
    assert set(told) == {
        "total_sessions",
        "active_sessions",
        "total_messages",
        "avg_response_time_ms",
        "uptime_seconds",
    }
