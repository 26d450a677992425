"""Knowledge: what his notes on markets say to the question, each clause once in a conversation."""

from typing import cast

from langgraph.runtime import Runtime

from agents.hedge_fund_guy.context import GuyContext
from agents.hedge_fund_guy.going_on import asks_for_more
from agents.hedge_fund_guy.reading.reading import Reading
from agents.hedge_fund_guy.turn import Answer, GuyTurn, Heard, Source, Talk
from agents.knowledge import Knowledge
from kb.search import Passage

LOOKED_AT = 8  # passages, so that there is another one when the best was told
LOOKED_AT_FOR_MORE = 40
TOPICS = 40
QUESTIONS = 8
QUESTION_LENGTH = 160


async def knowledge(state: GuyTurn, runtime: Runtime[GuyContext]) -> GuyTurn:
    """The best relevant clause that was not told yet. A question that no clause answers counts as off topic, so that
    nothing is ever stated that is not in the notes."""
    heard, talk, answer = state["heard"], state["talk"], state["answer"]
    reading = heard["reading"]
    relevant = await _relevant(heard["text"], talk.get("sources", []), runtime.context.services.knowledge)
    told = talk.get("told", [])
    fresh = next((passage for passage in relevant if passage.id not in told), None)
    change = _asked_about(talk, heard["text"], relevant, advice=reading["intent"] == "advice")
    if fresh is not None:
        answer = cast(Answer, {**answer, "passages": [fresh.text]})
        change |= Talk(
            told=[*told, fresh.id],
            sources=[_source(fresh)],
            topics=[*talk.get("topics", []), fresh.title][-TOPICS:],
        )
    elif relevant:
        answer = cast(Answer, {**answer, "again": relevant[0].title})
        change["sources"] = [_source(relevant[0])]
    elif reading["intent"] == "market":
        answer = cast(Answer, {**answer, "unknown": True})
        heard = Heard(text=heard["text"], reading=cast(Reading, {**reading, "intent": "off_topic"}))
    return GuyTurn(heard=heard, talk=change, answer=answer)


async def _relevant(text: str, told: list[Source], notes: Knowledge) -> list[Passage]:
    """What answers the message; where it asks for more, what else there is in the document that was told from last."""
    if not told or not asks_for_more(text):
        return [passage for passage in await notes.search(text, LOOKED_AT) if passage.relevant]
    last = told[-1]
    found = await notes.search(f"{last['document']}: {last['title']}", LOOKED_AT_FOR_MORE)
    return [passage for passage in found if _source(passage)["document"] == last["document"]]


def _asked_about(talk: Talk, text: str, relevant: list[Passage], *, advice: bool) -> Talk:
    """What a summary of the conversation will need."""
    change = Talk()
    if advice:
        change["advice"] = talk.get("advice", 0) + 1
    questions = talk.get("questions", [])
    if relevant and len(questions) < QUESTIONS and not asks_for_more(text):
        change["questions"] = [*questions, " ".join(text.split())[:QUESTION_LENGTH]]
    return change


def _source(passage: Passage) -> Source:
    return Source(id=passage.id, title=passage.title, document=passage.source.partition(" · ")[0])
