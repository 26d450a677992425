"""What reads people's words and answers them: rules and templates, with a language model between them or not.

The assistants share the one model, its connections, its breaker and its counters.
"""

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from agents.hedge_fund_guy.reading.reading import Reader
from agents.hedge_fund_guy.reading.rules import RulesReader
from agents.hedge_fund_guy.speaking import DraftSpeaker, GuySpeaker
from agents.services import Language, LanguageRecord
from agents.speaking import TemplateSpeaker
from agents.understanding.rules import RulesUnderstander
from kb.search import KnowledgeBase
from server.lifecycle.draining import Draining
from server.lifecycle.starting import StartRefused
from server.observing.observer import Observer
from server.settings import Settings
from server.store.model_calls import ModelCalls

if TYPE_CHECKING:  # LangChain's clients are loaded only where a model is set
    from agents.model.asking import Model

PROMPTS = ("understanding", "consulting", "speaking")  # of the loan assistant


def open_model_of(
    settings: Settings,
    cleanup: contextlib.AsyncExitStack,
    observer: Observer,
    draining: Draining,
    calls: ModelCalls,
) -> "Model | None":
    """The model that MODEL names, or Groq's where there is a key; None without either. Raises StartRefused.

    It works within its budgets, and what leaves is on record in `calls` before it does.
    """
    name = settings.model or (f"groq:{settings.groq_model_name}" if settings.groq_api_key is not None else None)
    if name is None:
        return None
    from agents.model.client import open_model
    from agents.model.providers import NoProvider
    from server.metering.budgets import Budgets
    from server.metering.metered_model import MeteredModel
    from server.observing.model_calls import TokenCounter, WatchedModel

    is_groq = name.startswith("groq:")
    try:
        model = open_model(
            name,
            api_key=settings.groq_api_key if is_groq else settings.model_api_key,
            base_url=settings.groq_api_base if is_groq else settings.model_api_base,
            call_seconds=settings.groq_timeout,
            callbacks=[TokenCounter()],
        )
    except NoProvider as error:
        raise StartRefused(f"MODEL: {error}") from None
    cleanup.push_async_callback(model.close)
    draining.hears(model.give_up)
    budgets = Budgets(
        calls,
        observer.metrics.model_refused,
        session_tokens=settings.model_session_tokens,
        daily_tokens=settings.model_daily_tokens,
    )
    return WatchedModel(MeteredModel(model, calls, budgets), observer)


def open_language(model: "Model | None", knowledge: KnowledgeBase) -> tuple[Language, Language]:
    """For most customers, and for those who want no model: the same without one."""
    rules = RulesUnderstander(embed=knowledge.embed)
    plain = Language(rules, TemplateSpeaker())
    if model is None:
        return plain, plain
    from agents.model.consulting import ModelConsultant
    from agents.model.masking import Masking
    from agents.model.prompts import load_prompt
    from agents.model.speaking import ModelSpeaker
    from agents.model.understanding import ModelUnderstander

    consulting = partial(ModelConsultant, model, Masking(rules))
    on_record = LanguageRecord(model=model.name, prompts={name: load_prompt(name).sha256 for name in PROMPTS})
    return Language(ModelUnderstander(rules, model), ModelSpeaker(model), consulting, on_record), plain


def open_guy_language(model: "Model | None") -> tuple[Reader, GuySpeaker]:
    """What reads and answers whoever talks to the hedge fund guy."""
    rules = RulesReader()
    if model is None:
        return rules, DraftSpeaker()
    from agents.hedge_fund_guy.model.reading import ModelGuyReader
    from agents.hedge_fund_guy.model.speaking import ModelGuySpeaker

    return ModelGuyReader(rules, model), ModelGuySpeaker(model, rules)
