"""Reply: the last node of every turn. What the agents said this turn leaves as one text, streamed and then kept."""

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from agents.context import Context
from agents.sending_out import send_out
from agents.speaking import line
from agents.turn import TurnState, TurnUpdate, Understood

NOTHING_ELSE = line("reply.nothing_else")


async def reply(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """Speak `said`, in the customer's language; a speaker that can answers how the customer said it."""
    lines, application = state.get("said") or [NOTHING_ELSE], state["application"]
    heard = state.get("understood", Understood()).get("heard")
    speaker = runtime.context.services.speaker_for(application)
    text = await send_out(speaker.speak(lines, application["language"], heard), runtime)
    return TurnUpdate(messages=[AIMessage(text)], understood=Understood(), said=[])
