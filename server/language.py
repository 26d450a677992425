"""What reads customers' words and answers them: rules and templates, with a language model between them or not."""

import contextlib

from agents.services import Language
from agents.speaking import TemplateSpeaker
from agents.understanding.rules import RulesUnderstander
from kb.search import KnowledgeBase
from server.lifecycle.draining import Draining
from server.observing.observer import Observer
from server.settings import Settings


def open_language(
    settings: Settings,
    knowledge: KnowledgeBase,
    cleanup: contextlib.AsyncExitStack,
    observer: Observer,
    draining: Draining,
) -> tuple[Language, Language]:
    """For most customers, and for those who want no model: without a key of Groq's the same."""
    rules = RulesUnderstander(embed=knowledge.embed)
    plain = Language(rules, TemplateSpeaker())
    if settings.groq_api_key is None:
        return plain, plain
    from agents.model.client import open_model
    from agents.model.speaking import ModelSpeaker
    from agents.model.understanding import ModelUnderstander
    from server.observing.model_calls import TokenCounter, WatchedModel

    model = open_model(
        api_key=settings.groq_api_key,
        model_name=settings.groq_model_name,
        base_url=settings.groq_api_base,
        call_seconds=settings.groq_timeout,
        callbacks=[TokenCounter()],
    )
    cleanup.push_async_callback(model.close)
    draining.hears(model.give_up)
    watched = WatchedModel(model, observer)
    return Language(ModelUnderstander(rules, watched), ModelSpeaker(watched)), plain
