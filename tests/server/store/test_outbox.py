"""The outbox: each message to one sender, sealed, forgotten once it was sent, gone with its session."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from server.store.database import Database
from server.store.outbox import Outbox, OutboxHealth
from server.store.sessions import Sessions
from server.store.tables import outbox as rows
from tests.server.store.both import KINDS, SESSION, fresh_url, opened, with_session
from tests.server.store.messages import code_to, mail_to
from tools.mail import Posting


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    where = tmp_path if request.param == "sqlite" else fresh_url(request.getfixturevalue("postgres"))
    async with opened(where) as found:
        await with_session(found)
        yield found


async def put(database: Database, *postings: Posting, outbox: Outbox | None = None, session_id: str = SESSION) -> None:
    box = outbox or Outbox(database)
    await database.run(
        lambda connection: box.put(connection, session_id, database.vault.key(connection, session_id), postings)
    )
    box.announce(postings)


async def test_oldest_first_and_each_once(database: Database) -> None:
    outbox = Outbox(database)
    assert await outbox.claim("sms", 4) == []
    for number in range(5):
        await put(database, code_to(SESSION, f"m-{number}", "123456"), outbox=outbox)
        await asyncio.sleep(0.002)
    await put(database, mail_to(SESSION, "m-9"), outbox=outbox)
    claimed = await outbox.claim("sms", 4)
    assert [one.id for one in claimed] == ["m-0", "m-1", "m-2", "m-3"]
    assert [one.id for one in await outbox.claim("sms", 4)] == ["m-4"]
    assert await outbox.claim("sms", 4) == []
    assert [one.id for one in await outbox.claim("email", 4)] == ["m-9"]
    assert claimed[0].posting is not None and claimed[0].posting.message.body == "123456 is your code."
    assert claimed[0].tries == 1 and claimed[0].session_id == SESSION


async def test_a_posting_comes_out_as_it_went_in(database: Database) -> None:
    posting = mail_to(SESSION, "m-1", to="asha@example.com", until=datetime(2027, 1, 1, tzinfo=UTC))
    posting = Posting(posting.message, posting.until, ("letter-1", "letter.pdf"))
    await put(database, posting)
    (claimed,) = await Outbox(database).claim("email", 4)
    assert claimed.posting == posting


async def test_several_senders_share_the_work(database: Database) -> None:
    await put(database, *(code_to(SESSION, f"m-{number}", "123456") for number in range(20)))
    claims = await asyncio.gather(*(Outbox(database).claim("sms", 5) for _ in range(8)))
    found = [one.id for claimed in claims for one in claimed]
    assert len(found) == len(set(found))
    rest = [one.id for one in await Outbox(database).claim("sms", 20)]  # what was skipped for being locked
    assert {*found, *rest} == {f"m-{number}" for number in range(20)} and not set(found) & set(rest)


async def test_a_claim_runs_out(database: Database) -> None:
    await put(database, code_to(SESSION, "m-1", "123456"))
    outbox = Outbox(database)
    assert await outbox.claim("sms", 4)
    assert await outbox.claim("sms", 4) == []
    await database.run(lambda connection: connection.execute(update(rows).values(next_try=rows.c.next_try - 61_000)))
    (again,) = await outbox.claim("sms", 4)
    assert again.tries == 2
    await outbox.free_claims()
    (again,) = await outbox.claim("sms", 4)
    assert again.tries == 3


@pytest.mark.parametrize("ahead", [timedelta(hours=-1), timedelta(0), timedelta(hours=1)])
async def test_a_clock_that_is_wrong_makes_nothing_late(database: Database, ahead: timedelta) -> None:
    right = code_to(SESSION, "m-1", "123456")
    message = replace(right.message, created_at=right.message.created_at + ahead)
    await put(database, Posting(message, right.until + ahead))
    (claimed,) = await Outbox(database).claim("sms", 4)
    assert not claimed.too_late


async def test_what_is_put_off_waits(database: Database) -> None:
    await put(database, code_to(SESSION, "m-1", "123456"))
    outbox = Outbox(database)
    for seconds, found in ((3600.0, 0), (-1.0, 1)):
        (claimed,) = await outbox.claim("sms", 4)
        await outbox.put_off(claimed, seconds)
        assert len(await outbox.claim("sms", 4)) == found
        await outbox.free_claims()


async def test_whose_claim_ran_out_decides_nothing(database: Database) -> None:
    """A process that was paused in the middle of sending wakes up beside the one that took over."""
    await put(database, code_to(SESSION, "m-1", "123456"))
    outbox = Outbox(database)
    (paused,) = await outbox.claim("sms", 4)
    await outbox.free_claims()
    (other,) = await outbox.claim("sms", 4)
    await outbox.give_up(paused)
    await outbox.put_off(paused, -1.0)
    assert await outbox.claim("sms", 4) == []
    assert await outbox.sent(other.id)
    await outbox.give_up(paused)
    assert (await outbox.health()).failed == 0


@pytest.mark.parametrize("keep", [True, False])
async def test_a_message_that_was_sent_is_forgotten(database: Database, keep: bool) -> None:
    outbox = Outbox(database, keep_sent=keep)
    await put(database, code_to(SESSION, "m-1", "123456"))
    assert [message["id"] for message in await outbox.list_messages(SESSION)] == ["m-1"]
    await outbox.claim("sms", 4)
    assert await outbox.sent("m-1")
    assert [message["id"] for message in await outbox.list_messages(SESSION)] == (["m-1"] if keep else [])
    (row,) = await database.run(lambda connection: connection.execute(select(rows)).all())
    assert row.state == "sent" and row.sent_at and (row.message is not None) == keep
    await outbox.free_claims()
    assert await outbox.claim("sms", 4) == []


async def test_health(database: Database) -> None:
    outbox = Outbox(database)
    assert await outbox.health() == OutboxHealth(0, 0.0, 0)
    await put(database, code_to(SESSION, "m-1", "1"), code_to(SESSION, "m-2", "2"), mail_to(SESSION, "m-3"))
    claimed = {message.id: message for message in await outbox.claim("sms", 4)}
    await outbox.sent("m-1")
    await outbox.give_up(claimed["m-2"])
    health = await outbox.health()
    assert (health.waiting, health.failed) == (1, 1) and 0 <= health.oldest_seconds < 3600


async def test_nothing_of_it_can_be_read_in_the_row_or_moved_to_another(database: Database) -> None:
    await with_session(database, "s-2")
    await put(database, code_to(SESSION, "m-1", "731946"), mail_to(SESSION, "m-2", to="asha@example.com"))
    found = await database.run(lambda connection: connection.execute(select(rows).order_by(rows.c.id)).all())
    for row in found:
        assert not any(plain in bytes(row.message) for plain in (b"731946", b"asha@example.com", b"9000000001"))
    moved = update(rows).where(rows.c.id == "m-2").values(message=found[0].message)
    await database.run(lambda connection: connection.execute(moved))
    elsewhere = update(rows).where(rows.c.id == "m-1").values(session_id="s-2")
    await database.run(lambda connection: connection.execute(elsewhere))
    outbox = Outbox(database)
    assert [one.posting for one in (*await outbox.claim("email", 4), *await outbox.claim("sms", 4))] == [None, None]
    assert await outbox.list_messages(SESSION) == await outbox.list_messages("s-2") == []


async def test_it_goes_with_its_session(database: Database) -> None:
    acts = await with_session(database, "s-2")
    await put(database, code_to(SESSION, "m-1", "1"))
    await put(database, code_to("s-2", "m-2", "2"), session_id="s-2")
    outbox = Outbox(database)
    await outbox.forget(SESSION)
    assert [one.id for one in await outbox.claim("sms", 4)] == ["m-2"]
    await Sessions(database, acts).erase("s-2")
    assert not await outbox.sent("m-2")
    assert await outbox.health() == OutboxHealth(0, 0.0, 0)
