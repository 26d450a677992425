"""All versions of the policy: chosen by the business date, kept for ever."""

from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from agents.embedded import embedded_services
from kb.policy import PolicyBook, PolicyError, profiles
from tests.policy_versions import NEWER, OLDER, two_versions
from tools.clock import Clock


def test_the_version_in_force_on_a_day(tmp_path: Path) -> None:
    book = PolicyBook.read("default", two_versions(tmp_path))
    assert book.on(date(2026, 3, 31)).version == OLDER
    assert book.on(date(2026, 4, 1)).version == NEWER
    with pytest.raises(PolicyError, match="in force"):
        book.on(date(2025, 3, 31))


def test_a_version_by_its_name(tmp_path: Path) -> None:
    book = PolicyBook.read("default", two_versions(tmp_path))
    assert {version: book.named("PL-SALARIED-IN", version) is not None for version in (OLDER, NEWER, "1")} == {
        OLDER: True,
        NEWER: True,
        "1": False,
    }
    assert book.named("PL-OTHER", NEWER) is None


def test_versions_have_their_files_digests(tmp_path: Path) -> None:
    book = PolicyBook.read("default", two_versions(tmp_path))
    digests = {book.on(day).sha256 for day in (date(2026, 3, 1), date(2026, 5, 1))}
    assert len(digests) == 2 and all(len(digest) == 64 for digest in digests)
    packaged = PolicyBook.read("default").on(date(2026, 5, 1))
    assert packaged.sha256 in digests


def test_two_versions_of_one_day_are_refused(tmp_path: Path) -> None:
    policy = PolicyBook.read("default").on(date(2026, 12, 1))
    with pytest.raises(PolicyError, match="one day"):
        PolicyBook([policy, policy])
    with pytest.raises(PolicyError, match="no credit policy"):
        PolicyBook([])
    with pytest.raises(PolicyError):
        PolicyBook.read("no such profile")


@pytest.mark.parametrize("profile", profiles())
def test_every_packaged_version_can_be_read(profile: str) -> None:
    files = [entry for entry in resources.files("kb.policy").iterdir() if entry.name.endswith(".toml")]
    assert PolicyBook.read(profile).on(date(2026, 12, 1)).version == NEWER
    assert files


def test_a_process_that_lives_past_an_effective_date_decides_by_the_new_version(tmp_path: Path) -> None:
    book = PolicyBook.read("default", two_versions(tmp_path))
    services = replace(embedded_services(), policies=book, clock=Clock(date(2026, 3, 31)))
    assert services.policy.version == OLDER
    services = replace(services, clock=Clock(date(2026, 4, 1)))
    assert services.policy.version == NEWER
    made_before = {"policy_id": "PL-SALARIED-IN", "policy_version": OLDER}
    assert services.policy_of(made_before).version == OLDER
    assert services.policy_of(None).version == NEWER
    assert services.policy_of({"policy_id": "gone", "policy_version": "0"}).version == NEWER
