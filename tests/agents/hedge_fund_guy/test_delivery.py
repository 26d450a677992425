"""A complete lead is on record and in the outbox once: whatever ends, comes again, or is down."""

import asyncio
from pathlib import Path

import pytest

from graph.assistants import HEDGE_FUND_GUY
from tests.agents.hedge_fund_guy.talk import INCOME, AsTold, GuyTalk, Notes, passage, read_as
from tests.server.parts import Crash, Letterbox, Parts, When, open_parts

EVERYTHING = "My name is Ana, my mail is ana@example.com, and I make 120000 a year"
READER = AsTold(
    {
        "all": read_as("market", name="Ana", email="ana@example.com", income=INCOME),
        "name": read_as("provide", name="Ana"),
        "mail": read_as("provide", email="ana@example.com"),
        "pay": read_as("provide", income=INCOME),
        "Anna": read_as("provide", name="Anna"),
        "tip?": read_as("advice"),
    }
)
POINTS: list[tuple[str, str, When, int]] = [
    ("effects", "once", "before", 1),
    ("effects", "once", "after", 1),
    ("turns", "accept", "after", 1),
    ("turns", "finish", "before", 1),
    ("turns", "finish", "after", 1),
]
SENDING: list[tuple[str, str, When, int]] = [
    ("outbox", "claim", "after", 1),
    ("carrier", "send", "before", 1),
    ("outbox", "sent", "before", 1),
]


@pytest.fixture
def talk() -> GuyTalk:
    return GuyTalk(READER, Notes(passage(1)))


async def test_a_complete_lead_is_mailed_with_what_was_talked_about(talk: GuyTalk) -> None:
    for message in ("q", "tip?", "name", "mail"):
        await talk.say(message)
        assert talk.carrier.sent == []
    await talk.say("pay")
    (mail,) = talk.carrier.sent
    assert (mail.to, mail.channel) == (talk.services.leads_email, "email")
    assert mail.body.splitlines()[:3] == ["Name: Ana", "Mail: ana@example.com", "Income: USD 120,000 a year"]
    for part in ("5 messages", "Note 1", "- q", "advice 1 time"):
        assert part in mail.body
    assert not any(secret in mail.subject for secret in ("Ana", "120"))


async def test_a_lead_complete_in_one_message(talk: GuyTalk) -> None:
    await talk.say("all")
    assert "1 message of" in talk.carrier.sent[0].body


async def test_nothing_is_mailed_twice(talk: GuyTalk) -> None:
    for message in ("all", "all", "q", "Anna", "pay"):
        await talk.say(message)
    assert len(talk.carrier.sent) == 1
    assert talk.view["data"]["name"] == "Anna"


async def test_a_fork_of_the_talk_mails_nothing_again(talk: GuyTalk) -> None:
    await talk.say("q")
    earlier = (await talk.graph.aget_state(talk.config)).config
    await talk.say("all")
    await talk.graph.aupdate_state(earlier, {"lead": {"name": None}}, as_node="persona")
    await talk.say("all")
    assert len(talk.carrier.sent) == 1


async def test_a_link_in_a_question_is_not_passed_on(talk: GuyTalk) -> None:
    for message in ("what of https://evil.example/x?", "all"):
        await talk.say(message)
    assert "evil" not in talk.carrier.sent[0].body
    assert "- what of [link]" in talk.carrier.sent[0].body


async def say_until_crash(parts: Parts, session_id: str) -> None:
    try:
        turn = await parts.submit(session_id, EVERYTHING, "m-1")
    except Crash:
        return
    assert turn.task is not None
    await asyncio.wait([turn.task])
    assert isinstance(turn.task.exception(), Crash)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: "-".join(map(str, point)))
async def test_a_crash_at_any_step_leaves_one_mail(tmp_path: Path, point: tuple[str, str, When, int]) -> None:
    async with open_parts(tmp_path, point) as parts:
        session_id = await parts.open_session(HEDGE_FUND_GUY)
        await say_until_crash(parts, session_id)
    async with open_parts(tmp_path) as parts:
        await parts.runner.resume_unfinished()
        await parts.runner.drain(20)
        answer = await parts.say(session_id, EVERYTHING, "m-1")
        await parts.all_sent()
        assert answer["is_complete"]
        assert len(parts.letterbox.sent) == 1
        assert await parts.count("effects") == 1
        assert (await parts.state(session_id))["lead"]["delivered"]


@pytest.mark.parametrize("point", SENDING, ids=lambda point: "-".join(map(str, point)))
async def test_a_crash_while_sending_loses_no_mail(tmp_path: Path, point: tuple[str, str, When, int]) -> None:
    letterbox = Letterbox()
    async with open_parts(tmp_path, point, letterbox=letterbox) as parts:
        session_id = await parts.open_session(HEDGE_FUND_GUY)
        assert (await parts.say(session_id, EVERYTHING))["is_complete"]
        with pytest.raises(Crash):
            await parts.all_sent()
    async with open_parts(tmp_path, letterbox=letterbox) as parts:
        assert (await parts.say(session_id, "What is momentum?"))["is_complete"]
        await parts.outbox.outbox.free_claims()
        await parts.all_sent()
        assert len({mail.id for mail in letterbox.sent}) == 1
