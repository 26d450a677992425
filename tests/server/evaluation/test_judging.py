"""Whether the judge can fail: each evaluator on a turn that is right and on one that is not."""

from typing import Any

import pytest

from agents.application import Application
from agents.speaking import Line, line, phrasebook
from server.evaluation.judging import against_reply, against_state, foreign_figures, spoken_in, told_clauses
from server.evaluation.talk import Turn

LINES = [line("noted.desired_amount", value=300_000), line("ask.loan_term_months", min_months=12, max_months=60)]


def turn(lines: list[Line], reply: str | None = None, language: str = "en", **application: Any) -> Turn:
    state = Application(language=language, **application)
    return Turn(reply or phrasebook(language).compose(lines), lines, application=state, awaiting=["loan_term_months"])


def test_state() -> None:
    seen = turn(LINES, status="initiated", desired_amount=300_000)
    held = {"awaiting": "loan_term_months", "status": "initiated", "facts": {"purpose": "none"}, "same": ["status"]}
    assert against_state(held, seen, {"status": "initiated"}) == []
    broken = {"awaiting": "", "status": "sanctioned", "facts": {"desired_amount": 1}, "same": ["desired_amount"]}
    assert len(against_state(broken, seen, {"desired_amount": 2})) == 4


def test_reply() -> None:
    seen = turn(LINES)
    assert against_reply({"says": ["3,00,000", "12 to 60"], "never": "approved"}, seen) == []
    assert against_reply({"says": "5,00,000", "never": "loan"}, seen) == ["does not say '5,00,000'", "says 'loan'"]


@pytest.mark.parametrize("reply", ["₹3 lakh it is. For 12 to 60 months?", "One moment: 300000, over 12 or 60 months?"])
def test_figures_of_the_facts_may_be_written_otherwise(reply: str) -> None:
    assert foreign_figures(turn(LINES, reply)) == []


@pytest.mark.parametrize(
    "reply", ["₹3,50,000 it is.", "₹3,00,000 at 9.5% then?", "₹3 lakh over four years?", "तीन लाख, 72 महीने?"]
)
def test_a_figure_that_is_in_no_fact(reply: str) -> None:
    assert len(foreign_figures(turn(LINES, reply))) == 1


@pytest.mark.parametrize("language", ["en", "hi", "hinglish"])
def test_each_language_is_told_from_the_others(language: str) -> None:
    assert spoken_in(turn(LINES, language=language)) == language
    quoting = [line("sales.answer", text="The fee is 2% of the amount.", source="Fees and charges"), *LINES]
    assert spoken_in(turn(quoting, language=language)) == language


def test_which_clauses_were_told() -> None:
    quoting = turn([line("sales.answer", text="The fee is 2%.", source="Fees"), *LINES])
    assert told_clauses(quoting, {"The fee is 2%.": "fees.processing", "Something else.": "kyc.otp"}) == [
        "fees.processing"
    ]
