"""An OpenTelemetry collector of our own on loopback: takes spans over HTTP and keeps every byte that reached it."""

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class OtlpSink:
    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[tuple[str, bytes]] = []

    @property
    def raw(self) -> bytes:
        return b"\n".join(head.encode() + b"\n" + body for head, body in list(self.received))

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
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sink.received.append((f"{self.command} {self.path}\n{self.headers}", body))
            with contextlib.suppress(ConnectionError):
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink = OtlpSink(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
