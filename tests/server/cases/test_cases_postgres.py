"""Cases in Postgres, where officers truly act at the same time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("psycopg", reason="needs the extra `postgres`")

from server.store.acts import ActsWriter
from server.store.cases import Cases
from server.store.database import Database
from server.store.sessions import Sessions
from tests.keys import vault
from tests.postgres import Postgres
from tests.server.cases.office import Office, converse_on, status_of, under_review
from tests.service import Service, fresh_data_dir, service_in_thread


@pytest.fixture(scope="module")
def service(
    postgres: Postgres,
    tmp_path_factory: pytest.TempPathFactory,
    knowledge_dir: Path,
) -> Iterator[Service]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("postgres") / "var", knowledge_dir)
    with service_in_thread(data_dir, database_url=postgres.url) as running:
        yield running


def test_from_the_queue_to_the_letter(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    assert office.maker.approve(office.maker.case_of(conversation))["told"] is True
    converse_on(conversation, "C06")
    assert status_of(conversation) == "sanctioned"


def test_of_several_at_once_one_acts(service: Service, office: Office) -> None:
    conversation = under_review(service, "C08")
    people = [office.person(f"officer-{number}", "maker") for number in range(4)]
    case = people[0].case_of(conversation)
    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(lambda person: person.try_to("decline", case), people))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(people[0].look(case["case_id"])["acts"]) == 1
    assert status_of(conversation) == "rejected"


async def test_sessions_without_a_case_are_found(service: Service) -> None:
    assert service.house is not None
    database = Database.postgres(str(service.house.settings.database_url), vault=vault())
    try:
        acts = ActsWriter(database, [b"0f1e2d3c4b5a69788796a5b4c3d2e1f0"])
        waiting = {"loan_application": {"status": "under_review"}}
        await Sessions(database, acts).create("left", "loan", "Hello", waiting, "2026-12-01T00:00:00+00:00")
        assert await Cases(database, acts).missing() == ["left"]
    finally:
        await database.close()
