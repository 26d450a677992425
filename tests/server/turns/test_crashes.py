"""A crash at any step of a turn: after the restart the turn is run again to the same end, with each effect once."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.driver import normalised
from tests.server.audited import check_audit
from tests.server.parts import AS_OF, KEY, Crash, Parts, When, open_parts
from tests.server.streaming.reading import follow

# The part that crashes, its method, before or after it did its work, and at which call.
POINTS: list[tuple[str, str, When, int]] = [
    ("turns", "accept", "after", 3),
    ("turns", "finish", "before", 1),
    ("turns", "finish", "before", 5),
    ("turns", "finish", "after", 5),
    ("history", "record", "before", 1),
    ("history", "record", "after", 1),
    ("bureau", "pull", "before", 1),
    ("bureau", "pull", "after", 1),
    ("effects", "once", "before", 1),
    ("effects", "once", "after", 1),
    ("effects", "once", "before", 2),
    ("effects", "once", "after", 2),
    ("papers", "keep_key_facts", "before", 1),
    ("papers", "keep_key_facts", "after", 1),
    ("papers", "keep_letter", "before", 1),
    ("papers", "keep_letter", "after", 1),
    ("effects", "once", "before", 3),
    ("effects", "once", "after", 3),
    ("effects", "once", "before", 4),
    ("effects", "once", "after", 4),
]
# The same for what is sent once the turns are over; the code is the first, the letter's mail the second.
SENDING: list[tuple[str, str, When, int]] = [
    ("outbox", "claim", "after", 1),
    ("carrier", "send", "before", 1),
    ("carrier", "send", "after", 1),
    ("outbox", "sent", "before", 1),
    ("outbox", "sent", "after", 1),
    ("carrier", "send", "before", 2),
    ("carrier", "send", "after", 2),
    ("outbox", "sent", "after", 2),
]


async def converse_until_crash(parts: Parts, session_id: str) -> tuple[str, str] | None:
    """The words and message id of the turn that crashed; None when none did."""
    for number in range(30):
        words = await parts.next_words(session_id, "C01")
        if words is None:
            return None
        message_id = f"m-{number}"
        try:
            turn = await parts.submit(session_id, words, message_id)
        except Crash:
            return words, message_id
        assert turn.task is not None
        await asyncio.wait([turn.task])
        if not turn.task.cancelled() and isinstance(turn.task.exception(), Crash):
            return words, message_id
    raise AssertionError("the conversation does not end")


async def check_the_end(parts: Parts, session_id: str) -> list[str]:
    view = (await parts.sessions.get(session_id)).view["loan_application"]
    assert (view["status"], view["sanction_letter_generated"]) == ("sanctioned", True)
    assert await parts.count("letters") == 1
    assert await parts.count("key_facts") == 1
    assert await parts.count("decisions") == 1
    assert await parts.count("applications") == 1
    logged = [row.kind for row in await check_audit(parts.database, KEY)]
    assert [logged.count(kind) for kind in ("consent_given", "decision.made", "letter.issued")] == [3, 1, 1]
    assert len(parts.bureau.inquiries) == 1
    await parts.all_sent()
    written = await parts.outbox.list_messages(session_id)
    assert [message["channel"] for message in written] == ["sms", "email"]
    assert [message.id for message in parts.letterbox.sent] == [message["id"] for message in written]
    transcript = await parts.sessions.transcript(session_id)
    ids = [entry["message_id"] for entry in transcript if entry["role"] == "user"]
    assert len(ids) == len(set(ids))
    return [normalised(entry["content"]) for entry in transcript if entry["role"] == "assistant"]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: "-".join(map(str, point)))
@pytest.mark.parametrize("retries", [True, False], ids=["client retries", "client waits"])
async def test_crash_and_restart(
    tmp_path: Path, point: tuple[str, str, When, int], retries: bool, undisturbed: list[str]
) -> None:
    async with open_parts(tmp_path, point) as parts:
        session_id = await parts.open_session()
        broken = await converse_until_crash(parts, session_id)
        assert broken is not None, "the point was never reached"
    async with open_parts(tmp_path, bureau=parts.bureau) as parts:
        await parts.runner.resume_unfinished()
        if retries:
            await parts.say(session_id, *broken)
        await parts.runner.drain(10)
        assert (await parts.sessions.transcript(session_id))[-2]["message_id"] == broken[1]
        await parts.converse(session_id, "C01")
        assert await check_the_end(parts, session_id) == undisturbed


@pytest.mark.parametrize("point", [("effects", "once", "after", 3), ("effects", "once", "after", 4)], ids=str)
async def test_a_letter_issued_in_time_stands(tmp_path: Path, point: tuple[str, str, When, int]) -> None:
    """The turn that issued it is run again long after the offer's last day."""
    async with open_parts(tmp_path, point) as parts:
        session_id = await parts.open_session()
        assert await converse_until_crash(parts, session_id) is not None
        assert await parts.count("letters") == 1
    later = AS_OF + timedelta(days=400)
    async with open_parts(tmp_path, bureau=parts.bureau, as_of=later) as parts:
        await parts.runner.resume_unfinished()
        await parts.runner.drain(10)
        await check_the_end(parts, session_id)


