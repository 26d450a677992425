"""Notices: complete in every language, with a version and a digest that every word counts in."""

from dataclasses import replace

import pytest

from kb.lender import load_lender
from kb.notices import LANGUAGES, notice
from tools.consents import PURPOSES

LENDER = load_lender()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_notice_lists_what_the_law_wants(purpose: str, language: str) -> None:
    found = notice(purpose, language, LENDER)
    english = notice(purpose, "en", LENDER)
    assert found.language == language
    assert found.version == english.version
    assert len(found.data) == len(english.data)
    assert all((found.title, found.purpose, found.without_it, found.withdraw))
    assert LENDER.grievance_officer.phone in found.complain
    assert "{" not in "".join(map(str, found.as_dict().values()))


def test_a_language_that_has_none_reads_english() -> None:
    assert notice("kyc", "ta", LENDER).language == "en"


def test_the_digest_is_of_every_word() -> None:
    found = notice("kyc", "en", LENDER)
    assert len({replace(found, **{name: "x"}).sha256 for name in ("title", "purpose", "withdraw", "version")}) == 4
    assert notice("kyc", "hi", LENDER).sha256 != found.sha256
    assert found.sha256 == notice("kyc", "en", load_lender()).sha256
