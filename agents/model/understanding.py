"""Understanding by rules first and a model second: the model settles and adds, it overrides nothing."""

from typing import Any, cast

from agents.agenda import OWNER
from agents.model.asking import Ask, Model, ModelFailed, proposed
from agents.model.prompts import load_prompt
from agents.model.proposals import Understanding, accept, proposed_facts, proposed_intent
from agents.model.pseudonyms import PERSONAL, PLACEHOLDER, load_known_words, pseudonymise
from agents.understanding.reading import Facts, Reading
from agents.understanding.rules import RulesUnderstander
from agents.understanding.vocabulary import load_vocabulary

UNDERSTANDING_SECONDS = 4.0
LONGEST_SENT = 2000
# Asked for these, an answer that the rules cannot place may be the personal detail itself.
_FREE_WORDS = frozenset({"applicant_name", "employer", "address", "email", "otp"})


class ModelUnderstander:
    """Reads with `rules`, then asks the model about what they left open. Any failure leaves the rules' reading."""

    def __init__(self, rules: RulesUnderstander, model: Model, *, seconds: float = UNDERSTANDING_SECONDS) -> None:
        self._rules = rules
        self._model = model
        self.seconds = seconds
        self._known_words = load_known_words()
        self._words = load_vocabulary()

    async def read(self, text: str, asked: str | None) -> Reading:
        reading, settled = self._rules.read_by_rules(text, asked)
        masked = pseudonymise(text, reading["spans"], otp_asked=asked == "otp", known_words=self._known_words)[
            :LONGEST_SENT
        ]
        if not self._model.is_available or not _is_worth_asking(reading, masked, asked, settled=settled):
            return await self._rules.read(text, asked)
        try:
            arguments = await proposed(self._model, self._ask(masked, reading, asked), Understanding)
        except ModelFailed:
            return await self._rules.read(text, asked)
        added = self._accepted(arguments, text, masked, reading, asked)
        if settled:
            return reading
        intent = "provide" if added else proposed_intent(arguments)
        if intent is None or (intent == "provide" and not added):
            return await self._rules.read(text, asked)
        reading["intent"] = intent
        return reading

    def _ask(self, masked: str, reading: Reading, asked: str | None) -> Ask:
        spans = reading["spans"].items()
        already_read = {slot: span for slot, span in spans if slot not in PERSONAL and span in masked}
        content = {"asked": asked, "already_read": already_read, "message": masked}
        return Ask("understand", load_prompt("understanding"), content, self.seconds)

    def _accepted(self, arguments: dict[str, Any], text: str, masked: str, reading: Reading, asked: str | None) -> bool:
        """Add to the reading what counts; whether there was any."""
        before = len(reading["facts"])
        for proposal in proposed_facts(arguments):
            found = accept(
                proposal,
                text=text,
                masked=masked,
                reading=reading,
                asked=asked,
                rules=self._rules,
                words=self._words,
            )
            reading["facts"] = cast(Facts, {**reading["facts"], **found})
            reading["spans"].update(dict.fromkeys(found, proposal.span))
        return len(reading["facts"]) > before


def _is_worth_asking(reading: Reading, masked: str, asked: str | None, *, settled: bool) -> bool:
    """Whether a model could add anything, and whether the message may leave at all."""
    if "confirm" in reading["facts"]:
        return False
    if not any(character.isalpha() for character in PLACEHOLDER.sub("", masked)):
        return False
    if asked in _FREE_WORDS and asked not in reading["facts"] and not settled:
        return False
    return not settled or (asked is not None and OWNER.get(asked) == "sales")
