import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.corpora import CORPORA, LOAN
from kb.embeddings import DEFAULT_MODEL, LazyEmbeddings, MiniLM
from kb.ingest import IngestReport
from kb.search import CANDIDATES, KnowledgeBase, fuse, open_knowledge_base


def small(tmp_path: Path, clauses_dir: Path, **options: Any) -> KnowledgeBase:
    corpus = replace(LOAN, clauses=clauses_dir, collection="small")
    return open_knowledge_base(tmp_path / "chroma", corpus, **options)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


async def test_ingest_embeds_only_what_changed(
    tmp_path: Path, clauses_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded: list[str] = []
    real = MiniLM.embed_documents

    def counted(self: MiniLM, texts: list[str]) -> list[list[float]]:
        embedded.extend(texts)
        return real(self, texts)

    monkeypatch.setattr(MiniLM, "embed_documents", counted)

    assert await small(tmp_path, clauses_dir).ingest() == IngestReport(added=3, changed=0, removed=0, unchanged=0)
    assert len(embedded) == 4
    embedded.clear()
    assert await small(tmp_path, clauses_dir).ingest() == IngestReport(added=0, changed=0, removed=0, unchanged=3)
    assert embedded == []

    edit(clauses_dir / "fees.md", "How much is the file charge?", "What do you charge for the file?")
    assert await small(tmp_path, clauses_dir).ingest() == IngestReport(added=0, changed=1, removed=0, unchanged=2)
    assert embedded == ["What do you charge for the file?"]


async def test_removed_clauses_and_questions_leave_the_store(tmp_path: Path, clauses_dir: Path) -> None:
    await small(tmp_path, clauses_dir).ingest()
    (clauses_dir / "papers.md").unlink()
    edit(clauses_dir / "fees.md", "- How much is the file charge?\n", "")
    kb = small(tmp_path, clauses_dir)
    assert await kb.ingest() == IngestReport(added=0, changed=1, removed=1, unchanged=1)
    assert set(kb._store.stored()) == {"fees.processing", "fees.late"}


async def test_another_model_embeds_everything_again(
    tmp_path: Path, clauses_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await small(tmp_path, clauses_dir).ingest()

    class Narrow(MiniLM):
        """Vectors of another width, as another model would have."""

        def embed_query(self, text: str) -> list[float]:
            return super().embed_query(text)[:64]

    monkeypatch.setattr("kb.embeddings.embeddings_for", lambda _: Narrow())
    kb = small(tmp_path, clauses_dir, embedding_model="narrow")
    assert await kb.ingest() == IngestReport(added=0, changed=3, removed=0, unchanged=0)
    assert (await kb.search("file charge"))[0].id == "fees.processing"
    assert not kb.degraded


async def test_two_collections_live_in_one_directory(tmp_path: Path, clauses_dir: Path) -> None:
    funds = tmp_path / "funds"
    funds.mkdir()
    (funds / "funds.md").write_text("# Funds\n\n## Fee {#fund.fee}\n\nThe fund charges 1%.\n", encoding="utf-8")
    loan = small(tmp_path, clauses_dir)
    fund = open_knowledge_base(tmp_path / "chroma", replace(LOAN, clauses=funds, collection="funds"))
    await asyncio.gather(loan.ingest(), fund.ingest())
    assert [passage.id for passage in await fund.search("processing fee")] == ["fund.fee"]
    assert {passage.id for passage in await loan.search("processing fee")} >= {"fees.processing"}
    await asyncio.gather(loan.close(), fund.close())


async def test_one_model_and_one_database_serve_every_corpus(tmp_path: Path, loads_of_the_model: list[Path]) -> None:
    model = LazyEmbeddings(DEFAULT_MODEL)
    loan, markets = (open_knowledge_base(tmp_path / "chroma", corpus, embeddings=model) for corpus in CORPORA)
    await loan.ingest()
    await markets.ingest()
    assert len(loads_of_the_model) == 1
    assert loan._store._open()._client._server is markets._store._open()._client._server
    assert (await markets.search("what is momentum"))[0].id == "momentum.meaning"
    await loan.close()
    assert (await markets.search("what is a yield curve"))[0].id == "rates.curve"
    assert not markets.degraded
    await markets.close()


async def test_words_answer_before_the_first_ingest(tmp_path: Path, clauses_dir: Path) -> None:
    kb = small(tmp_path, clauses_dir)
    assert (kb.ready, kb.degraded) == (False, True)
    assert (await kb.search("processing fee"))[0].id == "fees.processing"
    assert not (tmp_path / "chroma").exists()
    await kb.ingest()
    assert (kb.ready, kb.degraded) == (True, False)


async def test_opening_loads_neither_chroma_nor_the_model(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from kb.corpora import CORPORA; from kb.search import open_knowledge_base;"
        f"[open_knowledge_base(Path({str(tmp_path)!r}) / 'chroma', corpus) for corpus in CORPORA];"
        "assert not {'chromadb', 'langchain_chroma', 'torch'} & set(sys.modules)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=Path(__file__).parents[2])
    assert await process.wait() == 0


async def test_passages_carry_what_an_answer_cites(loan_kb: KnowledgeBase) -> None:
    best = (await loan_kb.search("How much is the processing fee?"))[0]
    assert best.id == "fees.processing"
    assert best.title == "Processing fee"
    assert best.source == "Fees and charges · fees.processing"
    assert "2% of the loan amount" in best.text
    assert best.relevant


async def test_scores_fall_and_stay_within_zero_and_one(loan_kb: KnowledgeBase) -> None:
    scores = [passage.score for passage in await loan_kb.search("charges for closing early", CANDIDATES)]
    assert len(scores) == CANDIDATES
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] <= scores[0] <= 1


@pytest.mark.parametrize("top_k", [-1, 0, 1, 20])
async def test_as_many_as_asked_for(loan_kb: KnowledgeBase, top_k: int) -> None:
    assert len(await loan_kb.search("interest rate", top_k)) == max(top_k, 0)


@pytest.mark.parametrize("query", ["", " ", "?", "\x00", "\ud800", "a" * 100_000, "🙂" * 50, "' OR 1=1 --", "₹"])
async def test_no_text_makes_search_fail(loan_kb: KnowledgeBase, query: str) -> None:
    await loan_kb.search(query)
    assert not loan_kb.degraded


async def test_repeated_questions_are_looked_up_once(loan_kb: KnowledgeBase) -> None:
    before = loan_kb._near.cache_info()
    await loan_kb.search("is this very question asked twice")
    await loan_kb.search("is this very question asked twice")
    after = loan_kb._near.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 1)


async def test_many_questions_at_once(loan_kb: KnowledgeBase) -> None:
    questions = [f"What is the rate for a score of {score}?" for score in range(650, 690)]
    answers = await asyncio.gather(*(loan_kb.search(question) for question in questions))
    assert all(passages[0].relevant for passages in answers)
    assert not loan_kb.degraded


def test_fusion_prefers_what_several_rankings_agree_on() -> None:
    assert list(fuse([(1.0, ["a", "b"]), (1.0, ["b", "c"])])) == ["b", "a", "c"]
    assert fuse([(1.0, ["a"]), (0.5, ["a"]), (0.3, [])]) == {"a": pytest.approx(1.0)}
    assert fuse([(1.0, [])]) == {}


def test_the_default_model_is_the_packaged_one() -> None:
    assert DEFAULT_MODEL == "all-MiniLM-L6-v2"


@pytest.mark.asyncio(loop_scope="session")
async def test_short_texts_are_embedded_for_other_uses(loan_kb: KnowledgeBase) -> None:
    near, also, far = loan_kb.embed(["early repayment", "paying back early", "the weather in Mumbai"])
    assert sum(a * b for a, b in zip(near, also, strict=True)) > sum(a * b for a, b in zip(near, far, strict=True))
