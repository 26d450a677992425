"""Recall of the labelled questions: `python -m tests.kb.recall` prints it for words, vectors and both together."""

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.corpora import LOAN, MARKETS
from kb.embeddings import DEFAULT_MODEL, LazyEmbeddings
from kb.search import CANDIDATES, KnowledgeBase, open_knowledge_base

HERE = Path(__file__).parent
FILES = ("queries.jsonl", "queries_held_out.jsonl")
MARKET_FILES = ("market_queries.jsonl", "market_queries_held_out.jsonl")


@dataclass(frozen=True)
class Labelled:
    query: str
    language: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class Measured:
    questions: int
    recall_1: float
    recall_3: float
    mrr: float
    missed: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.questions:4d} questions  R@1 {self.recall_1:.3f}  R@3 {self.recall_3:.3f}  MRR {self.mrr:.3f}"


def labelled(name: str) -> list[Labelled]:
    rows = [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    return [Labelled(row["query"], row["language"], frozenset(row["relevant"])) for row in rows]


def off_topic(name: str = "off_topic.txt") -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def market_off_topic() -> list[str]:
    return off_topic("market_off_topic.txt") + off_topic("market_off_topic_held_out.txt")


def measure(questions: Sequence[Labelled], rankings: Sequence[Sequence[str]]) -> Measured:
    """A question counts as answered at 3 when one of its clauses is among the first three."""
    places = [
        next((place for place, found in enumerate(ranking, 1) if found in question.relevant), 0)
        for question, ranking in zip(questions, rankings, strict=True)
    ]
    count = len(questions) or 1
    return Measured(
        count,
        sum(place == 1 for place in places) / count,
        sum(1 <= place <= 3 for place in places) / count,
        sum(1 / place for place in places if place) / count,
        tuple(question.query for question, place in zip(questions, places, strict=True) if not 1 <= place <= 3),
    )


async def ranked(kb: KnowledgeBase, questions: Sequence[Labelled]) -> list[list[str]]:
    return [[passage.id for passage in await kb.search(question.query, CANDIDATES)] for question in questions]


async def report() -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = LazyEmbeddings(DEFAULT_MODEL)
        for corpus, files, others in (
            (LOAN, FILES, off_topic()),
            (MARKETS, MARKET_FILES, market_off_topic()),
        ):
            words_only = open_knowledge_base(Path(folder) / "never-opened", corpus)
            kb = open_knowledge_base(Path(folder) / "chroma", corpus, embeddings=model)
            began = time.monotonic()
            await kb.ingest()
            print(f"{corpus.collection}: {len(kb.clauses)} clauses indexed in {time.monotonic() - began:.1f} s")
            for name in files:
                await _report_of(name, kb, words_only)
            for title, base in (("both", kb), ("words", words_only)):
                answered = [query for query in others if await is_answered(base, query)]
                print(f"off topic, {title}: {len(answered)} of {len(others)} found relevant: {answered}")
            await kb.close()


async def _report_of(name: str, kb: KnowledgeBase, words_only: KnowledgeBase) -> None:
    questions = labelled(name)
    vectors = [list(await kb.similarity(question.query)) for question in questions]
    fused = await ranked(kb, questions)
    print(name)
    print("  words  ", measure(questions, await ranked(words_only, questions)))
    print("  vectors", measure(questions, vectors))
    both = measure(questions, fused)
    print("  both   ", both)
    for language in sorted({question.language for question in questions}):
        chosen = [(q, r) for q, r in zip(questions, fused, strict=True) if q.language == language]
        print(f"    {language:8s}", measure(*map(list, zip(*chosen, strict=True))))
    for query in both.missed:
        print("    missed:", query)
    found = [await is_answered(kb, question.query) for question in questions]
    print(f"  found relevant: {sum(found)} of {len(found)}")


async def is_answered(kb: KnowledgeBase, query: str) -> bool:
    return any(passage.relevant for passage in await kb.search(query))


if __name__ == "__main__":
    asyncio.run(report())
