"""What a model is asked and how it may answer: by a call of a tool that it was offered, or in words."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, NamedTuple, Protocol

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage, convert_to_openai_messages
from langchain_core.tools import BaseTool
from pydantic import BaseModel

from agents.model.prompts import Prompt

Purpose = Literal["understand", "consult", "phrase"]
Tool = type[BaseModel] | BaseTool


class ModelFailed(Exception):
    """The model gave no usable answer. The text is a code, never what was sent or received."""


class Call(NamedTuple):
    """A call that a model wants made."""

    name: str
    arguments: dict[str, Any]
    id: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to a model, to be answered within `seconds`.

    content  what leaves beside the prompt, free of whatever identifies a person
    steps    the calls of tools before this one, with what came of them
    """

    purpose: Purpose
    prompt: Prompt
    content: Mapping[str, Any]
    seconds: float
    steps: tuple[BaseMessage, ...] = ()

    @property
    def messages(self) -> list[BaseMessage]:
        words = json.dumps(self.content, ensure_ascii=False)
        return [SystemMessage(self.prompt.text), HumanMessage(words), *self.steps]

    @property
    def sent(self) -> str:
        """The messages as clients send them: JSON in OpenAI's form, here with its keys in order."""
        messages = convert_to_openai_messages(self.messages)
        for message in messages:
            match message["role"]:
                case "assistant":
                    message["content"] = message["content"] or None
                case "tool":
                    message.pop("name", None)
        return json.dumps(messages, sort_keys=True, ensure_ascii=False)

    @property
    def sha256(self) -> str:
        return sha256(self.sent.encode(errors="surrogatepass")).hexdigest()


class Model(Protocol):
    """What reading, consulting and phrasing need of a language model."""

    @property
    def name(self) -> str:
        """Provider and model, as in `groq:openai/gpt-oss-20b`."""
        ...

    @property
    def is_available(self) -> bool:
        """Whether a question would be put to it at all."""
        ...

    async def call(self, ask: Ask, tools: Sequence[Tool]) -> list[Call]:
        """The calls it answers with: one or more, each of a tool that was offered. Raises ModelFailed."""
        ...

    def write(self, ask: Ask) -> AsyncGenerator[str]:
        """Its words as they come. Raises ModelFailed, also in the middle and when they end unfinished."""
        ...


async def proposed(model: Model, ask: Ask, tool: type[BaseModel]) -> dict[str, Any]:
    """The arguments of the one call of `tool` that the model is made to answer with. Raises ModelFailed."""
    calls = await model.call(ask, [tool])
    if len(calls) != 1:
        raise ModelFailed("no_tool_call")
    return calls[0].arguments
