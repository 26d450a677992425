"""Providers: one leash, whoever answers; what is missing is said in a line; nothing comes from a package's own ways."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import tiktoken
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from pydantic import BaseModel, SecretStr

from agents.model.asking import Model, ModelFailed
from agents.model.client import LanguageModel, open_model
from agents.model.providers import NoProvider, finish_of, is_whole
from tests.agents.model_parts import _tls, asked
from tests.groq_server import GroqServer, text, tool_call
from tests.service import clean_environment, run_command

OWN = "openai:meta-llama/Llama-3.3-70B-Instruct"
CANARY = "KANARI-4417"


class Reading(BaseModel):
    """What was read."""

    intent: str


@pytest.fixture
async def server() -> AsyncIterator[GroqServer]:
    async with GroqServer() as running:
        yield running


def opened(name: str, *, api_key: str | None = None, base_url: str | None = None) -> LanguageModel:
    return open_model(
        name, api_key=SecretStr(api_key) if api_key else None, base_url=base_url, call_seconds=5, tls=_tls()
    )


async def written(model: Model) -> str:
    return "".join([piece async for piece in model.write(asked(purpose="phrase"))])


@pytest.mark.parametrize("ending", ["", "/"])
@pytest.mark.parametrize(("api_key", "sent"), [(None, "none"), ("sk-own", "sk-own")])
async def test_a_server_of_the_lenders_own(
    server: GroqServer, monkeypatch: pytest.MonkeyPatch, ending: str, api_key: str | None, sent: str
) -> None:
    """It gets what was set for it, and no key or address that lies about for OpenAI's own service."""
    for name in ("OPENAI_API_KEY", "LANGSMITH_API_KEY"):
        monkeypatch.setenv(name, CANARY)
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "LANGSMITH_GATEWAY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/nobody")
    model = opened(OWN, api_key=api_key, base_url=server.openai_url + ending)
    server.on_text, server.on_tool = text("Namaste!"), tool_call({"intent": "greet"}, name="Reading")
    assert await written(model) == "Namaste! "
    (call,) = await model.call(asked(), [Reading])
    assert (call.name, call.arguments) == ("Reading", {"intent": "greet"})
    await model.close()
    assert {body["model"] for body in server.requests} == {OWN.partition(":")[2]}
    assert server.raw.lower().count(f"authorization: bearer {sent}\r\n".encode()) == 2
    assert CANARY.encode() not in server.raw


async def test_tokens_are_counted_by_the_server_alone(server: GroqServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tokenizer would be fetched from elsewhere."""

    def fetch(*_: object) -> None:
        raise AssertionError("a tokenizer was asked for")

    monkeypatch.setattr(tiktoken, "get_encoding", fetch)
    monkeypatch.setattr(tiktoken, "encoding_for_model", fetch)
    model = opened(OWN, base_url=server.openai_url)
    server.on_text = text("Namaste!")
    await written(model)
    await model.close()
    assert server.requests[0]["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    ("metadata", "whole"),
    [
        ({"finish_reason": "stop"}, True),
        ({"finish_reason": "STOP"}, True),
        ({"stop_reason": "end_turn"}, True),
        ({"done_reason": "stop"}, True),
        ({"finish_reason": "length"}, False),
        ({"stop_reason": "max_tokens"}, False),
        ({"finish_reason": "content_filter"}, False),
        ({"finish_reason": "MAX_TOKENS"}, False),
        ({"finish_reason": {}}, False),
        ({"finish_reason": ["stop"]}, False),
        ({}, False),
    ],
)
def test_what_counts_as_a_whole_text(metadata: dict[str, Any], whole: bool) -> None:
    assert is_whole(finish_of(metadata)) is whole


class PackagedChat(GenericFakeChatModel):
    """A chat model of a package that LangChain knows by name; it neither fails like others nor calls tools."""

    messages: Iterator[AIMessage | str] = iter([AIMessage("Namaste to you")])
    model: str
    timeout: float
    max_retries: int
    api_key: SecretStr
    finish: str = "end_turn"

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        async for chunk in super()._astream(*args, **kwargs):
            yield chunk
        chunk.message.content = ""
        chunk.message.response_metadata = {"stop_reason": self.finish}
        yield chunk


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("langchain_fireworks")
    module.ChatFireworks = PackagedChat  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "langchain_fireworks", module)
    return module


@pytest.mark.usefixtures("package")
async def test_any_other_that_langchain_knows() -> None:
    model = opened("fireworks:someones/model", api_key="fw_key")
    assert model.name == "fireworks:someones/model"
    assert await written(model) == "Namaste to you"
    with pytest.raises(ModelFailed, match="NotImplementedError"):
        await model.call(asked(), [Reading])
    await model.close()


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("anthropic:claude", "anthropic needs the package langchain-anthropic"),
        ("mistralai:mistral-small", "mistralai needs the package langchain-mistralai"),
        ("martians:gpt", r"martians cannot be set up \(ValueError\)"),
        ("fireworks:without-a-key", r"fireworks cannot be set up \(ValidationError\)"),
    ],
)
def test_what_is_missing_is_said_in_a_line(name: str, why: str) -> None:
    with pytest.raises(NoProvider, match=f"^{why}$"):
        opened(name)


def test_only_the_package_of_the_named_provider_is_loaded(tmp_path: Path) -> None:
    """Each takes from half a second to a second."""
    code = """
import contextlib, pathlib, sys
import server.app, server.house
from server.language import open_model_of
from server.settings import Settings
from server.lifecycle.draining import Draining
from server.observing.observer import Observer
from server.store.database import Database
from server.store.model_calls import ModelCalls
calls = ModelCalls(Database.sqlite(pathlib.Path("esoteric.db")))
known = ("groq", "langchain_groq", "openai", "langchain_openai", "tiktoken", "langchain.chat_models")
for given in ({}, {"model": "openai:own", "model_api_base": "http://127.0.0.1:9/v1"}, {"groq_api_key": "gsk_no"}):
    settings = Settings(_env_file=None, **given)
    open_model_of(settings, contextlib.AsyncExitStack(), Observer(), Draining(), calls)
    print(*(name for name in known if name in sys.modules))
"""
    done = run_command([sys.executable, "-c", code], clean_environment(tmp_path))
    first, second, third = done.stdout.splitlines()
    assert first == ""
    assert second.split() == ["openai", "langchain_openai", "tiktoken"]
    assert third.split() == ["groq", "langchain_groq", "openai", "langchain_openai", "tiktoken"]
