"""Replay: a stored decision is made again from what is stored, byte for byte, also under a policy that was replaced."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb.policy import Policy, PolicyBook
from tests.command import command_here
from tests.driver import policy_cases
from tests.keys import vault
from tests.policy_versions import NEWER, OLDER, two_versions
from tests.server.parts import AS_OF, KEY, open_parts
from tools.policy import Applicant, Request, Waiver, decide, decide_before_bureau
from tools.policy.dry_run import merged
from tools.policy.record import NotReplayable, canonical, decision_record, replay

PERSONAL = {"name", "pan", "phone", "email", "address", "pincode", "city", "customer_id", "employer", "sex"}
Cases = list[tuple[str, Applicant, Request, str]]


def cases() -> Cases:
    """Every case of the policy's vectors, under both profiles."""
    customers = {one["customer_id"]: one for one in policy_cases()["customers"]}
    found: Cases = []
    for case in policy_cases()["cases"]:
        applicant = Applicant.from_dict(merged(customers[case["customer"]], case["override"]))
        request = Request.from_dict(case["request"])
        found += [(case["id"], applicant, request, profile) for profile in ("default", "challenge_strict")]
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case[0]}-{case[3]}")
def test_every_vector_replays_to_the_same_bytes(case: tuple[str, Applicant, Request, str]) -> None:
    _, applicant, request, profile = case
    policy = PolicyBook.read(profile).on(AS_OF)
    made = decision_record("EF-1", applicant, request, policy, decide(applicant, request, policy, AS_OF))
    stored = json.loads(json.dumps(made))
    assert canonical(replay(stored, policy)) == canonical(stored)
    early = decide_before_bureau(applicant, request, policy, AS_OF)
    if early is not None:  # decided without a report, and replayed all the same
        stored = json.loads(json.dumps(decision_record("EF-1", applicant, request, policy, early)))
        assert canonical(replay(stored, policy)) == canonical(stored)


def test_no_input_tells_who_it_is() -> None:
    _, applicant, request, _ = cases()[0]
    policy = PolicyBook.read("default").on(AS_OF)
    inputs = decision_record("EF-1", applicant, request, policy, decide(applicant, request, policy, AS_OF))["inputs"]
    assert not PERSONAL & (inputs["applicant"].keys() | inputs["request"].keys())


def stored_case(policy: Policy, amount: int = 100_000) -> dict[str, Any]:
    _, applicant, _, _ = cases()[0]
    request = Request(amount, 24, None, consent=True)
    day = policy.effective_from.replace(day=2)
    made = decision_record("EF-1", applicant, request, policy, decide(applicant, request, policy, day))
    found: dict[str, Any] = json.loads(json.dumps(made))
    return found


def test_an_older_version_stays_runnable(tmp_path: Path) -> None:
    book = PolicyBook.read("default", two_versions(tmp_path))
    older = book.on(date(2026, 3, 31))
    record = stored_case(older, 450_000)
    assert record["policy_version"] == OLDER != book.on(AS_OF).version
    named = book.named(record["policy_id"], record["policy_version"])
    assert named is not None
    assert canonical(replay(record, named)) == canonical(record)
    newer = book.on(AS_OF)
    assert decide(*_read(record), newer, older.effective_from).as_dict()["reasons"] != record["reasons"]


def _read(record: dict[str, Any]) -> tuple[Applicant, Request]:
    inputs = record["inputs"]
    return Applicant.from_dict(inputs["applicant"]), Request.from_dict(inputs["request"])


def test_what_officers_waived_replays() -> None:
    policy = PolicyBook.read("default").on(AS_OF)
    _, applicant, request, _ = next(case for case in cases() if case[0] == "P001")
    reviewed = replace(applicant, applications_30d=5)
    assert decide(reviewed, request, policy, AS_OF).reasons == ("R-VELOCITY",)
    waived = replace(request, waived=(Waiver("M-05", 5),))
    decision = decide(reviewed, waived, policy, AS_OF)
    assert decision.decision == "APPROVE"
    stored = json.loads(json.dumps(decision_record("EF-1", reviewed, waived, policy, decision)))
    assert stored["inputs"]["request"]["waived"]
    assert canonical(replay(stored, policy)) == canonical(stored)


