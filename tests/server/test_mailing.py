"""The senders: a carrier that is down, slow, refuses or loses its answer delays a message, never a turn."""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

import server.mailing
from server.mailing import FIRST_PAUSE, LONGEST_PAUSE, Mailing, pause_after
from server.observing.metrics import Metrics
from server.observing.observer import Observer
from server.observing.parts import WatchedCarrier
from server.store.database import Database
from server.store.ledgers import SqlPapers
from server.store.outbox import Outbox
from server.store.tables import outbox as rows
from tests.keys import vault
from tests.server.parts import Letterbox
from tests.server.store.both import SESSION, opened, with_session
from tests.server.store.messages import code_to, mail_to
from tests.server.store.test_outbox import put
from tests.service import free_port
from tests.tools.smtp_server import MailServer, mail_server
from tools.mail import MailError, Message, OutboxCarrier, Posting, RoutedCarrier
from tools.smtp import SmtpCarrier

SENDER = "no-reply@esoteric.example.com"
LONGEST = 30.0


@dataclass
class Post:
    """Mailing over a real outbox and a real carrier for mails."""

    database: Database
    mailing: Mailing
    letterbox: Letterbox
    metrics: Metrics

    async def put(self, *postings: Posting) -> None:
        await put(self.database, *postings, outbox=self.mailing.outbox)

    async def row(self, message_id: str = "m-1") -> Any:
        query = select(rows).where(rows.c.id == message_id)
        return await self.database.run(lambda connection: connection.execute(query).one_or_none())

    async def until(self, state: str, message_id: str = "m-1") -> Any:
        async with asyncio.timeout(LONGEST):
            while True:
                row = await self.row(message_id)
                if row is not None and row.state == state:
                    return row
                await asyncio.sleep(0.01)

    async def due_at_once(self) -> None:
        await self.mailing.outbox.free_claims()


@contextlib.asynccontextmanager
async def post(folder: Path, port: int) -> AsyncIterator[Post]:
    async with opened(folder) as database:
        await with_session(database)
        observer, letterbox = Observer(), Letterbox()
        routed = RoutedCarrier(sms=letterbox, email=SmtpCarrier(f"smtp://127.0.0.1:{port}", SENDER))
        files = OutboxCarrier(folder / "outbox")
        outbox = Outbox(database, keep_sent=True)
        carrier = WatchedCarrier(routed, observer)
        mailing = Mailing(outbox, carrier, SqlPapers(database), observer.metrics, files, poll_seconds=0.05)
        yield Post(database, mailing, letterbox, observer.metrics)


async def test_sent_at_once_in_the_background(tmp_path: Path) -> None:
    async with mail_server(MailServer()) as there, post(tmp_path, there.port) as here, here.mailing.sending():
        await here.put(mail_to(SESSION, "m-1"), code_to(SESSION, "m-2", "123456"))
        await here.until("sent")
        await here.until("sent", "m-2")
        assert [mail["Message-ID"] for mail in there.mails] == ["<m-1@esoteric.example.com>"]
        assert [message.body for message in here.letterbox.sent] == ["123456 is your code."]


async def test_a_letter_goes_with_its_mail_and_none_without(tmp_path: Path) -> None:
    mail = mail_to(SESSION, "m-1")
    async with mail_server(MailServer()) as there, post(tmp_path, there.port) as here:
        await here.put(Posting(mail.message, mail.until, ("letter-1", "letter.pdf")))
        await here.mailing.send_waiting("email")
        assert (await here.row()).state == "failed", "no mail goes out without the letter it speaks of"
        await SqlPapers(here.database).keep_letter(SESSION, "letter-2", b"%PDF-1.7 two")
        second = mail_to(SESSION, "m-2")
        await here.put(Posting(second.message, second.until, ("letter-2", "letter.pdf")))
        await here.mailing.send_waiting("email")
        (sent,) = there.mails
        (attached,) = sent.iter_attachments()
        assert (attached.get_filename(), attached.get_content()) == ("letter.pdf", b"%PDF-1.7 two")


