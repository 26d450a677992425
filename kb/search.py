"""Asking the knowledge base: word search and vector search, fused by rank."""

import asyncio
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kb.clauses import LOAN_CLAUSES, Clause, clause_of, load_clauses
from kb.embeddings import DEFAULT_MODEL, LazyEmbeddings
from kb.ingest import IngestReport, synchronise
from kb.lexical import LexicalIndex, words_of
from kb.store import ClauseStore, StoreUnavailable
from kb.terms import SearchTerms

LOAN_COLLECTION = "loan-clauses"
CANDIDATES = 20  # clauses from each of the two rankings
ENTRIES = 80  # nearest texts looked at; a clause has about four
# Reciprocal rank fusion (Cormack, Clarke and Buettcher 2009). Its usual constant of 60 is for rankings of hundreds of
# documents; this and the weight did best on the labelled questions of tests/kb.
RRF_CONSTANT = 5
WORDS_WEIGHT = 0.5  # of the ranking by words, against 1 for the one by vectors
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
        terms: SearchTerms,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clauses: Mapping[str, Clause] = {clause.id: clause for clause in clauses}
        self.ready = False
        self._store = store
        self._model = model
        self._terms = terms
        self._clock = clock
        self._index = LexicalIndex(clauses)
        self._embed = lru_cache(maxsize=VECTOR_CACHE)(store.embed)
        self._writing = threading.Lock()
        self._in_line = False
        self._retry_at = math.inf  # the store is not touched before the first ingest
        self._hanging: set[asyncio.Task[dict[str, float]]] = set()

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
        english = self._terms.in_english(query[:QUESTION_LENGTH])
        question = self._terms.in_our_words(english)
        words = words_of(question)
        similarity = await self._similarity(question)
        by_words = self._index.search(words, CANDIDATES)
        fused = fuse([(1.0, list(similarity)), (WORDS_WEIGHT, by_words)])
        return [
            self._passage(clause_id, score, similarity.get(clause_id), self._index.coverage(words, clause_id))
            for clause_id, score in list(fused.items())[:top_k]
        ]

    async def similarity(self, query: str) -> dict[str, float]:
        """Clause identifiers by vector alone, nearest first, with their cosine; empty while degraded."""
        english = self._terms.in_english(query[:QUESTION_LENGTH])
        return await self._similarity(self._terms.in_our_words(english))

    async def close(self) -> None:
        """Let go of the vector store."""
        await asyncio.to_thread(self._store.close)

    async def _similarity(self, question: str) -> dict[str, float]:
        """Cosine similarity of the nearest clauses, nearest first; empty when the store cannot be asked."""
        if self._hanging or self._clock() < self._retry_at:
            return {}
        task = asyncio.create_task(asyncio.to_thread(self._nearest, question))
        done, late = await asyncio.wait({task}, timeout=VECTOR_TIMEOUT)
        for hanging in late:
            # Its thread cannot be stopped; no second one is sent after it.
            self._hanging.add(hanging)
            hanging.add_done_callback(self._returned)
            self._store_failed()
        try:
            return next((finished.result() for finished in done), {})
        except StoreUnavailable:
            return {}

    def _returned(self, task: asyncio.Task[dict[str, float]]) -> None:
        self._hanging.discard(task)
        if not task.cancelled():
            task.exception()

    def _nearest(self, question: str) -> dict[str, float]:
        if not self._in_line:
            self._synchronise()
        try:
            found = self._store.nearest(self._embed(question), ENTRIES)
        except StoreUnavailable:
            self._store_failed()
            raise
        best: dict[str, float] = {}
        for entry_id, similarity in found.items():
            clause_id = clause_of(entry_id)
            # Another process may run a newer or older set of clauses on the same store.
            if clause_id in self.clauses:
                best.setdefault(clause_id, similarity)
        return dict(list(best.items())[:CANDIDATES])

    def _synchronise(self) -> IngestReport:
        with self._writing:
            try:
                report = synchronise(self._store, tuple(self.clauses.values()), self._model)
            except StoreUnavailable:
                self._store_failed()
                raise
            self._in_line = True
            self._retry_at = -math.inf
            return report

    def _store_failed(self) -> None:
        self._in_line = False
        self._retry_at = self._clock() + RETRY_AFTER

    def _passage(self, clause_id: str, score: float, similarity: float | None, coverage: float) -> Passage:
        clause = self.clauses[clause_id]
        return Passage(clause.id, clause.title, clause.text, clause.source, score, is_relevant(similarity, coverage))


def fuse(rankings: Sequence[tuple[float, Sequence[str]]]) -> dict[str, float]:
    """Fused score of each identifier, best first, from (weight, ranking) pairs; 1 is first in all."""
    filled = [(weight, ranking) for weight, ranking in rankings if ranking]
    best = sum(weight for weight, _ in filled) / (RRF_CONSTANT + 1)
    scores: dict[str, float] = {}
    for weight, ranking in filled:
        for rank, clause_id in enumerate(ranking, 1):
            scores[clause_id] = scores.get(clause_id, 0.0) + weight / (RRF_CONSTANT + rank) / best
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def is_relevant(similarity: float | None, coverage: float) -> bool:
    """Whether a clause is about the question at all.

    `similarity` is the cosine (None without vectors), `coverage` the share of the question's weight that the clause's
    words cover. The bounds were set on the labelled questions of tests/kb against off-topic ones.
    """
    if similarity is None:
        return coverage >= 0.5
    return similarity + 0.25 * coverage >= 0.45


def open_knowledge_base(
    data_dir: Path,
    *,
    chroma_url: str | None = None,
    embedding_model: str = DEFAULT_MODEL,
    collection: str = LOAN_COLLECTION,
    clauses_dir: Path = LOAN_CLAUSES,
) -> KnowledgeBase:
    """A knowledge base over the clauses of one directory. Reads them; opens no store and loads no model yet.

    `data_dir` holds the embedded Chroma, unless `chroma_url` names a server. Raises ClauseError for bad documents.
    """
    store = ClauseStore(collection, LazyEmbeddings(embedding_model), directory=data_dir, url=chroma_url)
    return KnowledgeBase(load_clauses(clauses_dir), store, embedding_model, SearchTerms())
