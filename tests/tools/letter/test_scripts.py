"""Markup of the letters: nothing is obeyed but our own bold, and every word has a font of its script."""

import pytest

from tools.letter.scripts import in_fonts, markup, rich


@pytest.mark.parametrize(
    ("text", "marked_up"),
    [
        ("<b>x</b> & y", "&lt;b&gt;x&lt;/b&gt; &amp; y"),
        ("**x**", "**x**"),
        ("आरव@example.com", "आरव @example.com"),
        ("care@example.com।", "care@example.com ।"),
        ("(मेहता), 24%", "(मेहता), 24%"),
        ("one\u202etwo\nthree", "one two three"),
    ],
)
def test_a_customers_text(text: str, marked_up: str) -> None:
    assert markup(text) == marked_up


def test_our_own_text_may_be_bold() -> None:
    assert rich("a **b & c** d") == "a <b>b &amp; c</b> d"


@pytest.mark.parametrize(
    ("marked_up", "set_in_fonts"),
    [
        ("EMI की राशि ₹9,680", 'EMI <font name="R">की राशि </font>₹9,680'),
        ("<b>किस्त,</b> बाद", '<b><font name="B">किस्त,</font></b> <font name="R">बाद</font>'),
        ("plain", "plain"),
    ],
)
def test_devanagari_words_have_their_own_face(marked_up: str, set_in_fonts: str) -> None:
    assert in_fonts(marked_up, "R", "B", bold=False) == set_in_fonts