async def test_a_server_that_is_down_and_comes_back(tmp_path: Path) -> None:
    port = free_port()
    async with post(tmp_path, port) as here:
        await here.put(mail_to(SESSION, "m-1"))
        await here.mailing.send_waiting("email")
        row = await here.row()
        assert (row.state, row.tries) == ("waiting", 1)
        assert await here.mailing.send_waiting("email") == 0, "not before its pause is over"
        listening = MailServer()
        server_ = await asyncio.start_server(listening.serve, "127.0.0.1", port)
        async with server_:
            await here.due_at_once()
            await here.mailing.send_waiting("email")
        assert (await here.row()).state == "sent" and len(listening.mails) == 1


@pytest.mark.parametrize(("code", "state"), [(451, "waiting"), (421, "waiting"), (550, "failed"), (554, "failed")])
@pytest.mark.parametrize("where", ["recipient", "data"])
async def test_refusals_for_now_and_for_good(
    tmp_path: Path, code: int, state: str, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    there = MailServer(after_data=code) if where == "data" else MailServer(refuse={"asha@example.com": code})
    caplog.set_level(logging.INFO)
    async with mail_server(there), post(tmp_path, there.port) as here:
        await here.put(mail_to(SESSION, "m-1"))
        await here.mailing.send_waiting("email")
        assert (await here.row()).state == state
        assert there.mails == []
        there.after_data, there.refuse = 250, {}
        await here.due_at_once()
        await here.mailing.send_waiting("email")
        assert len(there.mails) == (1 if state == "waiting" else 0)
        given_up = [record for record in caplog.records if record.msg == "outbox.given_up"]
        assert len(given_up) == (0 if state == "waiting" else 1)
        assert "asha@example.com" not in caplog.text


async def test_a_server_that_takes_a_mail_and_drops_the_line(tmp_path: Path) -> None:
    async with mail_server(MailServer(drops=True)) as there, post(tmp_path, there.port) as here:
        await here.put(mail_to(SESSION, "m-1"))
        await here.mailing.send_waiting("email")
        assert (await here.row()).state == "waiting"
        there.drops = False
        await here.due_at_once()
        await here.mailing.send_waiting("email")
        assert (await here.row()).state == "sent"
        assert [mail["Message-ID"] for mail in there.mails] == ["<m-1@esoteric.example.com>"] * 2, "one id for both"
        assert there.mails[0].as_bytes() == there.mails[1].as_bytes()


@pytest.mark.parametrize("verb", ["EHLO", "DATA", "QUIT"])
async def test_a_server_that_hangs_holds_up_nothing_else(
    tmp_path: Path, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.mailing, "SEND_SECONDS", 1.0 if verb != "QUIT" else 20.0)
    async with mail_server(MailServer(silent_at=verb)) as there, post(tmp_path, there.port) as here:
        async with here.mailing.sending():
            await here.put(mail_to(SESSION, "m-1"), code_to(SESSION, "m-2", "123456"))
            await here.until("sent", "m-2")
            if verb == "QUIT":  # the mail was taken; how the two part is nobody's business
                await here.until("sent")
                assert len(there.mails) == 1
                return
            async with asyncio.timeout(LONGEST):
                while (await here.row()).tries == 0 or await claimed_now(here):  # noqa: ASYNC110  a row tells no event
                    await asyncio.sleep(0.02)
            assert (await here.row()).state == "waiting"
        there.silent_at = ""
        here.mailing._leaving = False
        await here.due_at_once()
        await here.mailing.send_waiting("email")
        assert (await here.row()).state == "sent"


async def claimed_now(here: Post) -> bool:
    """Whether its claim still holds, rather than a pause."""
    now = int(datetime.now(UTC).timestamp() * 1000)
    return bool((await here.row()).next_try - now > (FIRST_PAUSE + 1) * 1000)


async def test_what_nobody_needs_any_more_is_not_sent(tmp_path: Path) -> None:
    async with mail_server(MailServer()) as there, post(tmp_path, there.port) as here:
        await here.put(code_to(SESSION, "m-1", "123456", until=datetime.now(UTC) - timedelta(seconds=1)))
        await here.mailing.send_waiting("sms")
        assert (await here.row()).state == "failed" and here.letterbox.sent == []
        await here.mailing.measure()
        assert b'esoteric_outbox_messages{state="failed"} 1.0' in here.metrics.exposition()


async def test_a_message_that_cannot_be_opened_holds_up_no_other(tmp_path: Path) -> None:
    async with mail_server(MailServer()) as there, post(tmp_path, there.port) as here:
        await here.put(code_to(SESSION, "m-1", "1"), code_to(SESSION, "m-2", "2"))
        spoiled = update(rows).where(rows.c.id == "m-1").values(message=b"spoiled")
        await here.database.run(lambda connection: connection.execute(spoiled))
        await here.mailing.send_waiting("sms")
        assert (await here.row()).state == "failed"
        assert [message.id for message in here.letterbox.sent] == ["m-2"]


class SlowFiles:
    """A file carrier that takes its time, so that a session may be erased meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.files = OutboxCarrier(folder)
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def send(self, message: Message) -> None:
        self.begun.set()
        await self.go_on.wait()
        await self.files.send(message)


async def test_a_session_erased_while_its_message_is_on_the_way_leaves_no_file(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        await with_session(database)
        slow = SlowFiles(tmp_path / "outbox")
        mailing = Mailing(Outbox(database), slow, SqlPapers(database), Metrics(), slow.files)
        await put(database, code_to(SESSION, "m-1", "123456"), outbox=mailing.outbox)
        sending = asyncio.create_task(mailing.send_waiting("sms"))
        await slow.begun.wait()
        await mailing.forget(SESSION)
        slow.go_on.set()
        await sending
        assert list((tmp_path / "outbox").glob("*.eml")) == []


class Failing:
    def __init__(self) -> None:
        self.tries = 0

    async def send(self, message: Message) -> None:
        self.tries += 1
        if self.tries < 3:
            raise RuntimeError(message.to) if self.tries == 1 else MailError("away", retryable=True)


async def test_a_fault_of_ours_stops_no_sender(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(tmp_path) as database:
        await with_session(database)
        carrier, files = Failing(), OutboxCarrier(tmp_path / "outbox")
        mailing = Mailing(Outbox(database), carrier, SqlPapers(database), Metrics(), files, poll_seconds=0.02)
        here = Post(database, mailing, Letterbox(), Metrics())
        async with mailing.sending():
            await here.put(code_to(SESSION, "m-1", "123456"))
            async with asyncio.timeout(LONGEST):
                while carrier.tries < 3:
                    await here.due_at_once()
                    await asyncio.sleep(0.02)
            await here.until("sent")
        assert "outbox.broke" in caplog.messages and "9000000001" not in caplog.text


async def test_being_behind_is_told_once_in_a_while(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with post(tmp_path, free_port()) as here:
        await here.put(mail_to(SESSION, "m-1"))
        long_ago = update(rows).values(created_at="2026-01-01T00:00:00.000+00:00")
        await here.database.run(lambda connection: connection.execute(long_ago))
        for _ in range(3):
            await here.mailing.measure()
        assert caplog.messages.count("outbox.behind") == 1
        assert b'esoteric_outbox_messages{state="waiting"} 1.0' in here.metrics.exposition()


def test_pauses_grow_to_a_bound_and_differ() -> None:
    random.seed(1)
    for tries in range(1, 200):
        longest = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
        assert longest / 2 <= pause_after(tries) <= longest
    assert len({pause_after(5) for _ in range(20)}) > 10


async def test_what_another_secret_sealed_waits_for_it(tmp_path: Path) -> None:
    """A service that has not the secret gives nothing up that another with it can send."""
    async with opened(tmp_path) as database:
        await with_session(database)
        await put(database, mail_to(SESSION, "m-1"), outbox=Outbox(database))
    carrier, files = Letterbox(), OutboxCarrier(tmp_path / "outbox")
    mistaken = Database.sqlite(tmp_path / "esoteric.db", vault=vault(b"another secret"))
    mailing = Mailing(Outbox(mistaken), carrier, SqlPapers(mistaken), Metrics(), files)
    assert await mailing.send_waiting("email") == 1
    assert await mailing.list_messages(SESSION) == []
    await mistaken.close()
    async with opened(tmp_path) as database:
        mailing = Mailing(Outbox(database), carrier, SqlPapers(database), Metrics(), files)
        await mailing.outbox.free_claims()
        assert await mailing.send_waiting("email") == 1
        assert [message.id for message in carrier.sent] == ["m-1"]
