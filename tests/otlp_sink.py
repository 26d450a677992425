"""An OpenTelemetry collector of our own on loopback: takes spans over HTTP and keeps every byte that reached it."""

import contextlib
import time
from collections.abc import Iterator

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.answering import Asked, Received, Told, answering


class OtlpSink(Received):
    @property
    def spans(self) -> list[Span]:
        found = []
        for _, body in list(self.received):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    found += scope.spans
        return found

    def wait_for(self, name: str, number: int, seconds: float = 15) -> list[Span]:
        """The spans of that name, once there are so many."""
        deadline = time.monotonic() + seconds
        while True:
            found = [span for span in self.spans if span.name == name]
            if len(found) >= number or time.monotonic() > deadline:
                return found
            time.sleep(0.05)


def attributes(span: Span) -> dict[str, object]:
    return {pair.key: getattr(pair.value, str(pair.value.WhichOneof("value"))) for pair in span.attributes}


@contextlib.contextmanager
def otlp_sink() -> Iterator[OtlpSink]:
    def answer(asked: Asked) -> Told:
        received.append((asked.head, asked.body))
        return Told(200, "application/x-protobuf")

    received: list[tuple[str, bytes]] = []
    with answering(answer) as url:
        yield OtlpSink(url, received)
