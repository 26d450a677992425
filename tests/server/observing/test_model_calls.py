"""Calls to the language model, over its real client: by purpose, outcome and tokens, and never a word of them."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel, SecretStr

from agents.model.asking import ModelFailed, proposed
from agents.model.client import open_model
from server.observing.model_calls import TokenCounter, WatchedModel
from server.observing.observer import Observer
from server.observing.spans import open_spans
from tests.agents.model_parts import _tls, asked
from tests.groq_server import USAGE, GroqServer, hang, refusal, text, tool_call
from tests.otlp_sink import attributes, otlp_sink
from tools.breaker import Breaker

GROQ = "groq:openai/gpt-oss-20b"
CANARY = "KANARI-7351"
WORDS = f"I am {CANARY}"


class Reading(BaseModel):
    """What was read."""

    intent: str


@pytest.fixture
async def groq() -> AsyncIterator[GroqServer]:
    async with GroqServer() as running:
        yield running


@asynccontextmanager
async def watched(
    groq: GroqServer, observer: Observer, seconds: float = 5, name: str = GROQ
) -> AsyncIterator[WatchedModel]:
    model = open_model(
        name,
        api_key=SecretStr("gsk_not_a_key"),
        base_url=groq.url if name == GROQ else groq.openai_url,
        call_seconds=seconds,
        breaker=Breaker(failures=100),
        tls=_tls(),
        callbacks=[TokenCounter()],
    )
    yield WatchedModel(model, observer)
    await model.close()


def counted(observer: Observer) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(observer.metrics.exposition().decode())
    samples = [sample for family in families for sample in family.samples if sample.name.startswith("esoteric_model_")]
    wanted = {"esoteric_model_seconds_count": "outcome", "esoteric_model_tokens_total": "direction"}
    return {
        (sample.labels["purpose"], sample.labels[wanted[sample.name]]): sample.value
        for sample in samples
        if sample.name in wanted
    }


@pytest.mark.parametrize("name", [GROQ, "openai:own"])
async def test_reading_and_phrasing(groq: GroqServer, name: str) -> None:
    groq.on_tool, groq.on_text = tool_call({"intent": CANARY}, name="Reading"), text(f"Hello {CANARY}")
    with otlp_sink() as sink:
        async with open_spans(sink.url) as spans:
            observer = Observer(spans=spans)
            async with watched(groq, observer, name=name) as model:
                assert (await proposed(model, asked(WORDS), Reading))["intent"] == CANARY
                assert (
                    "".join([chunk async for chunk in model.write(asked(WORDS, purpose="phrase"))]).strip()
                    == f"Hello {CANARY}"
                )
        told = {str(attributes(span)["purpose"]): attributes(span) for span in sink.wait_for("model", 2)}
    found = counted(observer)
    for purpose in ("understand", "phrase"):
        assert found[purpose, "done"] == 1
        assert found[purpose, "input"] == USAGE["prompt_tokens"]
        assert found[purpose, "output"] == USAGE["completion_tokens"]
        assert (told[purpose]["outcome"], told[purpose]["input_tokens"]) == ("done", USAGE["prompt_tokens"])
    assert CANARY.encode() not in sink.raw + observer.metrics.exposition()


async def test_faults(groq: GroqServer) -> None:
    """Refused, too slow, and then not asked at all."""
    observer = Observer()
    async with watched(groq, observer) as model:
        groq.on_tool = groq.on_text = refusal(400)
        with pytest.raises(ModelFailed):
            await proposed(model, asked(WORDS), Reading)
        with pytest.raises(ModelFailed):
            async for _ in model.write(asked(WORDS, purpose="phrase")):
                pass
        groq.on_tool = hang()
        with pytest.raises(ModelFailed):
            await proposed(model, asked(WORDS, seconds=0.2), Reading)
        assert not model.is_available
        with pytest.raises(ModelFailed):
            await proposed(model, asked(WORDS), Reading)
    found = counted(observer)
    assert (found["understand", "failed"], found["phrase", "failed"], found["understand", "resting"]) == (2, 1, 1)


async def test_an_answer_that_is_left(groq: GroqServer) -> None:
    groq.on_text = text("Hello there, how are you today")
    observer = Observer()
    async with watched(groq, observer) as model, aclosing(model.write(asked(WORDS, purpose="phrase"))) as chunks:
        async for _ in chunks:
            break
    assert counted(observer)["phrase", "left"] == 1
