"""Knowledge: what his notes on markets say to the question, each clause once in a conversation."""

from typing import cast

from langgraph.runtime import Runtime

from agents.hedge_fund_guy.context import GuyContext
from agents.hedge_fund_guy.going_on import asks_for_more
from agents.hedge_fund_guy.reading.reading import Reading
from agents.hedge_fund_guy.turn import Answer, GuyTurn, Heard, Source, Talk
from kb.search import Passage

LOOKED_AT = 8  # passages, so that there is another one when the best was told
TOPICS = 40
QUESTIONS = 8
QUESTION_LENGTH = 160


async def knowledge(state: GuyTurn, runtime: Runtime[GuyContext]) -> GuyTurn:
    """The best relevant clause that was not told yet. A question that no clause answers counts as off topic, so that
    nothing is ever stated that is not in the notes."""
    heard, talk, answer = state["heard"], state["talk"], state["answer"]
    reading = heard["reading"]
    found = await runtime.context.services.knowledge.search(_query(heard["text"], talk), LOOKED_AT)
    relevant = [passage for passage in found if passage.relevant]
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


def _query(text: str, talk: Talk) -> str:
    """What is looked for: the message, or what was told last where it asks for more of that."""
    sources = talk.get("sources", [])
    if not sources or not asks_for_more(text):
        return text
    return " ".join(f"{source['document']}: {source['title']}" for source in sources)


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
