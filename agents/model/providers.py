"""The chat model that `provider:name` stands for: Groq's, one behind OpenAI's protocol, another that LangChain knows.

A provider's package is imported only where it is named. None is left to its own ways: no tries of its own, which
would sleep as long as a Retry-After says, and no address or key from the environment.
"""

import ssl
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

GROQ_BASE = "https://api.groq.com"
OPENAI_BASE = "https://api.openai.com/v1"
ANSWER_TOKENS = 1024
TEMPERATURE = 0.2
_NO_KEY = SecretStr("none")  # the client insists on one, a server on the lender's own machines may not
# What the providers' packages call the reason for which a text ended, and those which say that it came to its end.
_FINISH_KEYS = ("finish_reason", "stop_reason", "done_reason")
_WHOLE = frozenset({"stop", "end_turn"})


class NoProvider(Exception):
    """No chat model can be made; the message says in a line what is missing."""


def open_chat(
    provider: str,
    model_name: str,
    *,
    api_key: SecretStr | None,
    base_url: str | None,
    seconds: float,
    connections: httpx.AsyncClient,
    tls: ssl.SSLContext,
    callbacks: Sequence[BaseCallbackHandler] = (),
) -> BaseChatModel:
    """Makes no connection. `connections` are used by the two providers that let one. Raises NoProvider."""
    common: dict[str, Any] = {
        "timeout": seconds,
        "max_retries": 0,
        "max_tokens": ANSWER_TOKENS,
        "temperature": TEMPERATURE,
        "callbacks": list(callbacks),
    }
    if provider not in {"groq", "openai"}:
        return _open_other(provider, model_name, api_key, base_url, common)
    common |= {
        "api_key": api_key or _NO_KEY,
        "http_async_client": connections,
        "http_client": httpx.Client(verify=tls),  # never used; the certificates would be loaded once more for it
        # A model that reasons would otherwise spend all its tokens on it. Others refuse the parameter.
        "reasoning_effort": "low" if "gpt-oss" in model_name else None,
    }
    if provider == "groq":
        from langchain_groq import ChatGroq

        base = (base_url or GROQ_BASE).rstrip("/").removesuffix("/openai/v1")
        return ChatGroq(model_name=model_name, base_url=base, **common)

    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=model_name,
        base_url=(base_url or OPENAI_BASE).rstrip("/"),
        stream_usage=True,
        stream_chunk_timeout=None,  # every wait has an end of ours
        use_responses_api=False,  # what servers other than OpenAI's own do not speak
        **common,
    )


def finish_of(metadata: Mapping[str, Any]) -> str | None:
    """The reason for which a text ended, where a chunk of it tells."""
    return next((str(metadata[key]) for key in _FINISH_KEYS if metadata.get(key)), None)


def is_whole(finish: str | None) -> bool:
    """Whether a text that ended for this reason came to its end. A reason that is not known is none."""
    return finish is not None and finish.lower() in _WHOLE


def _open_other(
    provider: str, model_name: str, api_key: SecretStr | None, base_url: str | None, common: dict[str, Any]
) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    own: dict[str, Any] = {"api_key": api_key, "base_url": base_url}
    given = common | {name: value for name, value in own.items() if value is not None}
    try:
        chat: BaseChatModel = init_chat_model(model_name, model_provider=provider, **given)
    except ImportError as error:
        missing = getattr(error.__cause__, "name", None) or f"langchain-{provider}"
        raise NoProvider(f"{provider} needs the package {missing.replace('_', '-')}") from None
    except Exception as error:  # noqa: BLE001  the package's own: no key, a parameter it does not know, another name
        raise NoProvider(f"{provider} cannot be set up ({type(error).__name__})") from None
    return chat
