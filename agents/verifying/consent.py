"""Consents: asked one at a time, each for one purpose."""

from agents.conditions import next_consent
from agents.consenting import note_consent
from agents.parts import Consent
from agents.verifying.visit import Visit


async def take_consent(visit: Visit) -> None:
    """A yes or no answers the one consent that was asked for, never both."""
    purpose = next_consent(visit.before)
    answer = visit.facts.get("confirm")
    if purpose is None or answer is None or visit.understood.get("asked") != "consent":
        return
    if answer == "yes":
        at = await note_consent(purpose, visit.before, visit.context, given=True)
        given = Consent(purpose=purpose, at=at, channel=visit.context.channel, text_key=f"consent.{purpose}")
        visit.note(consents=[*visit.before.get("consents", []), given])
        visit.say("kyc.consent_noted")
        return
    refusals = visit.before.get("consent_refusals", 0) + 1
    visit.note(consent_refusals=refusals)
    if refusals > 1:
        visit.note(status="withdrawn")
        visit.say("kyc.withdrawn_without_consent")
    else:
        visit.say(f"kyc.why_{purpose}")
