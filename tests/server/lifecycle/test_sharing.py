"""Whoever runs several replicas on one database learns what they must be given alike."""

import logging
from pathlib import Path

import pytest

from server.lifecycle.sharing import made_for_itself, tell_what_is_not_shared
from server.settings import load_settings
from tests.server.access.callers import SECRET as STRONG

DATABASE = {"_env_file": None, "database_url": "postgresql://localhost/esoteric"}
SECRET = "one secret for all the replicas of this test"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"_env_file": None}, []),
        (DATABASE, ["SECRET_KEY", "LETTER_SIGNING_FILE"]),
        (DATABASE | {"secret_key": SECRET}, ["LETTER_SIGNING_FILE"]),
        (DATABASE | {"secret_key": SECRET, "letter_signing_file": Path("letters.p12")}, []),
        (DATABASE | {"secret_key": STRONG, "environment": "production"}, []),
    ],
)
def test_what_a_process_would_make_for_itself(
    given: dict[str, object], missing: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    settings = load_settings(**given)
    assert made_for_itself(settings) == missing
    with caplog.at_level(logging.WARNING, "esoteric.sharing"):
        tell_what_is_not_shared(settings)
    assert [record.reason.partition(" ")[0] for record in caplog.records] == missing  # type: ignore[attr-defined]
    assert {record.message for record in caplog.records} <= {"replica.stands_alone"}
