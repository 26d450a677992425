"""E-mail by SMTP."""

import asyncio
import contextlib
import smtplib
import socket
import ssl
import threading
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from tools.mail import MailError, Message, compose

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SMTP_SECONDS = 20.0
_LEAVING_SECONDS = 2.0


class _Sending:
    """The connection of one attempt, which whoever no longer waits for it may cut from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: smtplib.SMTP | None = None
        self._given_up = False

    def holds(self, server: smtplib.SMTP) -> None:
        with self._lock:
            self._server = server
            if self._given_up:
                raise OSError

    def give_up(self) -> None:
        with self._lock:
            self._given_up = True
            connection = self._server.sock if self._server else None
        if connection is not None:
            with contextlib.suppress(OSError):  # it is closed already
                connection.shutdown(socket.SHUT_RDWR)


class SmtpCarrier:
    """Sends e-mail by SMTP in a thread: `smtp://[user:password@]host[:port]` or `smtps://...`.

    STARTTLS is used when the server offers it, with certificates checked. A password never travels in the clear,
    save to this machine. SMS is refused.
    """

    def __init__(self, url: str, sender: str, *, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("an SMTP URL reads smtp://host:port or smtps://host:port")
        self._implicit_tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._implicit_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender
        self._tls = tls

    async def send(self, message: Message) -> None:
        if message.channel != "email":
            raise MailError("SMTP carries e-mail only", retryable=False)
        sending = _Sending()
        # A thread of its own: one that hangs holds up nobody else's work, and not the end of the process.
        loop = asyncio.get_running_loop()
        over: asyncio.Future[None] = loop.create_future()

        def deliver() -> None:
            error: Exception | None = None
            try:
                self._deliver(compose(message, self._sender), sending)
            except Exception as raised:  # noqa: BLE001  it is the caller's
                error = raised
            with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
                loop.call_soon_threadsafe(_tell, over, error)

        threading.Thread(target=deliver, name="smtp", daemon=True).start()
        try:
            await over
        finally:
            sending.give_up()  # nothing to do where it is over

    def _deliver(self, mail: EmailMessage, sending: _Sending) -> None:
        try:
            server = self._connect(sending)
            try:
                server.send_message(mail)
            finally:
                _leave(server)
        except smtplib.SMTPRecipientsRefused as error:
            permanent = all(500 <= code < 600 for code, _ in error.recipients.values())
            raise MailError("the address was refused", retryable=not permanent) from error
        except smtplib.SMTPNotSupportedError as error:  # an address beyond ASCII, a server without SMTPUTF8
            raise MailError("the server cannot carry this message", retryable=False) from error
        except smtplib.SMTPResponseException as error:
            raise MailError(f"the server answered {error.smtp_code}", retryable=error.smtp_code < 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailError("the mail server cannot be reached", retryable=True) from error

    def _connect(self, sending: _Sending) -> smtplib.SMTP:
        tls = self._tls or ssl.create_default_context()
        if self._implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_SMTP_SECONDS, context=tls)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_SMTP_SECONDS)
        try:
            sending.holds(server)
            private = self._implicit_tls or self._host in _LOOPBACK
            server.ehlo()
            if not self._implicit_tls and server.has_extn("starttls"):
                server.starttls(context=tls)
                server.ehlo()
                private = True
            if self._user:
                if not private:
                    raise MailError("the server offers no TLS, so no password is sent", retryable=False)
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _leave(server: smtplib.SMTP) -> None:
    """What goes wrong once the message was taken, or refused, changes nothing about that."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if server.sock is not None:
            server.sock.settimeout(_LEAVING_SECONDS)
            server.quit()
    server.close()


def _tell(over: "asyncio.Future[None]", error: Exception | None) -> None:
    if over.done():  # nobody waits any more
        return
    if error is None:
        over.set_result(None)
    else:
        over.set_exception(error)
