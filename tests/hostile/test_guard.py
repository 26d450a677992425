"""Every lie of the obedient model before, behind and within what it was to say: none passes the guard of sentences."""

import re

import pytest

from agents.model.draft import Draft, runs_of
from agents.model.figures import Unfit, shown
from agents.speaking import line, phrasebook
from tests.agents.model_parts import check_reply
from tests.hostile.cases import lies, woven

LIMITS = {"min_months": 12, "max_months": 60}
DRAFTED = [
    (line("noted.desired_amount", value=200_000), line("ask.applicant_name")),
    (line("noted.loan_term_months", value=36), line("ask.purpose")),
    (line("noted.applicant_name", value="Qam Wex"), line("ask.loan_term_months", **LIMITS)),
    (line("sales.unclear"), line("ask.desired_amount")),
    (line("refuse.purpose"), line("ask.purpose")),
    (line("sales.off_topic"),),
    (line("sales.thanks"),),
    (line("ask.employer"),),
]
SENTENCES = re.compile(r"(?<=[.!?।])\s+")


@pytest.mark.parametrize("language", ["en", "hi", "hinglish"])
def test_no_lie_passes_anywhere_in_a_reply(language: str) -> None:
    tried, passed = 0, []
    for lines in DRAFTED:
        for draft in (run.draft for run in runs_of(lines, phrasebook(language)) if run.draft):
            for reply in _false(draft.text, language):
                tried += 1
                passed += [reply] * _leaves(draft, reply, language)
    assert tried > 500
    assert passed == []


@pytest.mark.parametrize("language", ["en", "hi", "hinglish"])
def test_what_was_to_be_said_passes(language: str) -> None:
    for lines in DRAFTED:
        for draft in (run.draft for run in runs_of(lines, phrasebook(language)) if run.draft):
            assert _leaves(draft, draft.text, language), draft.text


def _false(say: str, language: str) -> list[str]:
    sentences = SENTENCES.split(say)
    told = [lie for one in lies().values() for lie in one[language]]
    made = [text for lie in told for text in (f"{lie} {say}", f"{say} {lie}")]
    for end in woven()[language]:
        for at, one in enumerate(sentences):
            body = one.rstrip(".!?।")
            woven_in = (body + written + one[len(body) :] for written in (end, end.removeprefix(",")))
            made += [" ".join([*sentences[:at], changed, *sentences[at + 1 :]]) for changed in woven_in]
    return made


def _leaves(draft: Draft, reply: str, language: str) -> bool:
    try:
        check_reply(draft, language, map(shown, SENTENCES.split(reply)))
    except Unfit:
        return False
    return True
