"""A mail server that is down, refuses, loses its answer or hangs: the letter is there by its link, its mail later."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from tests.driver import Conversation, converse, customers
from tests.faults.matrix import cases
from tests.faults.outside import Told, check_answered, check_kept, count, hear, in_a_loop
from tests.faults.stage import Stage
from tests.tools.smtp_server import MailServer, mail_server

CUSTOMER = "C01"
ADDRESS = customers()[CUSTOMER]["email"]
DELIVERY = 120.0  # seconds until a mail is there, once its server is well again: the hanging one is waited for first


def refuses_for_now(server: MailServer) -> None:
    server.refuse[ADDRESS] = 451


def busy_after_data(server: MailServer) -> None:
    server.after_data = 452


def takes_and_drops(server: MailServer) -> None:
    server.drops = True


def hangs_at_data(server: MailServer) -> None:
    server.silent_at = "DATA"


def hangs_at_once(server: MailServer) -> None:
    server.silent_at = "EHLO"


def behave(server: MailServer) -> None:
    server.refuse.clear()
    server.after_data, server.drops, server.silent_at = 250, False, ""


@contextmanager
def with_mail(stage: Stage) -> Iterator[tuple[Conversation, MailServer]]:
    with (
        in_a_loop(mail_server(MailServer())) as server,
        Conversation(stage.thread(smtp_url=f"smtp://127.0.0.1:{server.port}")) as talk,
    ):
        yield talk, server


def to_the_letter(talk: Conversation) -> Told:
    """The whole loan; the turn whose letter is to be mailed, which waits for no mail server."""
    converse(talk, CUSTOMER, until="kfs_acknowledgement")
    told = hear(talk, "I acknowledge")
    assert check_answered(told)["loan_application"]["status"] == "sanctioned"
    link = talk.http.get(told.end["loan_application"]["sanction_letter_url"])
    assert link.status_code == 200 and link.content.startswith(b"%PDF-")
    return told


def mails(stage: Stage, talk: Conversation) -> list[str]:
    query = "SELECT state FROM outbox WHERE session_id = ? AND channel = 'email'"
    return [state for (state,) in stage.rows(query, [talk.session_id])]


def arrived(server: MailServer, stage: Stage, talk: Conversation) -> EmailMessage:
    """The mail, once it is noted as sent."""
    deadline = time.monotonic() + DELIVERY
    while mails(stage, talk) != ["sent"]:
        assert time.monotonic() < deadline, f"not delivered: {mails(stage, talk)}"
        time.sleep(0.1)
    return server.mails[-1]


def check_one_letter(stage: Stage, talk: Conversation, *heard: Told) -> None:
    assert count(stage, "letters", talk.session_id) == 1
    effects = [key for (key,) in stage.rows("SELECT key FROM effects WHERE session_id = ?", [talk.session_id])]
    assert len([key for key in effects if key.startswith("letter:")]) == 1
    check_kept(stage, talk, list(heard))


FOR_A_WHILE: dict[str, Callable[[MailServer], None]] = {
    "4xx for the recipient": refuses_for_now,
    "4xx after the data": busy_after_data,
    "takes it and drops the line": takes_and_drops,
    "hangs at the data": hangs_at_data,
    "hangs at once": hangs_at_once,
}


@cases(row="the mail server is out of order", injections=FOR_A_WHILE, fast=["4xx for the recipient"])
def out_of_order(stage: Stage, harm: Callable[[MailServer], None]) -> None:
    """At least once, under one Message-ID; exactly once where the server never took it."""
    with with_mail(stage) as (talk, server):
        harm(server)
        told = to_the_letter(talk)
        thanks = hear(talk, "thank you")
        check_answered(thanks)
        time.sleep(0.5)  # the sender has come upon it
        assert mails(stage, talk) == ["waiting"]
        taken = len(server.mails)
        behave(server)
        mail = arrived(server, stage, talk)
        assert mail["To"] == ADDRESS
        assert [part.get_content_type() for part in mail.iter_attachments()] == ["application/pdf"]
        assert len({one["Message-ID"] for one in server.mails}) == 1
        assert len(server.mails) == taken + 1
        check_one_letter(stage, talk, told, thanks)


@cases(row="the mail server refuses for good", injections={"5xx for the recipient": 550, "5xx after the data": 554})
def refuses_for_good(stage: Stage, status: int) -> None:
    """Nobody tries again, and it is counted as failed; the letter stays where its link leads."""
    with with_mail(stage) as (talk, server):
        if status == 550:
            server.refuse[ADDRESS] = status
        else:
            server.after_data = status
        told = to_the_letter(talk)
        deadline = time.monotonic() + DELIVERY
        while mails(stage, talk) == ["waiting"]:
            assert time.monotonic() < deadline, "it is tried for ever"
            time.sleep(0.1)
        assert mails(stage, talk) == ["failed"] and server.mails == []
        check_one_letter(stage, talk, told)


@cases(row="the mail server is away", injections={"nobody listens": "refuse", "stalls": "stall"})
def away(stage: Stage, how: str) -> None:
    with in_a_loop(mail_server(MailServer())) as server:
        proxy = stage.proxy(server.port)
        with Conversation(stage.thread(smtp_url=f"smtp://127.0.0.1:{proxy.port}")) as talk:
            proxy.way = type(proxy.way)(**{how: True})
            told = to_the_letter(talk)
            time.sleep(0.5)
            assert mails(stage, talk) == ["waiting"] and server.mails == []
            proxy.up()
            arrived(server, stage, talk)
            assert len({one["Message-ID"] for one in server.mails}) == 1
            check_one_letter(stage, talk, told)
