"""Uploads at rest: sealed, bound to their session, readable after a change of the secret, in plain nowhere."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.ledgers import Uploads
from server.store.sessions import Sessions, UnknownSession
from tests.contract.test_erasure import copies
from tests.driver import Conversation
from tests.hostile_files import picture
from tests.keys import SECRET, vault
from tests.service import Service
from tools.encryption import Damaged

NEW = b"a new secret for tests, 32 bytes."
DATA = b"%PDF-1.7 Quagga Zephyr 54,200"
CANARIES = {name: name.encode() for name in ("Quagga Zephyr", "Vermilion Okapi", "Xylograph Tarpan")}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
    await opened.migrate()
    for session_id in ("a", "b"):
        await Sessions(opened, ActsWriter(opened, [b"k" * 32])).create(
            session_id, "loan", "Hello", {}, "2026-12-01T00:00:00+00:00"
        )
    yield opened
    await opened.close()


async def test_what_is_kept_is_read_back_by_its_session_alone(database: Database) -> None:
    await Uploads(database).keep("a", "doc", "salary_slip", "pdf", DATA)
    assert await Uploads(database).read("a", "doc") == DATA
    assert await Uploads(database).read("b", "doc") is None
    assert await Uploads(database).read("a", "other") is None
    with pytest.raises(UnknownSession):
        await Uploads(database).keep("c", "doc2", "salary_slip", "pdf", DATA)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents SET session_id = 'b'",
        "UPDATE documents SET media = 'png'",
        "UPDATE documents SET data = CAST(data || x'00' AS BLOB)",
        "UPDATE documents SET data = (SELECT data FROM documents WHERE document_id = 'two') WHERE document_id = 'one'",
        "UPDATE documents SET data = x''",
    ],
)
async def test_a_row_that_was_moved_or_changed_is_refused(database: Database, change: str) -> None:
    for document_id in ("one", "two"):
        await Uploads(database).keep("a", document_id, "salary_slip", "pdf", DATA)
    await database.run(lambda connection: connection.execute(text(change)))
    session_id = "b" if "session_id" in change else "a"
    with pytest.raises(Damaged):
        await Uploads(database).read(session_id, "one")


async def test_a_change_of_the_secret(database: Database, tmp_path: Path) -> None:
    await Uploads(database).keep("a", "before", "salary_slip", "pdf", DATA)
    both = Database.sqlite(tmp_path / "esoteric.db", vault=vault(NEW, SECRET))
    assert await Uploads(both).read("a", "before") == DATA
    new_alone = Database.sqlite(tmp_path / "esoteric.db", vault=vault(NEW))
    with pytest.raises(Damaged):
        await Uploads(new_alone).read("a", "before")
    await both.close()
    await new_alone.close()


def canary_pdf() -> bytes:
    """A scan of two megabytes, so that Starlette would put it on disk, with words that nobody extracts."""
    filler = b"Quagga Zephyr " * 150_000
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Resources << >> >>",
        b"<< /Producer (Vermilion Okapi) >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(filler), filler),
    ]
    body, table = b"%PDF-1.7\n", b"xref\n0 6\n0000000000 65535 f \n"
    for number, part in enumerate(parts, 1):
        table += b"%010d 00000 n \n" % len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    return body + table + b"trailer << /Size 6 /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def test_in_plain_nowhere(own_service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the database nor in its log nor in a temporary file: there is no place for one here."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is no such folder"))
    picked = picture("jpeg")
    with_words = picked[:2] + b"\xff\xfe\x00\x11Quagga Zephyr  " + picked[2:]
    with Conversation(own_service) as conversation:
        for data in (canary_pdf(), with_words):
            assert any(canary in data for canary in CANARIES.values())
            assert conversation.upload(data, "Xylograph Tarpan.pdf").status_code == 201
        database = own_service.data_dir / "esoteric.db"
        assert database.stat().st_size + database.with_name("esoteric.db-wal").stat().st_size > len(canary_pdf())
        assert copies(own_service.data_dir, CANARIES) == {}
