import shutil
from datetime import date
from pathlib import Path

import pytest

from server.evaluation.sets import SetsError, read_sets
from tests.dialogues.test_dialogues import FOLDERS
from tests.kb.recall import FILES, labelled, off_topic

HERE = Path(__file__).parents[2]


def test_the_sets_of_this_repository_are_all_of_its_labelled_cases() -> None:
    sets = read_sets(HERE)
    names = {of: [case.name for case in sets.cases if case.set == of] for of in ("dialogues", "knowledge")}
    assert {name.partition(":")[0] for name in names["dialogues"]} == FOLDERS
    questions = [row.query for file in FILES for row in labelled(file)]
    assert names["knowledge"] == [*questions, *off_topic()]
    assert all(len(set(of)) == len(of) for of in names.values()), "a name stands for one case"
    assert sets.as_of == date(2026, 12, 1)
    assert set(sets.least) == {"embedded", "model"}


def test_what_a_customer_does_and_what_must_be_seen_are_told_apart() -> None:
    cases = {case.name: case for case in read_sets(HERE, "dialogues").cases}
    case = cases["digressions: a question about an option chooses none"]
    assert case.inputs["records"] == {"existing_emi": 9000}
    assert case.inputs["steps"][6] == {"you": "what is the EMI of option 2?"}
    assert case.expected["steps"][6] == {"status": "offer_made", "awaiting": "offer_decision"}
    assert len(case.inputs["steps"]) == len(case.expected["steps"])


def test_a_few_of_one_set() -> None:
    assert [case.set for case in read_sets(HERE, limit=2).cases] == ["dialogues"] * 2 + ["knowledge"] * 2
    assert {case.set for case in read_sets(HERE, "knowledge").cases} == {"knowledge"}


def test_sets_that_are_not_there_or_broken_are_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(SetsError, match=r"no evaluation\.toml in"):
        read_sets(tmp_path)
    shutil.copy(HERE / "evaluation.toml", tmp_path)
    with pytest.raises(SetsError, match=r"no queries\.jsonl in"):
        read_sets(tmp_path)
    (tmp_path / "evaluation.toml").write_text("policy_as_of = ")
    with pytest.raises(SetsError, match="cannot be read") as refused:
        read_sets(tmp_path)
    assert "\n" not in str(refused.value)
