"""The table of ASVS answers names every requirement once, and nothing that does not exist."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.supply_chain.packages import ROOT

TABLE = ROOT / "deploy" / "asvs.md"
ANSWERS = {"yes", "part", "operator", "open", "none"}
NUMBERS = {"L1": 70, "L2": 183}  # as published for 5.0.0
_ROW = re.compile(r"^\| ([\d.]+)(?:–([\d.]+))? \| (L[12]) \| (.+?) \| \*\*(\w+)\*\* ?(.*) \|$")
_NAMED = re.compile(r"`([^`]+)`")


def rows() -> Iterator[tuple[list[str], str, str, str]]:
    """Ids, level, answer and what is said to it."""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| \d", line):
            row = _ROW.match(line)
            assert row is not None, line
            yield list(ids(row[1], row[2])), row[3], row[5], row[6]


def ids(first: str, last: str | None) -> Iterator[str]:
    section, _, number = first.rpartition(".")
    end = number if last is None else last.removeprefix(f"{section}.")
    yield from (f"{section}.{each}" for each in range(int(number), int(end) + 1))


def test_every_requirement_once() -> None:
    named = [(each, level) for found, level, _, _ in rows() for each in found]
    assert [each for each, times in Counter(each for each, _ in named).items() if times > 1] == []
    assert Counter(level for _, level in named) == NUMBERS


def test_every_answer_is_one_and_says_something() -> None:
    for found, _, answer, said in rows():
        assert answer in ANSWERS, found
        assert said, found
        assert answer != "yes" or _NAMED.search(said), f"{found}: a yes names what shows it"


def references() -> list[str]:
    said = TABLE.read_text(encoding="utf-8")
    return sorted(
        {name for name in _NAMED.findall(said) if re.search(r"/.*\.\w+|^\w+\.(?:md|yaml)$|/$|^Dockerfile", name)}
    )


@pytest.mark.parametrize("reference", references())
def test_what_is_named_exists(reference: str) -> None:
    path, _, test = reference.partition("::")
    assert (ROOT / path).exists()
    if test:
        assert re.search(rf"^(?:async )?def {test}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
