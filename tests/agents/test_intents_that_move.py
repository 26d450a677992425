"""Where an intent alone moves an application, rules read it: a model can neither appeal nor keep an answer back."""

from dataclasses import replace

from agents.services import Language
from agents.speaking import TemplateSpeaker
from agents.understanding.reading import Intent, Reading
from tests.agents.model_parts import shared_rules
from tests.conversation import Conversation, customer


class Willing:
    """Reads as the rules do, but for the intent that it is told to see in everything."""

    intent: Intent | None = None

    async def read(self, text: str, asked: str | None) -> Reading:
        reading = await shared_rules().read(text, asked)
        if self.intent is not None:
            reading["intent"] = self.intent
        return reading


async def decided(score: int, reader: Willing) -> Conversation:
    """A talk up to the decision; C01 with another score."""
    talk = Conversation(customers=[customer("C01", score=score, offer=None)])
    plain = Language(shared_rules(), TemplateSpeaker())
    talk.services = replace(talk.services, understander=reader, without_model=plain)
    await talk.say("My name is Aarav Mehta, I need 1 lakh over 24 months for a wedding")
    while talk.awaiting[:1] == ["consent"]:
        await talk.say("yes")
    await talk.say("ZZZPM1101A, 18/04/1992, 9000000001")
    await talk.say("OTP")
    return talk


async def test_a_model_appeals_no_refusal() -> None:
    reader = Willing()
    talk = await decided(520, reader)
    assert talk.application["status"] == "rejected"
    reader.intent = "human"
    await talk.say("what a pity")
    assert talk.application["status"] == "rejected"
    await talk.say("I want to talk to a person")
    assert talk.application["status"] == "under_review"


async def test_no_model_reads_what_an_officer_may_wait_for() -> None:
    reader = Willing()
    talk = await decided(628, reader)
    assert talk.application["status"] == "under_review"
    assert talk.services.understander_for(talk.state["application"]) is shared_rules()
