"""Reply: the last node of every turn. What the agents said this turn leaves as one text, streamed and then kept."""

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from agents.context import Context
from agents.speaking import line
from agents.turn import TurnState, TurnUpdate, Understood

NOTHING_ELSE = line("reply.nothing_else")


async def reply(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
    """Speak `said`, chunk by chunk, to the turn's listener and to LangGraph's `custom` stream.

    There a chunk is `{"chunk": text}`, and `{"reset": true}` takes back what an attempt had said.
    """
    lines = state.get("said") or [NOTHING_ELSE]
    text, listener, application = "", runtime.context.listener, state["application"]
    speaker = runtime.context.services.speaker_for(application)
    async for chunk in speaker.speak(lines, application["language"]):
        if chunk is None:
            text = ""
            runtime.stream_writer({"reset": True})
            if listener:
                listener.taken_back()
        else:
            text += chunk
            runtime.stream_writer({"chunk": chunk})
            if listener:
                listener.said(chunk)
    return TurnUpdate(messages=[AIMessage(text)], understood=Understood(), said=[])
