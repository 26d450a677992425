"""The same service over Postgres: migrations, whole conversations, pruning, erasure, a restart of the database."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

pytest.importorskip("psycopg", reason="needs the extra `postgres`")

from tests.driver import Conversation, Transport, converse, customers
from tests.keys import SECRET
from tests.postgres import Postgres
from tests.service import Service, fresh_data_dir, service_in_thread

RECOVERY_SECONDS = 10


@pytest.fixture(scope="module")
def service(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("postgres") / "var", knowledge_dir)
    with service_in_thread(data_dir, database_url=postgres.url, secret_key=SECRET.decode()) as running:
        yield running


def rows(postgres: Postgres, table: str) -> list[str]:
    """The lines of a table's dump."""
    found = re.search(rf"^COPY public\.{table} [^\n]*\n(.*?)^\\\.$", postgres.dump(), re.MULTILINE | re.DOTALL)
    assert found, f"there is no table {table}"
    return found.group(1).splitlines()


@pytest.mark.parametrize(("transport", "customer_id"), [("rest", "C01"), ("sse", "C16"), ("websocket", "C03")])
def test_whole_conversations(service: Service, transport: Transport, customer_id: str) -> None:
    with Conversation(service, transport) as conversation:
        converse(conversation, customer_id)
        application = conversation.session()["loan_application"]
        assert application["status"] == "sanctioned"
        assert conversation.http.get(application["sanction_letter_url"]).content.startswith(b"%PDF-")
        assert len(conversation.transcript()) == 1 + 2 * len(conversation.answers)
        assert conversation.get("/decision")["kfs"]["instalment"] == conversation.get("/kfs")["instalment"]


def test_nothing_of_it_is_in_the_embedded_files(service: Service) -> None:
    assert not list(service.data_dir.glob("*.db*"))


def test_a_retry_gives_the_first_answer(service: Service) -> None:
    with Conversation(service) as conversation:
        first = conversation.say("I need 3 lakh", message_id="m-1")
        again = conversation.say("I need 3 lakh", message_id="m-1")
        assert again["message"] == first["message"]
        assert len(conversation.transcript()) == 3


def test_twenty_sessions_at_once(service: Service) -> None:
    def talk(number: int) -> int:
        with Conversation(service) as conversation:
            for text in (f"I need {100 + number} thousand", "My name is Aarav Mehta", "24 months"):
                conversation.say(text)
            amount: int = conversation.session()["loan_application"]["desired_amount"]
            return amount

    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(talk, range(20))) == [1000 * (100 + number) for number in range(20)]


def test_two_messages_at_once(service: Service) -> None:
    with Conversation(service) as conversation, ThreadPoolExecutor(2) as threads:
        others = [Conversation(service, session_id=conversation.session_id) for _ in range(2)]
        texts = ["I need 3 lakh", "My name is Aarav Mehta"]
        list(threads.map(lambda pair: pair[0].say(pair[1]), zip(others, texts, strict=True)))
        assert conversation.session()["awaiting"] == ["loan_term_months", "purpose"]
        assert sorted(entry["content"] for entry in conversation.transcript() if entry["role"] == "user") == texts


def test_checkpoints_are_pruned(service: Service, postgres: Postgres) -> None:
    with Conversation(service) as conversation:
        for number in range(25):
            conversation.say(f"I need {100 + number} thousand")
        kept = [row for row in rows(postgres, "checkpoints") if row.startswith(conversation.session_id)]
        assert 1 <= len(kept) <= 13
        assert conversation.say("24 months")["loan_application"]["desired_amount"] == 124_000


def test_what_is_personal_is_not_in_plain_columns_of_checkpoints(service: Service, postgres: Postgres) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C10", until="offer_decision")
        mine = "\n".join(row for row in rows(postgres, "checkpoints") if row.startswith(conversation.session_id))
    customer = customers()["C10"]
    assert mine
    assert not [name for name in ("pan", "phone", "name", "email") if customer[name] in mine]


def test_delete_erases(service: Service, postgres: Postgres) -> None:
    customer = customers()["C02"]
    personal = [customer[name] for name in ("name", "pan", "phone", "email", "dob")]
    with Conversation(service) as conversation:
        converse(conversation, "C02")
        assert conversation.session_id in postgres.dump()
        conversation.http.delete(f"/api/v1/sessions/{conversation.session_id}").raise_for_status()
        assert conversation.http.get(f"/api/v1/sessions/{conversation.session_id}").status_code == 404
        dump = postgres.dump()
    assert conversation.session_id not in dump
    assert not [value for value in personal if value in dump]
    # Blobs are dumped as hexadecimal digits.
    assert not [value for value in personal if value.encode().hex() in dump]


def test_a_second_service_finds_the_schema_and_the_sessions(
    service: Service, postgres: Postgres, data_dir: Path
) -> None:
    with Conversation(service) as conversation:
        conversation.say("I need 3 lakh")
        with service_in_thread(data_dir, database_url=postgres.url, secret_key=SECRET.decode()) as second:
            there = Conversation(second, session_id=conversation.session_id)
            assert there.transcript() == conversation.transcript()
            assert there.say("My name is Aarav Mehta")["awaiting"] == ["loan_term_months", "purpose"]
    assert len(rows(postgres, "alembic_version")) == 1


def test_a_restart_of_the_database(service: Service, postgres: Postgres) -> None:
    """Nothing that was acknowledged is lost, and the service is back within seconds without a restart of its own."""
    with Conversation(service) as conversation:
        converse(conversation, "C04", until="offer_decision")
        before = conversation.transcript()
        postgres.stop()
        down = conversation.http.get(f"/api/v1/sessions/{conversation.session_id}")
        assert down.status_code >= 500
        assert down.headers["content-type"] == "application/problem+json"
        postgres.start()
        deadline = time.monotonic() + RECOVERY_SECONDS
        body = {"message": "yes, I accept", "message_id": "again", "session_id": conversation.session_id}
        while (answer := _try(conversation.http, body)) is None:
            assert time.monotonic() < deadline, "the service did not recover"
            time.sleep(0.1)
        assert answer["awaiting"] == ["kfs_acknowledgement"]
        transcript = conversation.transcript()
        assert transcript[: len(before)] == before
        assert len(transcript) == len(before) + 2


def _try(client: httpx.Client, body: dict[str, str]) -> "dict[str, object] | None":
    response = client.post("/api/v1/chat", json=body)
    if response.status_code >= 500:
        return None
    found: dict[str, object] = response.raise_for_status().json()
    return found
