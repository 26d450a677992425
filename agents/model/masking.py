"""Masking: what of a customer's message may leave to a model at all, and as what.

One place for whatever reads, consults or phrases by a model, so that one message leaves in one form, its placeholders
the same wherever they stand.
"""

from agents.agenda import FREE_WORDS
from agents.model.figures import speaks_of
from agents.model.pseudonyms import PLACEHOLDER, Masked, pseudonymise
from agents.model.vocabulary import load_known_words
from agents.understanding.reading import Reading
from agents.understanding.rules import RulesUnderstander
from tools.numbers import Quantity, find_quantities

LONGEST_SENT = 2000
# Asked for these, a figure that nobody could place may be what somebody earns.
_INCOME_IS_NEAR = frozenset({"employment", "employer", "monthly_income", "household_annual_income"})
_LEAST_INCOME = 1000
LONGEST_HEARD = 400
# Whoever is asked for these talks about who they are; how they say it is their own affair.
_PERSONAL_ASKS = FREE_WORDS | {"pan", "date_of_birth", "phone"}


class Masking:
    """Masks as the rules read; they find most of what identifies a person."""

    def __init__(self, rules: RulesUnderstander) -> None:
        self._rules = rules
        self._known_words = load_known_words()

    def masked(self, text: str, asked: str | None) -> str | None:
        """The message with placeholders, shortened; None where it may not leave, or nothing would be left of it."""
        reading, settled = self._rules.read_by_rules(text, asked)
        left = self.masked_as_read(text, asked, reading, settled=settled)
        return left.text if left else None

    def masked_as_read(self, text: str, asked: str | None, reading: Reading, *, settled: bool) -> Masked | None:
        """The same for a message that the rules have read; `settled` tells whether they were sure of its intent."""
        if "confirm" in reading["facts"]:
            return None
        if asked in FREE_WORDS and asked not in reading["facts"] and not settled:
            return None
        left = pseudonymise(
            text,
            reading["spans"],
            otp_asked=asked == "otp",
            known_words=self._known_words,
            hidden=_incomes(text, asked, reading),
        )
        words = left.text[:LONGEST_SENT]
        return Masked(words, left.behind) if any(map(str.isalpha, PLACEHOLDER.sub("", words))) else None


def tone_of(masked: Masked, asked: str | None) -> str | None:
    """What may be heard of a message beyond its facts: its words without any placeholder, None where none may be."""
    if asked in _PERSONAL_ASKS:
        return None
    words = " ".join(PLACEHOLDER.sub("…", masked.text).split())[:LONGEST_HEARD]
    return words if any(map(str.isalpha, words)) else None


def _incomes(text: str, asked: str | None, reading: Reading) -> list[Quantity]:
    """Figures that may be somebody's income though the rules did not read them so: asked for, or next to its word."""
    read = [span for span in reading["spans"].values() if span]
    figures = [
        figure
        for figure in find_quantities(text)
        if figure.kind in {"money", "plain"} and figure.low >= _LEAST_INCOME and not _is_in(figure, text, read)
    ]
    if asked in _INCOME_IS_NEAR:
        return figures
    words = speaks_of(text, "monthly_income")
    return [min(figures, key=lambda figure: abs(figure.start - at)) for at in words] if figures else []


def _is_in(figure: Quantity, text: str, spans: list[str]) -> bool:
    return any(text[figure.start : figure.end] in span for span in spans)
