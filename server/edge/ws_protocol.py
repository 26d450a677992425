"""WebSockets as uvicorn speaks them, bounded in what a client can make the service keep.

uvicorn queues every message that arrives in one read, keeps empty fragments without end, answers pings into a buffer
that nobody empties, and quotes a broken handshake. `server.edge.patience.watch` calls `look` once a second.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request

from server.edge.patience import LEAVING, TAKING, Outflow, cut_off
from server.edge.plain import refusal
from server.problems import Problem

MAX_BYTES = 52 * 1024  # a message of 4,000 characters, each escaped as twelve bytes of JSON, and room for the rest
FRAGMENTS = 64  # of one message
WAITING = 128  # messages that the application has not read
CONTROLS = 200  # pings and pongs between two looks
PIECE = 4096  # of what is read at once

BAD_HANDSHAKE = Problem(400, "bad_handshake", "This is not a valid WebSocket handshake.")


class EdgeSocketProtocol(WebSocketsSansIOProtocol):
    """One socket, taken over from HTTP with the head of its request."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._outflow = Outflow()
        self._controls = 0
        self._writing_paused = False

    # What comes in

    def data_received(self, data: bytes) -> None:
        if not self.handshake_initiated:
            super().data_received(data)
            if not self.handshake_initiated:  # its head did not parse here
                self._refuse_handshake()
            return
        for start in range(0, len(data), PIECE):
            if self.transport.is_closing():
                return
            super().data_received(data[start : start + PIECE])

    def handle_connect(self, event: Request) -> None:
        self.response = self.conn.accept(event)
        if self.response.status_code == 101:
            super().handle_connect(event)
        else:
            self.handshake_initiated = True
            self._refuse_handshake()

    def handle_text(self, event: Frame) -> None:
        super().handle_text(event)
        self._bound_queue()

    def handle_bytes(self, event: Frame) -> None:
        super().handle_bytes(event)
        self._bound_queue()

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        self._bound_queue()

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self._fail(CloseCode.INVALID_DATA)
                return
        super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        super().handle_ping()
        self._count_control()

    def handle_pong(self, event: Frame) -> None:
        super().handle_pong(event)
        self._count_control()

    def handle_parser_exception(self) -> None:
        if self.conn.close_sent is None:
            self._refuse_handshake()
        else:
            super().handle_parser_exception()

    def _bound_queue(self) -> None:
        if len(self.frames) > FRAGMENTS or self.queue.qsize() > WAITING:
            self._fail(CloseCode.POLICY_VIOLATION)

    def _count_control(self) -> None:
        self._controls += 1
        if self._controls > CONTROLS:
            self._fail(CloseCode.POLICY_VIOLATION)

    def _fail(self, code: int) -> None:
        """Close for what the client did; the application hears of it."""
        self.frames = []
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.fail(code)
        self.handle_parser_exception()

    def _refuse_handshake(self) -> None:
        """Without a word of what was sent, which the library's own answer repeats."""
        if self.close_sent:
            return
        self.handshake_complete = self.close_sent = True
        self.transport.write(refusal(BAD_HANDSHAKE))
        self.transport.close()

    # What goes out

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True  # with a refusal, which uvicorn would log as an error

    def pause_writing(self) -> None:
        """Who takes nothing is not read either: a ping is answered into the same buffer."""
        super().pause_writing()
        self._writing_paused = True
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._writing_paused = False
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    async def receive(self) -> Any:
        message = await super().receive()
        if self._writing_paused and not self.transport.is_closing():
            self.transport.pause_reading()
        return message

    # Once a second

    def look(self) -> None:
        stuck = self._outflow.stuck_for(self.transport)
        self._controls = 0
        if self.transport.is_closing():
            if stuck >= LEAVING:
                cut_off(self.transport)
        elif stuck >= TAKING:
            if not self.close_sent:
                self.conn.send_close(CloseCode.TRY_AGAIN_LATER)
                self.transport.write(b"".join(self.conn.data_to_send()))
                self.close_sent = True
                self.queue.put_nowait({"type": "websocket.disconnect", "code": CloseCode.TRY_AGAIN_LATER})
            self.transport.close()  # and at the next look it is cut off
