from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from kb.embeddings import MiniLM
from kb.minilm import Matrix, map_weights
from kb.search import KnowledgeBase, open_knowledge_base

FEES = """# Fees

## Processing fee {#fees.processing}

The processing fee is 2% of the amount.

- How much is the file charge?

## Late payment {#fees.late}

A late instalment costs a penal charge.
"""

PAPERS = """# Papers

## Documents {#kyc.documents}

Identity, address and PAN card are needed.
"""


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    return MiniLM()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def loan_kb(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[KnowledgeBase]:
    """The real clauses, indexed once for the whole run."""
    kb = open_knowledge_base(tmp_path_factory.mktemp("loan") / "chroma")
    await kb.ingest()
    yield kb
    await kb.close()


@pytest.fixture
def clauses_dir(tmp_path: Path) -> Path:
    """Three clauses in two documents, free to be edited."""
    folder = tmp_path / "clauses"
    folder.mkdir()
    (folder / "fees.md").write_text(FEES, encoding="utf-8")
    (folder / "papers.md").write_text(PAPERS, encoding="utf-8")
    return folder


@pytest.fixture
def loads_of_the_model(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The weights files that were mapped while the test ran."""
    mapped: list[Path] = []

    def counted(path: Path) -> dict[str, Matrix]:
        mapped.append(path)
        return map_weights(path)

    monkeypatch.setattr("kb.embeddings.map_weights", counted)
    return mapped