def test_a_file_that_was_changed_since_is_refused(tmp_path: Path) -> None:
    policy = PolicyBook.read("default", two_versions(tmp_path)).on(AS_OF)
    record = stored_case(policy)
    path = tmp_path / f"PL-SALARIED-IN-{NEWER}.toml"
    path.write_text(path.read_text(encoding="utf-8") + "# one more remark\n", encoding="utf-8")
    with pytest.raises(NotReplayable, match="file"):
        replay(record, PolicyBook.read("default", tmp_path).on(AS_OF))


def test_inputs_that_were_erased_are_told_of() -> None:
    policy = PolicyBook.read("default").on(AS_OF)
    record = stored_case(policy)
    record["inputs"]["applicant"]["dob"] = None
    with pytest.raises(NotReplayable, match="erased"):
        replay(record, policy)
    record["inputs"]["applicant"].pop("dob")
    with pytest.raises(NotReplayable):
        replay(record, policy)


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory in which C01 was offered a loan."""
    data_dir = tmp_path_factory.mktemp("decided")

    async def talk() -> None:
        async with open_parts(data_dir) as parts:
            await parts.converse(await parts.open_session(), "C01")

    asyncio.run(talk())
    return data_dir


def the_decision(data_dir: Path) -> str:
    with closing(sqlite3.connect(data_dir / "esoteric.db")) as database:
        found: str = database.execute("SELECT decision_id FROM decisions").fetchone()[0]
        return found


def test_the_command_replays(decided: Path) -> None:
    result = command_here(decided, "replay", the_decision(decided), SECRET_KEY=KEY.decode())
    assert result.exit_code == 0, result.output
    assert "byte for byte the same" in result.stderr
    assert json.loads(result.stdout)["decision"] == "APPROVE"


def test_the_command_tells_of_a_decision_that_comes_out_otherwise(decided: Path, tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(decided / "esoteric.db")) as original,
        closing(sqlite3.connect(tmp_path / "esoteric.db")) as copy,
    ):
        original.backup(copy)
        row = copy.execute("SELECT decision_id, record, session_id, wrapped FROM decisions NATURAL JOIN session_keys")
        decision_id, sealed, session_id, wrapped = row.fetchone()
        key, place = vault(KEY).unwrap(session_id, wrapped), f"decisions.record:{decision_id}"
        record = key.open_json(place, sealed) | {"amount": 900_000}
        copy.execute("UPDATE decisions SET record = ?", (key.seal_json(place, record),))
        copy.commit()
    result = command_here(tmp_path, "replay", the_decision(tmp_path), SECRET_KEY=KEY.decode())
    assert result.exit_code == 1
    assert "NOT the same: amount" in result.stderr


def test_a_decision_under_another_secret_is_one_line(decided: Path) -> None:
    result = command_here(decided, "replay", the_decision(decided), SECRET_KEY="another")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("the decision cannot be opened: neither SECRET_KEY nor PREVIOUS_SECRET_KEY")


@pytest.mark.parametrize("name", ["NOSUCHDECISION", "' OR 1=1 --", "", "\N{SNOWMAN}"])
def test_an_unknown_decision_is_one_line(decided: Path, name: str) -> None:
    result = command_here(decided, "replay", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "DECISION_ID: there is no such decision\n"


def test_a_policy_that_is_not_there_is_one_line(decided: Path, tmp_path: Path) -> None:
    folder = two_versions(tmp_path)
    (folder / f"PL-SALARIED-IN-{NEWER}.toml").unlink()
    result = command_here(decided, "replay", the_decision(decided), "--policies", str(folder), SECRET_KEY=KEY.decode())
    assert result.exit_code == 2
    assert "not here" in result.stderr


def test_without_a_database_it_says_so_and_makes_none(tmp_path: Path) -> None:
    for command in (("replay", "X"), ("audit", "verify")):
        result = command_here(tmp_path, *command)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "cannot be read" in result.stderr
    assert list(tmp_path.iterdir()) == []