async def test_without_a_letter_the_offer_is_over(tmp_path: Path) -> None:
    async with open_parts(tmp_path, ("papers", "keep_letter", "before", 1)) as parts:
        session_id = await parts.open_session()
        assert await converse_until_crash(parts, session_id) is not None
    async with open_parts(tmp_path, bureau=parts.bureau, as_of=AS_OF + timedelta(days=400)) as parts:
        await parts.runner.resume_unfinished()
        await parts.runner.drain(10)
        view = (await parts.sessions.get(session_id)).view["loan_application"]
        assert view["status"] == "expired" and await parts.count("letters") == 0


@pytest.mark.parametrize("point", SENDING, ids=lambda point: "-".join(map(str, point)))
async def test_crash_while_sending(tmp_path: Path, point: tuple[str, str, When, int]) -> None:
    """Each message arrives, the one under way when the process ended perhaps twice, under one id and in one wording."""
    async with open_parts(tmp_path, point) as parts:
        session_id = await parts.open_session()
        await parts.converse(session_id, "C01")
        with pytest.raises(Crash):
            await parts.all_sent()
    async with open_parts(tmp_path, letterbox=parts.letterbox) as parts:
        await parts.outbox.outbox.free_claims()
        await parts.all_sent()
        written = await parts.outbox.list_messages(session_id)
        await parts.all_sent()
    sent = parts.letterbox.sent
    assert {message.id for message in sent} == {message["id"] for message in written}
    doubled = 1 if point[:3] in {("carrier", "send", "after"), ("outbox", "sent", "before")} else 0
    assert len(sent) == len(written) + doubled == 2 + doubled
    assert len({(message.id, message.body) for message in sent}) == 2
    (mail,) = {message.attachments for message in sent if message.channel == "email"}
    assert mail[0].data.startswith(b"%PDF")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a customer reads when nothing crashes."""

    async def run() -> list[str]:
        async with open_parts(tmp_path_factory.mktemp("undisturbed")) as parts:
            session_id = await parts.open_session()
            await parts.converse(session_id, "C01")
            return await check_the_end(parts, session_id)

    return asyncio.run(run())


async def test_whoever_follows_is_told_to_forget_the_broken_attempt(tmp_path: Path) -> None:
    async with open_parts(tmp_path, ("turns", "finish", "before", 1)) as parts:
        session_id = await parts.open_session()
        with parts.following(await parts.sessions.get(session_id)) as log:
            assert await converse_until_crash(parts, session_id) is not None
            seen = log.last_id
    async with open_parts(tmp_path) as parts:
        session = await parts.sessions.get(session_id)
        assert await parts.runner.resume_unfinished() == 1
        with parts.following(session) as log:
            events = []
            async for event in follow(log, log.last_id):
                events.append(event)
                if event.is_last:
                    break
    assert events[0].id > seen > 0
    assert (events[0].type, events[0].more) == ("reset", {"message_id": "m-0"})
    assert (events[-1].type, events[-1].more["message_id"]) == ("end", "m-0")
    chunks = [event.content for event in events if event.type == "message"]
    assert "".join(chunks) == events[-1].content
