"""Asking the knowledge base: word search and vector search, fused by rank."""

import asyncio
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from langchain_core.embeddings import Embeddings

from kb.clauses import Clause, clause_of, load_clauses
from kb.corpora import LOAN, Corpus
from kb.embeddings import DEFAULT_MODEL, LazyEmbeddings
from kb.ingest import IngestReport, synchronise
from kb.lexical import LexicalIndex, words_of
from kb.relevance import Relevance
from kb.store import ClauseStore, StoreUnavailable
from kb.terms import SearchTerms

CANDIDATES = 20  # clauses from each ranking
ENTRIES = 120  # nearest texts looked at; a clause has about five
# Reciprocal rank fusion (Cormack, Clarke and Buettcher 2009). Its usual constant of 60 is for rankings of hundreds of
# documents; this and the weights did best on the labelled questions of tests/kb.
RRF_CONSTANT = 5
NEAREST_WEIGHT = 1.0  # clauses by their nearest entry, text or question
TEXT_WEIGHT = 0.3  # clauses by their own text
WORDS_WEIGHT = 0.5  # clauses by words
QUESTION_LENGTH = 1000  # characters looked at
VECTOR_CACHE = 512  # questions
VECTOR_TIMEOUT = 3.0  # seconds until a question is answered by words alone
RETRY_AFTER = 30.0  # seconds without asking a store that failed


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause found for a question.

    `score` is 0 to 1 and falls with rank; `relevant` is false when the clause is too far from the question.
    """

    id: str
    title: str
    text: str
    source: str
    score: float
    relevant: bool


class KnowledgeBase:
    """Clauses that can be asked. Word search works from the start; vectors join in once `ingest` has run.

    `ready`: the first `ingest` has ended, well or not. `degraded`: questions are answered by words alone for now.
    """

    def __init__(
        self,
        clauses: Sequence[Clause],
        store: ClauseStore,
        model: str,
        corpus: Corpus = LOAN,
        elsewhere: Sequence[Clause] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clauses: Mapping[str, Clause] = {clause.id: clause for clause in clauses}
        self._indexed = (*clauses, *elsewhere)
        self._known = frozenset(clause.id for clause in self._indexed)
        self.ready = False
        self._store = store
        self._model = model
        self._corpus = corpus
        self._relevance = Relevance(corpus.bounds, clauses, elsewhere)
        self._terms = SearchTerms(corpus.terms)
        self._clock = clock
        self._index = LexicalIndex(self._indexed)
        self._embed = lru_cache(maxsize=VECTOR_CACHE)(store.embed)
        self._near = lru_cache(maxsize=VECTOR_CACHE)(lambda question: store.nearest(self._embed(question), ENTRIES))
        self._writing = threading.Lock()
        self._in_line = False
        self._retry_at = math.inf  # the store is not touched before the first ingest
        self._running: set[asyncio.Task[Any]] = set()

    @property
    def degraded(self) -> bool:
        return not self._in_line

    async def ingest(self) -> IngestReport:
        """Bring the vector store in line with the clauses; cheap when nothing changed.

        Raises StoreUnavailable, after which searches go by words alone and try the store again from time to time.
        """
        try:
            return await asyncio.to_thread(self._synchronise)
        finally:
            self.ready = True

    async def search(self, query: str, top_k: int = 3) -> list[Passage]:
        """The passages that answer a question best, best first; English, Hinglish or simple Hindi. Never raises."""
        question = self._in_our_words(query)
        words = words_of(question)
        entries = await self._entries(question)
        nearest = best_entries(entries)
        texts = [entry_id for entry_id in entries if entry_id in self._known]
        by_words = self._index.search(words, CANDIDATES)
        fused = fuse([(NEAREST_WEIGHT, list(nearest)), (TEXT_WEIGHT, texts), (WORDS_WEIGHT, by_words)])
        found = {clause_id: score for clause_id, score in fused.items() if clause_id in self.clauses}
        relevant = self._relevance.relevant(list(found), nearest, partial(self._index.coverage, words))
        return [
            self._passage(clause_id, score, clause_id in relevant)
            for clause_id, score in list(found.items())[: max(top_k, 0)]
        ]

    def embed(self, texts: list[str]) -> list[list[float]]:
        """Vectors of short texts by the same model, which is loaded once for both uses; empty where it fails."""
        try:
            return [list(self._embed(text)) for text in texts]
        except StoreUnavailable:
            return [[] for _ in texts]

    async def similarity(self, query: str) -> dict[str, float]:
        """Clause identifiers by vector alone, nearest first, with their cosine; empty while degraded."""
        nearest = best_entries(await self._entries(self._in_our_words(query)))
        return {clause_id: cosine for clause_id, cosine in nearest.items() if clause_id in self.clauses}

    async def close(self) -> None:
        """Let go of the vector store."""
        await asyncio.to_thread(self._store.close)

    def _in_our_words(self, query: str) -> str:
        # A lone surrogate would make the tokenizer fail, which must not look like a failure of the store.
        text = query[:QUESTION_LENGTH].encode("utf-8", "replace").decode("utf-8")
        return self._terms.in_our_words(self._terms.in_english(text))

    async def _entries(self, question: str) -> dict[str, float]:
        """The nearest entries, nearest first, with their cosine; empty when the store cannot be asked."""
        if self._running or self._clock() < self._retry_at:
            return {}
        if not self._in_line:
            # Nobody waits for a repair; this question is answered by words.
            self._leave_running(asyncio.create_task(asyncio.to_thread(self._synchronise)))
            return {}
        task = asyncio.create_task(asyncio.to_thread(self._nearest, question))
        done, late = await asyncio.wait({task}, timeout=VECTOR_TIMEOUT)
        for hanging in late:
            self._leave_running(hanging)
            self._store_failed()
        try:
            return next((finished.result() for finished in done), {})
        except StoreUnavailable:
            return {}

    def _leave_running(self, task: asyncio.Task[Any]) -> None:
        # Its thread cannot be stopped; until it ends the store is not asked anything else.
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # _store_failed has dealt with it; not asking would log it as forgotten

    def _nearest(self, question: str) -> dict[str, float]:
        try:
            found = self._near(question)
        except StoreUnavailable:
            self._store_failed()
            self._let_go()
            raise
        # Another process may run a newer or older set of clauses on the same store.
        return {entry_id: cosine for entry_id, cosine in found.items() if clause_of(entry_id) in self._known}

    def _synchronise(self) -> IngestReport:
        with self._writing:
            try:
                report = self._synchronise_or_rebuild()
                self._near.cache_clear()
                # Loads model and index now rather than under the first question, and shows whether they work.
                self._store.nearest(self._embed(self._corpus.probe), 1)
            except StoreUnavailable:
                self._store_failed()
                self._let_go()
                raise
            self._in_line = True
            self._retry_at = -math.inf
            return report

    def _synchronise_or_rebuild(self) -> IngestReport:
        try:
            return synchronise(self._store, self._indexed, self._model)
        except StoreUnavailable:
            # Everything in the store comes from the clauses, so a broken database is replaced rather than mended.
            if not self._store.damaged():
                raise
        self._store.set_aside()
        return synchronise(self._store, self._indexed, self._model)

    def _store_failed(self) -> None:
        self._in_line = False
        self._retry_at = self._clock() + RETRY_AFTER

    def _let_go(self) -> None:
        # May wait for a hanging call, so never from the event loop's thread.
        with suppress(StoreUnavailable):
            self._store.close()

    def _passage(self, clause_id: str, score: float, relevant: bool) -> Passage:
        clause = self.clauses[clause_id]
        return Passage(clause.id, clause.title, clause.text, clause.source, score, relevant)


def best_entries(entries: Mapping[str, float]) -> dict[str, float]:
    """Clauses by their nearest entry, with its cosine, from entries sorted nearest first."""
    best: dict[str, float] = {}
    for entry_id, cosine in entries.items():
        best.setdefault(clause_of(entry_id), cosine)
    return dict(list(best.items())[:CANDIDATES])


def fuse(rankings: Sequence[tuple[float, Sequence[str]]]) -> dict[str, float]:
    """Fused score of each identifier, best first, from (weight, ranking) pairs; 1 is first in all."""
    filled = [(weight, ranking) for weight, ranking in rankings if ranking]
    best = sum(weight for weight, _ in filled) / (RRF_CONSTANT + 1)
    scores: dict[str, float] = {}
    for weight, ranking in filled:
        for rank, clause_id in enumerate(ranking, 1):
            scores[clause_id] = scores.get(clause_id, 0.0) + weight / (RRF_CONSTANT + rank) / best
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def open_knowledge_base(
    data_dir: Path,
    corpus: Corpus = LOAN,
    *,
    chroma_url: str | None = None,
    embedding_model: str = DEFAULT_MODEL,
    embeddings: Embeddings | None = None,
) -> KnowledgeBase:
    """A knowledge base over the clauses of one corpus. Reads them; opens no store and loads no model yet.

    `data_dir` holds the embedded Chroma, unless `chroma_url` names a server. Chroma itself shares what is open between
    collections of one directory; `embeddings` shares the model. Raises ClauseError for bad documents.
    """
    store = ClauseStore(
        corpus.collection, embeddings or LazyEmbeddings(embedding_model), directory=data_dir, url=chroma_url
    )
    elsewhere = load_clauses(corpus.elsewhere) if corpus.elsewhere else ()
    return KnowledgeBase(load_clauses(corpus.clauses), store, embedding_model, corpus, elsewhere)
