"""Spans to a collector of our own: whole, in order, without a person in them; dead or off, nobody notices."""

import contextlib
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from server.observing.vocabulary import KEYS
from server.settings import SettingsError, load_settings
from tests.answering import refusing, silent
from tests.driver import Conversation, converse
from tests.langsmith_sink import langsmith_sink
from tests.otlp_sink import OtlpSink, attributes, otlp_sink
from tests.service import service_in_thread, start_process, stop_process

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
STRANGE = {
    "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
    "tracestate": "kanari=7351",
    "baggage": "kanari=7351",
    "langsmith-trace": "20261122T100000000000Z4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
    "b3": f"{TRACE}-00f067aa0ba902b7-1",
}


@pytest.fixture
def sink() -> Iterator[OtlpSink]:
    with otlp_sink() as running:
        yield running


def test_a_conversation_as_spans(sink: OtlpSink, data_dir: Path) -> None:
    with service_in_thread(data_dir, otel_exporter_otlp_endpoint=sink.url) as service:
        with Conversation(service, "sse") as conversation:
            conversation.http.headers.update(STRANGE)
            converse(conversation, "C01")
        turns = len(conversation.answers)
        assert conversation.last["loan_application"]["status"] == "sanctioned"
        sink.wait_for("turn", turns)
    spans = {span.span_id: span for span in sink.spans}
    named: dict[str, list[Span]] = {}
    for span in spans.values():
        named.setdefault(span.name, []).append(span)
    assert set(named) == {"request", "turn", "node", "provider"}
    assert len(named["turn"]) == turns

    def parent(span: Span) -> str:
        return spans[span.parent_span_id].name if span.parent_span_id in spans else "none"

    assert {parent(span) for span in named["request"]} == {"none"}
    assert {parent(span) for span in named["turn"]} == {"request"}
    assert {parent(span) for span in named["node"]} == {"turn"}
    assert {parent(span) for span in named["provider"]} == {"node"}
    assert {attributes(span)["node"] for span in named["node"]} >= {
        "understand",
        "sales",
        "kyc",
        "underwriting",
        "reply",
    }
    assert {key for span in spans.values() for key in attributes(span)} <= KEYS
    assert not any(span.events or span.links or span.status.message or span.trace_state for span in spans.values())
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in spans.values())
    assert all(span.trace_id.hex() != TRACE for span in spans.values())
    assert b"kanari" not in sink.raw
    assert {head.split()[1] for head, _ in sink.received} == {"/v1/traces"}


def test_strange_trace_headers_reach_nobody(sink: OtlpSink, data_dir: Path) -> None:
    with service_in_thread(data_dir) as service, Conversation(service) as conversation:
        conversation.http.headers.update(STRANGE)
        answer = conversation.http.post(
            "/api/v1/chat", json={"message": "Hello", "session_id": conversation.session_id}
        )
    assert answer.status_code == 200
    assert not set(STRANGE) & set(answer.headers)
    assert sink.received == []


def test_what_libraries_read_themselves_turns_nothing_on(
    sink: OtlpSink, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LangSmith can speak OpenTelemetry too; ours goes by our own setting alone."""
    for name in ("LANGSMITH_OTEL_ENABLED", "LANGCHAIN_OTEL_ENABLED", "OTEL_TRACES_EXPORTER"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{sink.url}/v1/traces")
    with service_in_thread(data_dir) as service, Conversation(service) as conversation:
        conversation.say("I need 3 lakh")
    time.sleep(0.5)
    assert sink.received == []


@pytest.mark.parametrize("wrong", ["localhost:4318", "grpc://localhost:4317"])
def test_a_wrong_endpoint_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"^OTEL_EXPORTER_OTLP_ENDPOINT: "):
        load_settings(_env_file=None, otel_exporter_otlp_endpoint=wrong)


@pytest.mark.parametrize("endpoint", [refusing, silent])
def test_a_dead_collector_slows_neither_a_turn_nor_the_exit(
    endpoint: "contextlib._GeneratorContextManager[str]", data_dir: Path
) -> None:
    with endpoint() as url:  # type: ignore[operator]
        service = start_process(data_dir, None, OTEL_EXPORTER_OTLP_ENDPOINT=url)
        try:
            with Conversation(service) as conversation:
                times = []
                for _ in range(12):
                    started = time.monotonic()
                    conversation.say("thank you")
                    times.append(time.monotonic() - started)
        except BaseException:
            stop_process(service, kill=True)
            raise
        started = time.monotonic()
        stop_process(service)
        took = time.monotonic() - started
    assert statistics.median(times) < 0.5  # a turn that waited for the collector would take its three seconds
    assert took < 8


def test_langsmith_takes_no_parent_from_a_stranger(data_dir: Path) -> None:
    with langsmith_sink() as traces:
        settings = {"langsmith_tracing": True, "langsmith_api_key": "lsv2_pt_0", "langsmith_endpoint": traces.url}
        with service_in_thread(data_dir, **settings) as service, Conversation(service) as conversation:
            conversation.http.headers.update(STRANGE)
            conversation.say("I need 3 lakh")
            (root,) = traces.wait_for_roots(1)
    assert root["id"] == root["trace_id"]
    for strange in ("4bf92f35", TRACE, "kanari"):
        assert strange.encode() not in traces.raw
