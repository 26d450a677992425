"""Understanding by rules first and a model second: the model settles and adds, it overrides nothing."""

from typing import Any, cast

from agents.model.asking import Ask, Model, ModelFailed, proposed
from agents.model.masking import Masking, tone_of
from agents.model.prompts import load_prompt
from agents.model.proposals import Understanding, accept, leaves_open, proposed_facts, proposed_intent
from agents.model.pseudonyms import PERSONAL, Masked
from agents.understanding.reading import Facts, Reading
from agents.understanding.rules import RulesUnderstander
from agents.understanding.vocabulary import load_vocabulary

UNDERSTANDING_SECONDS = 4.0


class ModelUnderstander:
    """Reads with `rules`, then asks the model about what they left open. Any failure leaves the rules' reading."""

    def __init__(self, rules: RulesUnderstander, model: Model, *, seconds: float = UNDERSTANDING_SECONDS) -> None:
        self._rules = rules
        self._model = model
        self.seconds = seconds
        self._masking = Masking(rules)
        self._words = load_vocabulary()

    async def read(self, text: str, asked: str | None) -> Reading:
        reading, settled = self._rules.read_by_rules(text, asked)
        masked = self._masking.masked_as_read(text, asked, reading, settled=settled)
        if masked and self._model.is_available and (not settled or leaves_open(reading, text, asked)):
            read = await self._by_model(text, asked, reading, masked, settled=settled)
        else:
            read = await self._rules.read(text, asked)
        if masked and (heard := tone_of(masked, asked)):
            read["heard"] = heard
        return read

    async def _by_model(
        self, text: str, asked: str | None, reading: Reading, masked: Masked, *, settled: bool
    ) -> Reading:
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

    def _ask(self, masked: Masked, reading: Reading, asked: str | None) -> Ask:
        spans = reading["spans"].items()
        already_read = {slot: span for slot, span in spans if slot not in PERSONAL and span in masked.text}
        content = {"asked": asked, "already_read": already_read, "message": masked.text}
        return Ask("understand", load_prompt("understanding"), content, self.seconds)

    def _accepted(
        self, arguments: dict[str, Any], text: str, masked: Masked, reading: Reading, asked: str | None
    ) -> bool:
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
