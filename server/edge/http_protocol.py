"""HTTP as uvicorn speaks it, with deadlines and bounds that it lacks.

uvicorn waits for a request for ever, keeps a head of any size, queues pipelined requests without end and swallows a
body that nobody wants to its last byte. `server.edge.patience.watch` calls `look` once a second.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.edge.body_limit import ORDINARY
from server.edge.descriptors import most_connections
from server.edge.patience import BODY, HEAD, LEAVING, SILENCE, TAKING, UPLOAD, Outflow, cut_off
from server.edge.plain import refusal
from server.problems import Problem

HEAD_BYTES = 32 * 1024
HEAD_LINES = 100
PIPELINED = 8
UNWANTED_BYTES = 1024 * 1024  # read and dropped after an early answer, so that the client gets to read it
UNWANTED_LOOKS = 3

AWAITING_HEAD, AWAITING_BODY, ANSWERING = "head", "body", "answering"

BROKEN = Problem(400, "bad_request", "This is not a valid HTTP request.")
HEAD_TOO_LARGE = Problem(431, "head_too_large", "The head of the request is too large.")
TOO_SLOW = Problem(408, "too_slow", "The request did not arrive in time.")


class HeadTooLarge(Exception):
    """Raised into the parser, which stops."""


class EdgeHttpProtocol(HttpToolsProtocol):
    """One connection. `ws_protocol_class` takes it over when it is upgraded."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._outflow = Outflow()
        self._stage = AWAITING_HEAD
        self._begun = False  # a byte of the request has come
        self._heard = False
        self._waited = self._silent = 0
        self._head_bytes = self._body_bytes = self._unwanted_bytes = 0
        self._problem = BROKEN
        if len(self.connections) > most_connections():
            cut_off(self.transport)

    # What comes in

    def data_received(self, data: bytes) -> None:
        self._heard = True
        if self._stage is ANSWERING and (self.cycle is None or self.cycle.response_complete):
            self._await_head()
        if self._stage is AWAITING_HEAD:
            self._begun = True
            self._head_bytes += len(data)
        super().data_received(data)
        if self._stage is AWAITING_HEAD and self._head_bytes > HEAD_BYTES:
            self._refuse(HEAD_TOO_LARGE)
        elif self._unwanted_bytes > UNWANTED_BYTES:
            cut_off(self.transport)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._stage is not AWAITING_HEAD:  # a pipelined one
            self._await_head()
            self._begun = True

    def on_headers_complete(self) -> None:
        size = len(self.url)
        for name, value in self.headers:
            size += len(name) + len(value)
        if size > HEAD_BYTES or len(self.headers) > HEAD_LINES or len(self.pipeline) >= PIPELINED:
            self._problem = HEAD_TOO_LARGE
            raise HeadTooLarge
        self._stage = AWAITING_BODY
        self._waited = self._silent = self._body_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self.cycle is not None and self.cycle.response_complete:
            self._unwanted_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._stage = ANSWERING
        self._head_bytes = self._unwanted_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._waited = 0
        never_continued = self._stage is AWAITING_BODY and self.expect_100_continue and not self._body_bytes
        super().on_response_complete()
        if never_continued:  # what comes next might be a body or a request
            self.transport.close()

    def _await_head(self) -> None:
        self._stage = AWAITING_HEAD
        self._begun = False
        self._waited = self._head_bytes = 0

    # What is refused before there is a request

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's sentence
        self._refuse(self._problem)

    def _refuse(self, problem: Problem) -> None:
        """Answer and close; or only close, where an answer would get into the middle of another."""
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering and (self.cycle.response_started or self.pipeline or self._stage is AWAITING_HEAD):
            cut_off(self.transport)
            return
        self.transport.write(refusal(problem, self.server_state.default_headers))
        if answering:
            self.cycle.disconnected = True  # it has been answered
            self.cycle.message_event.set()
        self.transport.close()

    # Once a second

    def look(self) -> None:
        stuck = self._outflow.stuck_for(self.transport)
        heard, self._heard = self._heard, False
        if self.transport.is_closing():
            if stuck >= LEAVING:
                cut_off(self.transport)
            return
        if stuck >= TAKING:
            cut_off(self.transport)
            return
        if self.flow.read_paused:  # it is we who do not read
            return
        self._waited += 1
        self._silent = 0 if heard else self._silent + 1
        if self._stage is AWAITING_HEAD and self._waited > HEAD:
            if self._begun:
                self._refuse(TOO_SLOW)
            else:
                self.transport.close()
        elif self._stage is AWAITING_BODY:
            self._look_at_body()

    def _look_at_body(self) -> None:
        if self.cycle.response_complete:
            if self._waited > UNWANTED_LOOKS:
                cut_off(self.transport)
            return
        most = BODY if self._body_bytes <= ORDINARY else UPLOAD
        if self._silent > SILENCE or self._waited > most:
            self._refuse(TOO_SLOW)
