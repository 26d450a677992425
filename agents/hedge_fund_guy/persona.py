"""Persona: the last node of every turn. Voiced lines and clauses become one reply, streamed and then kept."""

from collections.abc import Iterator

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from agents.hedge_fund_guy.context import GuyContext
from agents.hedge_fund_guy.model.sense import sentence_keys
from agents.hedge_fund_guy.reading.reading import Fact
from agents.hedge_fund_guy.small_talk import kind_of
from agents.hedge_fund_guy.speaking import Draft
from agents.hedge_fund_guy.turn import Answer, GuyTurn, Heard, Talk
from agents.hedge_fund_guy.voice import Voice
from agents.sending_out import send_out


async def persona(state: GuyTurn, runtime: Runtime[GuyContext]) -> GuyTurn:
    """Compose the reply and speak it."""
    talk = state["talk"]
    voice = Voice(f"{runtime.context.session_id}:{talk['turn']}", talk.get("used", ()))
    draft = draft_of(state, voice)
    text = await send_out(runtime.context.services.speaker.speak(draft), runtime)
    # What a model made of a line is no line of a pool: it has keys of its own, so that it is not said again either.
    used = voice.used if text == draft.text else [*voice.used, *sentence_keys(text)]
    return GuyTurn(messages=[AIMessage(text)], talk=Talk(used=used), heard=Heard(), answer=Answer())


def draft_of(state: GuyTurn, voice: Voice) -> Draft:
    """The reply in full, as it would be said without a model."""
    lead, answer, heard = state["lead"], state["answer"], state["heard"]
    name = lead.get("name")
    first, about, last = list(_noted(state, voice)), list(_said_to(state, voice)), list(_asked(answer, voice))
    text = " ".join([*first, *about, *last])
    return Draft(
        text=text,
        heard=heard["text"],
        passages=answer.get("passages", []),
        name=name if name and name in text else None,
        before=[message.text for message in state["messages"] if isinstance(message, AIMessage)],
        used=state["talk"].get("used", ()),
        free=" ".join(_free(about, state)),
    )


def _noted(state: GuyTurn, voice: Voice) -> Iterator[str]:
    """What became of the facts in the message."""
    lead, answer, reading = state["lead"], state["answer"], state["heard"]["reading"]
    facts = {"name": lead.get("name") or ""}
    yield from (voice.say(f"thanks.{fact}", **facts) for fact in answer.get("noted", []))
    yield from (voice.say(f"corrected.{fact}", **facts) for fact in answer.get("corrected", []))
    yield from (voice.say(f"broken.{fact}") for fact in reading["broken"] if lead.get(fact) is None)
    if reading["declined"]:
        yield voice.say("refused")


def _asked(answer: Answer, voice: Voice) -> Iterator[str]:
    ask: Fact | None = answer.get("ask")
    if answer.get("delivered_now"):
        yield voice.say("complete")
    if ask is not None:
        yield voice.say(f"ask.{ask}")


def _free(about: list[str], state: GuyTurn) -> list[str]:
    """An opinion with what leads in and out of it, and small talk; never the refusal to advise before it."""
    intent = state["heard"]["reading"]["intent"]
    if state["answer"].get("passages"):
        return about[1:] if intent == "advice" else about
    return about if intent == "small_talk" else []


def _said_to(state: GuyTurn, voice: Voice) -> Iterator[str]:
    """What the message was about."""
    answer, reading = state["answer"], state["heard"]["reading"]
    match reading["intent"]:
        case "market":
            yield from _opinion(state, voice)
        case "advice":
            yield voice.say("advice")
            yield from _opinion(state, voice, opener="general")
        case "source":
            yield _sources(state["talk"], voice)
        case "off_topic":
            yield voice.say("unknown" if answer.get("unknown") else "off_topic")
        case "who" | "why" | "file" | "abuse" | "distress" as pool:
            yield voice.say(pool)
        case "small_talk":
            yield voice.say(kind_of(state["heard"]["text"]))
        case "provide" | "refuse":
            # Something to go on from, where nothing else follows.
            if not (answer.get("ask") or answer.get("delivered_now")):
                yield voice.say("onward")


def _opinion(state: GuyTurn, voice: Voice, *, opener: str | None = None) -> Iterator[str]:
    """A clause, led in or out of; a line of his own before it, or a question after it, does as well."""
    answer, reading = state["answer"], state["heard"]["reading"]
    if again := answer.get("again"):
        yield voice.say("told", topic=_quoted(again))
    elif passages := answer.get("passages"):
        has_begun = answer.get("noted") or answer.get("corrected") or reading["broken"] or reading["declined"]
        goes_on = answer.get("ask") or answer.get("delivered_now")
        if opener or not has_begun:
            yield voice.say(opener or "opener")
        yield from passages
        if not goes_on:
            yield voice.say("closer")


def _sources(talk: Talk, voice: Voice) -> str:
    sources = talk.get("sources", [])
    if not sources:
        return voice.say("source.none")
    told = "; ".join(f"{_quoted(source['title'])} in {source['document']}" for source in sources)
    return voice.say("source.told", sources=told)


def _quoted(title: str) -> str:
    return f'"{title}"'
