"""Sessions that waited for a person before there were cases."""

import asyncio
from pathlib import Path

from server.cases.desk import CaseDesk
from server.store.acts import ActsWriter
from server.store.cases import Cases
from server.store.database import Database
from server.store.sessions import Sessions
from server.turns.lanes import Submission, Turn, TurnFailed
from tests.keys import vault
from tests.server.cases.office import Office, under_review
from tests.service import Service

SECRET = b"0f1e2d3c4b5a69788796a5b4c3d2e1f0"


async def test_each_is_asked_for_its_case_once(tmp_path: Path) -> None:
    database, told = Database.sqlite(tmp_path / "esoteric.db", vault=vault()), list[tuple[str, Submission]]()
    await database.migrate()

    async def submit(session_id: str, submission: Submission) -> Turn:
        told.append((session_id, submission))
        raise TurnFailed

    audit = ActsWriter(database, [SECRET])
    try:
        for name, status in (("one", "under_review"), ("two", "offer_made")):
            view = {"loan_application": {"status": status}}
            await Sessions(database, audit).create(name, "loan", "Hello", view, "2026-12-01T00:00:00+00:00")
        desk = CaseDesk(Cases(database, audit), audit, lambda _: None, submit)  # type: ignore[arg-type, return-value]
        assert await desk.open_missing() == 1
    finally:
        await database.close()
    ((session_id, submission),) = told
    assert (session_id, submission.act, submission.message_id) == ("one", {"kind": "review"}, "case-of-one")


def test_who_has_a_case_or_a_decision_that_is_not_told_yet_needs_none(service: Service, office: Office) -> None:
    conversation = under_review(service, "C06")
    case = office.maker.case_of(conversation)
    assert service.house is not None
    desk = service.house.cases
    assert conversation.session_id not in asyncio.run(_missing(service))
    telling, desk._submit = desk._submit, _broken
    try:
        office.maker.do("decline", case)
    finally:
        desk._submit = telling
    assert conversation.session_id not in asyncio.run(_missing(service))


async def _missing(service: Service) -> list[str]:
    database = Database.sqlite(service.data_dir / "esoteric.db")
    try:
        return await Cases(database, None).missing()  # type: ignore[arg-type]
    finally:
        await database.close()


async def _broken(_session_id: str, _submission: Submission) -> Turn:
    raise TurnFailed
