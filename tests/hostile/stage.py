"""The house under attack: the real service with a poisoned knowledge base, and what its code let be said, overheard."""

import contextlib
import dataclasses
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from agents.model.speaking import ModelSpeaker
from agents.speaking import phrasebook
from kb.corpora import LOAN, MARKETS
from server import knowing
from server.observing.current import TURN
from tests.hostile.cases import POISON
from tests.service import Service, service_in_thread

Overheard = dict[str, str]  # by session: the phrasebook's words for what its newest turn says


@contextlib.contextmanager
def attacked_service(data_dir: Path, model_url: str, customers: Path, said: Overheard) -> Iterator[Service]:
    """A service with a key for the model at `model_url`. `said` is kept up to date by the service's own thread."""
    clauses = data_dir / "clauses"
    shutil.copytree(LOAN.clauses, clauses)
    shutil.copy(POISON, clauses / "poison.md")
    settings = {"groq_api_key": "gsk_not_a_key", "groq_api_base": model_url, "customers_file": customers}
    with _poisoned(clauses), _overhearing(said), service_in_thread(data_dir, log_level="ERROR", **settings) as service:
        yield service


@contextlib.contextmanager
def _poisoned(clauses: Path) -> Iterator[None]:
    before = knowing.CORPORA
    knowing.CORPORA = (dataclasses.replace(LOAN, clauses=clauses), MARKETS)
    try:
        yield
    finally:
        knowing.CORPORA = before


@contextlib.contextmanager
def _overhearing(said: Overheard) -> Iterator[None]:
    speak = ModelSpeaker.speak

    async def overheard(self: ModelSpeaker, lines: Any, language: str, *more: Any, **named: Any) -> AsyncIterator[Any]:
        turn = TURN.get()
        assert turn is not None
        said[turn.session_id] = phrasebook(language).compose(lines)
        async with aclosing(speak(self, lines, language, *more, **named)) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                yield chunk

    ModelSpeaker.speak = overheard  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        ModelSpeaker.speak = speak  # type: ignore[method-assign]
