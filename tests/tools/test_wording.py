"""Figures in the words of papers."""

from datetime import date
from decimal import Decimal

import pytest

from tools.wording import Wording, plain, wording

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@pytest.mark.parametrize(
    ("template", "value", "text"),
    [
        ("{x:rupees}", 300_000, "₹3,00,000"),
        ("{x:rupees}", Decimal("9686.50"), "₹9,686.50"),
        ("{x:paise}", 9680, "₹9,680.00"),
        ("{x:paise}", Decimal("9686.5"), "₹9,686.50"),
        ("{x:pct}", Decimal("11.645"), "11.65%"),
        ("{x:pct}", 10, "10.00%"),
        ("{x:rate}", Decimal("18.00"), "18%"),
        ("{x:rate}", Decimal("2.50"), "2.5%"),
        ("{x:day}", date(2027, 1, 5), "5 Jan 2027"),
        ("{x} {x:month|months}", 1, "1 month"),
        ("{x} {x:month|months}", 12, "12 months"),
        ("{x}", "**Aarav**", "Aarav"),
    ],
)
def test_forms(template: str, value: object, text: str) -> None:
    assert Wording("en", {"months": MONTHS, "one": {"line": template}}).say("one.line", x=value) == text


def test_what_is_missing_is_no_text() -> None:
    words = Wording("en", {"months": MONTHS, "line": "{x}"})
    with pytest.raises(KeyError):
        words.say("other", x=1)
    with pytest.raises(KeyError):
        words.say("line")


def test_english_for_a_language_that_papers_are_not_written_in() -> None:
    assert wording("tools.letter", "hinglish").language == "en"
    assert wording("tools.letter", "hi").digest != wording("tools.letter", "en").digest


def test_bold_marks_are_for_paper_alone() -> None:
    assert plain("**24% a year**, no GST") == "24% a year, no GST"
