"""The vector store: Chroma, embedded in a directory or behind a URL, reached through langchain_chroma."""

import asyncio
import hashlib
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import httpx
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.client import Client
    from chromadb.config import Settings
    from langchain_chroma import Chroma


SERVER_SECONDS = 10.0  # for an answer of a Chroma server

# Guards a cache that Chroma keeps per process and fills without a lock of its own.
_CONNECTING = threading.Lock()


class StoreUnavailable(RuntimeError):
    """Chroma, or the embedding of a text for it, failed; the cause is chained."""


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def store_faults() -> Iterator[None]:
    """Turn whatever Chroma raises into StoreUnavailable.

    Its Rust part raises a PanicException that is not an Exception, and the class cannot be imported: so everything is
    caught here, at the call, except what stops a thread or a task on purpose.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError, StoreUnavailable):
        raise
    except BaseException as error:
        raise StoreUnavailable(f"vector store: {type(error).__name__}: {error}") from error


class ClauseStore:
    """One Chroma collection of short texts, opened on first use; cosine space, vectors always made by `embeddings`.

    Every method may raise StoreUnavailable. Safe from any thread.
    """

    def __init__(self, collection: str, embeddings: Embeddings, *, directory: Path, url: str | None = None) -> None:
        """`url` of a Chroma server wins over the `directory` of the embedded one."""
        self.collection = collection
        self.directory = None if url else directory
        self._url = url
        self._embeddings = embeddings
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._chroma: Chroma | None = None

    def stored(self) -> dict[str, tuple[str, str]]:
        """What is there: entry identifier to (digest of its text, embedding model)."""
        with store_faults():
            found = self._open().get(include=["metadatas"])
            return {
                entry_id: (str(metadata.get("digest")), str(metadata.get("model")))
                for entry_id, metadata in zip(found["ids"], found["metadatas"], strict=True)
            }

    def put(self, entries: Mapping[str, str], model: str) -> None:
        """Embed texts and store them, over what stood under their identifiers."""
        documents = [Document(text, metadata={"digest": digest_of(text), "model": model}) for text in entries.values()]
        with store_faults():
            self._open().add_documents(documents, ids=list(entries))

    def remove(self, entry_ids: Sequence[str]) -> None:
        with store_faults():
            self._open().delete(ids=list(entry_ids))

    def reset(self) -> None:
        """Empty the collection and forget its vector width."""
        with store_faults():
            self._open().reset_collection()

    def nearest(self, vector: Sequence[float], limit: int) -> dict[str, float]:
        """Identifiers of the nearest entries, nearest first, with their cosine similarity."""
        with store_faults():
            found = self._open().similarity_search_by_vector_with_relevance_scores(list(vector), k=limit)
            return {str(document.id): 1.0 - distance for document, distance in found}

    def embed(self, text: str) -> tuple[float, ...]:
        with store_faults():
            return tuple(self._embeddings.embed_query(text))

    def close(self) -> None:
        """Let go of Chroma; the next use opens it again."""
        with self._lock, store_faults():
            client, self._client, self._chroma = self._client, None, None
            if client is not None:
                client.close()

    def damaged(self) -> bool:
        """Whether the embedded database is there but is no longer a sound one; false when it is merely locked."""
        database = self.directory / "chroma.sqlite3" if self.directory else None
        if database is None or not database.is_file():
            return False
        try:
            with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                return bool(connection.execute("PRAGMA quick_check").fetchone() != ("ok",))
        except sqlite3.OperationalError:
            return False
        except sqlite3.DatabaseError:
            return True

    def set_aside(self) -> None:
        """Move a damaged embedded store out of the way, over an earlier one; the next use starts an empty one."""
        if self.directory is None:
            return
        with suppress(StoreUnavailable):
            self.close()
        with store_faults():
            _forget_databases()
            aside = self.directory.with_name(f"{self.directory.name}.damaged")
            if aside.exists():
                shutil.rmtree(aside)
            self.directory.rename(aside)

    def _open(self) -> "Chroma":
        with self._lock:
            if self._chroma is None:
                # Half a second and 90 MB: not before somebody asks.
                from langchain_chroma import Chroma

                if self._client is None:
                    self._client = self._connect()
                self._chroma = Chroma(
                    collection_name=self.collection,
                    client=self._client,
                    embedding_function=self._embeddings,
                    collection_configuration={"hnsw": {"space": "cosine"}},
                )
            return self._chroma

    def _connect(self) -> "Client":
        import chromadb
        from chromadb.config import Settings

        # _env_file: Chroma would otherwise read ours.
        settings = Settings(_env_file=None, anonymized_telemetry=False)
        with _CONNECTING:
            try:
                if self._url is None:
                    client = chromadb.PersistentClient(path=str(self.directory), settings=settings)
                else:
                    client = _over_http(self._url, settings)
            except BaseException:
                _forget_databases()
                raise
        return cast("Client", client)  # declared as an interface without close()


def _over_http(url: str, settings: "Settings") -> "ClientAPI":
    """A client whose calls have an end. Chroma's waits without one, and asks who it is while it is being made."""
    import chromadb

    address = urlsplit(url)
    secure, host = address.scheme == "https", address.hostname or ""
    port = address.port or (443 if secure else 8000)
    identity = httpx.URL(scheme=address.scheme, host=host, port=port, path="/api/v2/auth/identity")
    httpx.get(identity, timeout=SERVER_SECONDS)  # whatever it says, it answers
    client = chromadb.HttpClient(host=host, port=port, ssl=secure, settings=settings)
    server: Any = client
    server._server._session.timeout = httpx.Timeout(SERVER_SECONDS)
    return client


def _forget_databases() -> None:
    """Empty Chroma's cache of open databases, which would hand out again one that failed to open or was moved.

    Clients that are open keep working: they hold their database themselves.
    """
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()
