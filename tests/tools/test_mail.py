"""Carriers: the outbox directory and SMTP against a server on this machine."""

import asyncio
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.smtp_server import MailServer, certificate, mail_server
from tools.mail import Attachment, MailError, Message, OutboxCarrier, RoutedCarrier, compose
from tools.smtp import SmtpCarrier

SENDER = "Esoteric Finance <no-reply@esoteric.example.com>"
AT = datetime(2026, 12, 1, 8, 35, 12, 345678, tzinfo=UTC)
LETTER = Attachment("sanction-letter.pdf", "application/pdf", b"%PDF-1.4 \x00\xff\r\n.\r\n demo" * 50)
MAIL = Message(
    id="letter-0001",
    session_id="s1",
    channel="email",
    to="aarav@example.com",
    subject="Your sanction letter: ₹3,00,000",
    body="Namaste Aarav,\n\nyour letter is attached. शुभकामनाएँ\n",
    created_at=AT,
    attachments=(LETTER,),
)
CODE = Message("otp-0001", "s1", "sms", "+919000000001", "One-time code", "Your code is 123456.", AT)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def without(**changes: Any) -> Message:
    return replace(MAIL, **changes)


async def test_a_mail_on_disk_is_rfc_5322_with_its_attachment(tmp_path: Path) -> None:
    from email.parser import BytesParser
    from email.policy import SMTP

    await OutboxCarrier(tmp_path, sender=SENDER).send(MAIL)
    (name,) = files(tmp_path)
    assert name.endswith("-letter-0001.eml") and MAIL.session_id not in name
    data = (tmp_path / name).read_bytes()
    assert b"\n" not in data.replace(b"\r\n", b"")
    mail = BytesParser(policy=SMTP).parsebytes(data)
    assert mail["To"] == "aarav@example.com"
    assert mail["From"] == SENDER
    assert mail["Message-ID"] == "<letter-0001@esoteric.example.com>"
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("sanction-letter.pdf", "application/pdf")
    assert attached.get_content() == LETTER.data


async def test_an_sms_is_marked(tmp_path: Path) -> None:
    await OutboxCarrier(tmp_path).send(CODE)
    text = (tmp_path / files(tmp_path)[0]).read_text()
    assert "X-Channel: sms" in text
    assert "X-To: +919000000001" in text


async def test_one_id_is_written_once(tmp_path: Path) -> None:
    outbox, second = OutboxCarrier(tmp_path), OutboxCarrier(tmp_path)
    retries = [replace(MAIL, created_at=AT + timedelta(seconds=number)) for number in range(3)]
    await asyncio.gather(*(outbox.send(message) for message in retries))
    await second.send(replace(MAIL, body="another text"))
    assert len(files(tmp_path)) == 1
    await outbox.send(replace(MAIL, id="0001"))
    assert len(files(tmp_path)) == 2


async def test_forgetting_a_session(tmp_path: Path) -> None:
    outbox = OutboxCarrier(tmp_path)
    for message in (MAIL, CODE, replace(CODE, id="other", session_id="s2")):
        await outbox.send(message)
    assert await outbox.forget("s1") == 2
    (left,) = files(tmp_path)
    assert left.endswith("-other.eml")
    assert await OutboxCarrier(tmp_path / "absent").forget("s1") == 0


async def test_an_outbox_that_cannot_be_written_says_try_again(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    with pytest.raises(MailError) as error:
        await OutboxCarrier(blocked).send(MAIL)
    assert error.value.retryable


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../etc/passwd"},
        {"id": ""},
        {"id": "a\nb"},
        {"id": ".hidden"},
        {"to": "a@example.com\r\nBcc: b@example.com"},
        {"subject": "hello\nX-Session: s2"},
        {"session_id": "s1\ns2"},
        {"created_at": datetime(2026, 12, 1)},
        {"channel": "sms"},
    ],
)
def test_messages_that_cannot_be(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        without(**change)


_PRINTABLE = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])


