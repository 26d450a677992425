"""A customer who wants no language model on their data: from that message on, none is asked."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from agents.services import Language
from agents.speaking import Line, TemplateSpeaker
from agents.understanding.reading import Reading
from agents.understanding.rules import RulesUnderstander
from tests.conversation import Conversation


class Model:
    """Understands and speaks as the rules do, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self._rules, self._templates = RulesUnderstander(), TemplateSpeaker()

    async def read(self, text: str, asked: str | None) -> Reading:
        self.asked += 1
        return await self._rules.read(text, asked)

    def speak(self, lines: Sequence[Line], language: str, heard: str | None = None) -> AsyncIterator[str | None]:
        self.asked += 1
        return self._templates.speak(lines, language, heard)


async def test_the_model_is_left_out_from_then_on() -> None:
    conversation, model = Conversation(), Model()
    plain = Language(RulesUnderstander(), TemplateSpeaker())
    conversation.services = replace(conversation.services, understander=model, speaker=model, without_model=plain)
    await conversation.say("I need 2 lakh")
    assert model.asked == 2
    reply = await conversation.say("stop using AI on my data")
    assert "no language model works" in reply
    assert model.asked == 2
    for words in ("24 months", "start over", "3 lakh for a wedding"):
        await conversation.say(words)
    assert model.asked == 2
    await conversation.say("you can use AI on my data")
    await conversation.say("24 months")
    assert model.asked > 2
