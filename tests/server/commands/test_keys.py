"""`esoteric keys rotate`: after it the older secret is needed no more, beside a running service too."""

import asyncio
import threading
from pathlib import Path

import pytest

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.ledgers import Uploads
from server.store.sessions import Sessions
from server.store.vault import Damaged
from tests.command import command_here
from tests.driver import Conversation, converse
from tests.keys import vault
from tests.service import Service, service_in_thread

FIRST, SECOND, THIRD = ("a first secret", "a second secret", "a third secret")
NOW = "2026-12-01T10:00:00+00:00"


async def made(data_dir: Path, *names: str) -> None:
    database = Database.sqlite(data_dir / "esoteric.db", vault=vault(FIRST.encode()))
    await database.migrate()
    for name in names:
        await Sessions(database, ActsWriter(database, [b"k"])).create(name, "loan", f"Hello {name}", {}, NOW)
        await Uploads(database).keep(name, f"slip of {name}", "salary_slip", "pdf", name.encode())
    await database.close()


async def check_opens(data_dir: Path, secret: str, *names: str) -> None:
    database = Database.sqlite(data_dir / "esoteric.db", vault=vault(secret.encode()))
    for name in names:
        sessions = Sessions(database, ActsWriter(database, [b"k"]))
        assert [entry["content"] for entry in await sessions.transcript(name)] == [f"Hello {name}"]
        assert await Uploads(database).read(name, f"slip of {name}") == name.encode()
    await database.close()


def test_all_keys_are_under_the_new_secret_then(tmp_path: Path) -> None:
    names = tuple(f"s{number:03}" for number in range(450))
    asyncio.run(made(tmp_path, *names))
    done = command_here(tmp_path, "keys", "rotate", SECRET_KEY=SECOND, PREVIOUS_SECRET_KEY=FIRST)
    assert (done.exit_code, done.output) == (0, "450 session keys and 0 kept records are now under SECRET_KEY\n")
    asyncio.run(check_opens(tmp_path, SECOND, *names))
    with pytest.raises(Damaged):
        asyncio.run(check_opens(tmp_path, FIRST, names[0]))
    again = command_here(tmp_path, "keys", "rotate", SECRET_KEY=SECOND)
    assert (again.exit_code, again.output) == (0, "0 session keys and 0 kept records are now under SECRET_KEY\n")


def test_what_no_secret_opens_is_counted(tmp_path: Path) -> None:
    asyncio.run(made(tmp_path, "one", "two"))
    done = command_here(tmp_path, "keys", "rotate", SECRET_KEY=THIRD, PREVIOUS_SECRET_KEY=SECOND)
    assert done.exit_code == 1
    assert "2 are under neither SECRET_KEY nor PREVIOUS_SECRET_KEY" in done.output
    asyncio.run(check_opens(tmp_path, FIRST, "one", "two"))


def test_no_database(tmp_path: Path) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:9/none"
    done = command_here(tmp_path, "keys", "rotate", SECRET_KEY=SECOND, DATABASE_URL=nowhere)
    assert done.exit_code == 2
    assert done.output.startswith("the database cannot be reached")


def test_twice_under_load(data_dir: Path) -> None:
    """Old conversations go on, new ones begin, and the decision that was kept of a sanctioned loan still opens."""
    talked: list[tuple[str, int]] = []
    with service_in_thread(data_dir, secret_key=FIRST) as service:
        erased = Conversation(service)
        converse(erased, "C01")
        decision = erased.get("/decision")["decision_id"]
        erased.http.delete(f"/api/v1/sessions/{erased.session_id}").raise_for_status()
        talked += begin(service, 3)
    for newest, previous in ((SECOND, FIRST), (THIRD, SECOND)):
        with service_in_thread(data_dir, secret_key=newest, previous_secret_key=previous) as service:
            stop = threading.Event()
            load = threading.Thread(target=keep_talking, args=(service, talked, stop))
            load.start()
            done = command_here(data_dir, "keys", "rotate", SECRET_KEY=newest, PREVIOUS_SECRET_KEY=previous)
            stop.set()
            load.join()
            assert done.exit_code == 0, done.output
            assert done.output.endswith("and 1 kept records are now under SECRET_KEY\n")
    with service_in_thread(data_dir, secret_key=THIRD) as service:
        for session_id, lakhs in talked:
            with Conversation(service, session_id=session_id) as conversation:
                assert conversation.say("24 months")["loan_application"]["desired_amount"] == 100_000 * lakhs
    shown = command_here(data_dir, "replay", decision, SECRET_KEY=THIRD)
    assert "the date of birth was erased" in shown.output


def begin(service: Service, count: int) -> list[tuple[str, int]]:
    begun = []
    for number in range(count):
        with Conversation(service) as conversation:
            conversation.say(f"I need {number + 2} lakh")
            begun.append((conversation.session_id, number + 2))
    return begun


def keep_talking(service: Service, talked: list[tuple[str, int]], stop: threading.Event) -> None:
    while not stop.is_set():
        for session_id, lakhs in list(talked[:3]):
            with Conversation(service, session_id=session_id) as conversation:
                said = conversation.say(f"I need {lakhs} lakh")
                assert said["loan_application"]["desired_amount"] == 100_000 * lakhs
        talked += begin(service, 1)
