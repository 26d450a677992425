"""An erasure begins with the key. Cut short after that, the session is gone, and its rows go at the next start."""

from pathlib import Path

import pytest

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.ledgers import SqlPapers, Uploads
from server.store.sessions import Sessions, UnknownSession
from tests.contract.test_problems import check_problem
from tests.driver import Conversation, converse
from tests.keys import SECRET, vault
from tests.service import service_in_thread

NOW = "2026-12-01T10:00:00+00:00"


@pytest.mark.parametrize("step", ["forget", "delete"])
def test_cut_short(data_dir: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def cut(*_: object) -> None:
        raise OSError("no power")

    with service_in_thread(data_dir) as service:
        erased, other = Conversation(service), Conversation(service)
        converse(erased, "C01")
        other.say("I need 3 lakh")
        assert service.house is not None
        if step == "forget":
            monkeypatch.setattr(service.house.erasure, "_forgets", (cut,))
        else:
            monkeypatch.setattr(service.house.sessions, "delete", cut)
        path = f"/api/v1/sessions/{erased.session_id}"
        assert erased.http.delete(path).status_code == 500
        check_gone(erased)
        session_id = erased.session_id
    with service_in_thread(data_dir) as service, Conversation(service, session_id=other.session_id) as other:
        assert other.say("24 months")["loan_application"]["desired_amount"] == 300_000
        check_gone(Conversation(service, session_id=session_id))
    for file in data_dir.rglob("esoteric.db*"):
        assert session_id.encode() not in file.read_bytes()


def check_gone(conversation: Conversation) -> None:
    path = f"/api/v1/sessions/{conversation.session_id}"
    for answer in (
        conversation.http.get(path),
        conversation.http.get(f"{path}/messages"),
        conversation.http.post("/api/v1/chat", json={"message": "Hi", "session_id": conversation.session_id}),
        conversation.http.delete(path),
    ):
        check_problem(answer, 404)


async def test_another_replica_that_remembers_the_key_finds_nothing(tmp_path: Path) -> None:
    here, there = (Database.sqlite(tmp_path / "esoteric.db", vault=vault()) for _ in range(2))
    await here.migrate()
    acts = ActsWriter(here, [SECRET])
    await Sessions(here, acts).create("one", "loan", "Hello", {}, NOW)
    assert (await Sessions(there, acts).get("one")).session_id == "one"
    await Sessions(here, acts).destroy_key("one")
    assert there.vault.known("one") is not None
    for read in (Sessions(there, acts).get, Sessions(there, acts).transcript, Sessions(there, acts).latest_decision):
        with pytest.raises(UnknownSession):
            await read("one")
    with pytest.raises(UnknownSession):
        await Uploads(there).keep("one", "document", "salary_slip", "pdf", b"slip")
    assert await SqlPapers(there).session_of_letter("none") is None
    await here.close()
    await there.close()