@settings(max_examples=40, deadline=None)
@given(body=st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"), max_size=300))
def test_any_body_comes_back(body: str) -> None:
    stored = _stored(replace(CODE, body=body)).get_body(("plain",)).get_content()
    assert stored.replace("\r\n", "\n").removesuffix("\n") == body.removesuffix("\n")


@settings(max_examples=40, deadline=None)
@given(subject=st.text(_PRINTABLE, max_size=120))
def test_any_subject_can_be_sent(subject: str) -> None:
    head = compose(replace(MAIL, subject=subject), SENDER).as_bytes().split(b"\r\n\r\n")[0]
    assert b"\n" not in head.replace(b"\r\n", b"")


def _stored(message: Message) -> Any:
    from email.message import EmailMessage
    from email.parser import BytesParser
    from email.policy import SMTP

    mail = compose(message, SENDER)
    mail["X-Channel"], mail["X-Created-At"] = message.channel, message.created_at.isoformat()
    return BytesParser(_class=EmailMessage, policy=SMTP).parsebytes(mail.as_bytes())


async def test_smtp_delivers_and_keeps_the_session_at_home() -> None:
    async with mail_server(MailServer()) as server:
        carrier = SmtpCarrier(f"smtp://127.0.0.1:{server.port}", SENDER)
        await carrier.send(MAIL)
        await carrier.send(MAIL)
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"] == "<letter-0001@esoteric.example.com>"
    assert first["Subject"] == MAIL.subject
    assert next(first.iter_attachments()).get_content() == LETTER.data
    assert "X-Session" not in first
    assert server.recipients == ["aarav@example.com"] * 2


async def test_starttls_is_used_when_offered_before_the_password(tmp_path: Path) -> None:
    server_tls, client_tls = certificate(tmp_path)
    async with mail_server(MailServer(tls=server_tls)) as server:
        await SmtpCarrier(f"smtp://user:p%40ss@127.0.0.1:{server.port}", SENDER, tls=client_tls).send(MAIL)
    assert server.encrypted == [True]
    assert len(server.logins) == 1


async def test_smtps(tmp_path: Path) -> None:
    server_tls, client_tls = certificate(tmp_path)
    async with mail_server(MailServer(tls=server_tls), implicit_tls=True) as server:
        await SmtpCarrier(f"smtps://127.0.0.1:{server.port}", SENDER, tls=client_tls).send(MAIL)
    assert server.encrypted == [True]


async def test_an_unknown_certificate_is_refused(tmp_path: Path) -> None:
    server_tls, _ = certificate(tmp_path)
    async with mail_server(MailServer(tls=server_tls)) as server:
        with pytest.raises(MailError):
            await SmtpCarrier(f"smtp://127.0.0.1:{server.port}", SENDER, tls=ssl.create_default_context()).send(MAIL)
    assert server.mails == []


@pytest.mark.parametrize(("code", "retryable"), [(450, True), (550, False)])
async def test_a_refused_address(code: int, retryable: bool) -> None:
    async with mail_server(MailServer(refuse={"aarav@example.com": code})) as server:
        with pytest.raises(MailError) as error:
            await SmtpCarrier(f"smtp://127.0.0.1:{server.port}", SENDER).send(MAIL)
    assert error.value.retryable is retryable
    assert "aarav" not in str(error.value)


@pytest.mark.parametrize(("code", "retryable"), [(451, True), (552, False)])
async def test_a_refused_message(code: int, retryable: bool) -> None:
    async with mail_server(MailServer(after_data=code)) as server:
        with pytest.raises(MailError) as error:
            await SmtpCarrier(f"smtp://127.0.0.1:{server.port}", SENDER).send(MAIL)
    assert error.value.retryable is retryable


async def test_no_server() -> None:
    async with mail_server(MailServer()) as server:
        pass
    with pytest.raises(MailError) as error:
        await SmtpCarrier(f"smtp://127.0.0.1:{server.port}", SENDER).send(MAIL)
    assert error.value.retryable


async def test_smtp_carries_no_sms() -> None:
    with pytest.raises(MailError) as error:
        await SmtpCarrier("smtp://127.0.0.1:1", SENDER).send(CODE)
    assert not error.value.retryable


@pytest.mark.parametrize("url", ["http://mail.example.com", "smtp://", "mail.example.com", "smtp://host:99999"])
def test_bad_urls(url: str) -> None:
    with pytest.raises(ValueError):
        SmtpCarrier(url, SENDER)


async def test_each_channel_has_its_carrier(tmp_path: Path) -> None:
    texts, mails = OutboxCarrier(tmp_path / "sms"), OutboxCarrier(tmp_path / "mail")
    routed = RoutedCarrier(sms=texts, email=mails)
    await routed.send(MAIL)
    await routed.send(CODE)
    assert "X-Channel: sms" in (tmp_path / "sms" / files(tmp_path / "sms")[0]).read_text()
    assert "X-Channel: email" in (tmp_path / "mail" / files(tmp_path / "mail")[0]).read_text()
