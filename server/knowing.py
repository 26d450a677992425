"""The knowledge bases of the service: the lender's and that of the markets. They share one model."""

from kb.corpora import CORPORA
from kb.embeddings import LazyEmbeddings
from kb.search import KnowledgeBase, open_knowledge_base
from server.settings import Settings


def open_knowledge_bases(settings: Settings) -> list[KnowledgeBase]:
    """One for each of `CORPORA`. Reads files, so not from the event loop's thread."""
    embeddings = LazyEmbeddings(settings.embedding_model)
    return [
        open_knowledge_base(
            settings.data_dir / "chroma",
            corpus,
            chroma_url=settings.chroma_url,
            embedding_model=settings.embedding_model,
            embeddings=embeddings,
        )
        for corpus in CORPORA
    ]


def state_of(knowledge: KnowledgeBase) -> str:
    """In a word, as told to whoever asks whether the service is ready."""
    if not knowledge.ready:
        return "indexing"
    return "degraded" if knowledge.degraded else "ready"
