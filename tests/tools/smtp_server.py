"""A mail server for tests: one process, one loop, as much SMTP as `smtplib` speaks."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path

from tests.certificates import certificate_of_its_own, serving_with, trusting


@dataclass
class MailServer:
    """What the server is to do, and what it received."""

    tls: ssl.SSLContext | None = None
    refuse: dict[str, int] = field(default_factory=dict)
    after_data: int = 250
    drops: bool = False  # it takes a mail and goes without a word
    silent_at: str = ""  # a verb that it never answers
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure = writer.get_extra_info("ssl_object") is not None

        async def say(text: str) -> None:
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        await say("220 ready")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == self.silent_at:
                await reader.read()
                break
            if verb == "EHLO":
                offers = [*(["STARTTLS"] if self.tls and not secure else []), "AUTH PLAIN", "8BITMIME"]
                await say("\r\n".join(["250-test", *(f"250-{offer}" for offer in offers[:-1]), f"250 {offers[-1]}"]))
            elif verb == "STARTTLS" and self.tls is not None:
                await say("220 go ahead")
                await writer.start_tls(self.tls)
                secure = True
            elif verb == "AUTH":
                self.logins.append(line)
                await say("235 welcome")
            elif verb == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                self.recipients.append(address)
                await say(f"{self.refuse.get(address, 250)} answer")
            elif verb == "DATA":
                await say("354 go on")
                data = await reader.readuntil(b"\r\n.\r\n")
                if self.after_data == 250:
                    message = BytesParser(_class=EmailMessage, policy=SMTP).parsebytes(data[:-3])
                    self.mails.append(message)
                    self.encrypted.append(secure)
                if self.drops:
                    break
                await say(f"{self.after_data} answer")
            elif verb == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 fine")
        writer.close()


@asynccontextmanager
async def mail_server(server: MailServer, *, implicit_tls: bool = False) -> AsyncIterator[MailServer]:
    listening = await asyncio.start_server(
        server.serve, "127.0.0.1", 0, ssl=server.tls if implicit_tls else None, limit=1 << 22
    )
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's context; the client trusts the server's certificate, which is made here."""
    made = certificate_of_its_own(folder)
    return serving_with(made), trusting(made)
