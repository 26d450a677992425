"""Masking: what of a customer's message may leave to a model at all, and as what.

One place for whatever reads, consults or phrases by a model, so that one message leaves in one form, its placeholders
the same wherever they stand.
"""

from agents.model.pseudonyms import PLACEHOLDER, load_known_words, pseudonymise
from agents.understanding.reading import Reading
from agents.understanding.rules import RulesUnderstander

LONGEST_SENT = 2000
# Asked for these, an answer that the rules cannot place may be the personal detail itself.
_FREE_WORDS = frozenset({"applicant_name", "employer", "address", "email", "otp"})


class Masking:
    """Masks as the rules read; they find most of what identifies a person."""

    def __init__(self, rules: RulesUnderstander) -> None:
        self._rules = rules
        self._known_words = load_known_words()

    def masked(self, text: str, asked: str | None) -> str | None:
        """The message with placeholders, shortened; None where it may not leave, or nothing would be left of it."""
        reading, settled = self._rules.read_by_rules(text, asked)
        return self.masked_as_read(text, asked, reading, settled=settled)

    def masked_as_read(self, text: str, asked: str | None, reading: Reading, *, settled: bool) -> str | None:
        """The same for a message that the rules have read; `settled` tells whether they were sure of its intent."""
        if "confirm" in reading["facts"]:
            return None
        if asked in _FREE_WORDS and asked not in reading["facts"] and not settled:
            return None
        words = pseudonymise(text, reading["spans"], otp_asked=asked == "otp", known_words=self._known_words)
        left = words[:LONGEST_SENT]
        return left if any(character.isalpha() for character in PLACEHOLDER.sub("", left)) else None
