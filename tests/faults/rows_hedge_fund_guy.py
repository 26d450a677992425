"""The hedge fund guy when the process dies, mail is away, his notes are damaged or days pass: one mail, every turn."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from tests.faults.guy_talk import AFTER, BEFORE, COMPLETING, LEADS_EMAIL, GuyTalk, check_mails, check_one_mail, states
from tests.faults.injecting import KILLED, Fault, When, as_environment
from tests.faults.matrix import SQLITE, case, cases
from tests.faults.outside import in_a_loop
from tests.faults.rows_crash import restarting
from tests.faults.rows_knowledge import DAMAGE
from tests.faults.rows_mail import FOR_A_WHILE, behave
from tests.faults.stage import Stage
from tests.tools.smtp_server import MailServer, mail_server

# Which call of each the process ends at: all of them in the turn that completes the lead, or behind it.
POINTS = {
    "turns.accept": 4,
    "effects.once": 1,
    "turns.finish": 4,
    "carrier.send": 1,
    "outbox.sent": 1,
}
BOUNDARIES = {
    f"{when} {point} {nth}": Fault(point, "exit", when, nth) for point, nth in POINTS.items() for when in get_args(When)
}


@cases(row="kill -9 around a lead's delivery", injections=BOUNDARIES, fast=["after effects.once 1"])
def killed_around_delivery(stage: Stage, fault: Fault) -> None:
    """Between the record of the lead and the end of its turn, and behind it: mailed once, answered once."""
    replica = stage.replica(wrapped=True, start=False, LEADS_EMAIL=LEADS_EMAIL)
    replica.start(**as_environment([fault]))
    with restarting(stage, replica) as restarts, GuyTalk(replica.base_url) as talk:
        for text in (*BEFORE, COMPLETING, *AFTER):
            answer = talk.say(text)
        assert answer["is_complete"] and all(answer["data_collected"].values())
        check_one_mail(stage, talk)
        talk.check()
    assert restarts.statuses == [KILLED], f"the point was not reached: {restarts.statuses}"


@cases(row="the mail server is out of order for a lead", injections=FOR_A_WHILE, fast=["4xx after the data"])
def mail_out_of_order(stage: Stage, harm: Callable[[MailServer], None]) -> None:
    """The chat does not notice; the lead's mail comes when the server is well again, under one Message-ID."""
    with in_a_loop(mail_server(MailServer())) as server:
        service = stage.thread(smtp_url=f"smtp://127.0.0.1:{server.port}", leads_email=LEADS_EMAIL)
        with GuyTalk(service.base_url) as talk:
            harm(server)
            server.refuse.update({LEADS_EMAIL: 451} if server.refuse else {})
            _to_the_end(talk)
            assert states(stage, talk) == ["waiting"]
            behave(server)
            _check_arrived(stage, talk, server)


@case(row="the mail server is away for a lead", injection="nobody listens")
def mail_away(stage: Stage) -> None:
    with in_a_loop(mail_server(MailServer())) as server:
        proxy = stage.proxy(server.port)
        service = stage.thread(smtp_url=f"smtp://127.0.0.1:{proxy.port}", leads_email=LEADS_EMAIL)
        with GuyTalk(service.base_url) as talk:
            proxy.way = type(proxy.way)(refuse=True)
            _to_the_end(talk)
            assert states(stage, talk) == ["waiting"] and server.mails == []
            proxy.up()
            _check_arrived(stage, talk, server)


@cases(row="his notes are damaged while he talks", injections=DAMAGE, backends=SQLITE, fast=["removed"])
def notes_damaged(stage: Stage, damage: Callable[[Path], None]) -> None:
    """By words alone he still knows what he is asked; nothing he says comes from elsewhere."""
    with GuyTalk(stage.thread(leads_email=LEADS_EMAIL).base_url) as talk:
        for text in BEFORE:
            talk.say(text)
        damage(stage.folder / "chroma")
        assert talk.say(COMPLETING)["is_complete"]
        assert "Momentum" in talk.say("what is momentum?")["response"]
        for text in AFTER:
            talk.say(text)
        check_one_mail(stage, talk)
        talk.check()


@case(row="a visitor of the hedge fund guy comes back", injection="five days and a restart later", fast=True)
def days_later(stage: Stage) -> None:
    """He goes on where they were: what was given is known, what was said is not said again."""
    replica = stage.replica(start=False, LEADS_EMAIL=LEADS_EMAIL)
    replica.start(POLICY_AS_OF="2026-12-01")
    with GuyTalk(replica.base_url) as talk:
        for text in (*AFTER, *BEFORE):
            talk.say(text)
        stage.expire_leases()
        replica.restart(POLICY_AS_OF="2026-12-06")
        stage.expire_leases()
        answer = talk.say(COMPLETING)
        assert answer["is_complete"], answer
        for text in AFTER:
            talk.say(text)
        check_one_mail(stage, talk)
        talk.check()


def _to_the_end(talk: GuyTalk) -> None:
    """The lead is complete and the chat goes on; what sends mail has come upon its server by then."""
    for text in (*BEFORE, COMPLETING):
        answer = talk.say(text)
    assert answer["is_complete"]
    time.sleep(0.5)
    for text in AFTER:
        talk.say(text)
    talk.check()


def _check_arrived(stage: Stage, talk: GuyTalk, server: MailServer) -> None:
    deadline = time.monotonic() + 120
    while states(stage, talk) != ["sent"]:
        assert time.monotonic() < deadline, f"not delivered: {states(stage, talk)}"
        time.sleep(0.1)
    assert len({mail["Message-ID"] for mail in server.mails}) == 1
    mail = server.mails[-1]
    body = mail.get_body()
    check_mails([(str(mail["To"]), body.get_content() if body is not None else "")])
