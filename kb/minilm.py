"""all-MiniLM-L6-v2 as a forward pass in numpy.

Why not torch or onnxruntime: the packaged weights are a safetensors file, and this network is six layers of
matrix products, so numpy runs it without a further runtime, export step or second copy of the model. The file is
mapped into memory rather than read, so several worker processes share one copy of its 90 MB. Texts go through one
at a time: that needs no padding and no attention mask.

Source: Devlin et al., "BERT" (2019) for the network; Reimers and Gurevych, "Sentence-BERT" (2019) for the pooling.
"""

import ctypes
import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float32]

LAYERS = 6
HEADS = 12
WIDTH = 384
EPSILON = np.float32(1e-12)


def map_weights(path: Path) -> dict[str, Matrix]:
    """Read-only float32 views into a safetensors file; other element types are left out.

    The layout is eight bytes of header length, a JSON header with the place of each tensor, then the raw numbers
    (little-endian, row-major).
    """
    raw = np.memmap(path, dtype=np.uint8, mode="r")
    start = 8 + int.from_bytes(raw[:8].tobytes(), "little")
    header = json.loads(raw[8:start].tobytes())
    weights: dict[str, Matrix] = {}
    for name, place in header.items():
        if place.get("dtype") == "F32":
            first, end = place["data_offsets"]
            weights[name] = np.asarray(raw[start + first : start + end]).view(np.float32).reshape(place["shape"])
    return weights


def use_one_thread() -> None:
    """Keep numpy's matrix products on the calling thread, in the whole process; no effect on BLAS other than OpenBLAS.

    A short question gains next to nothing from a second thread, and when the cores are busy the threads of one product
    wait for each other: measured on two loaded cores, 34 ms in the middle and seconds at worst against 18 and 26.
    """
    # The symbol is that of the OpenBLAS in numpy's wheels, found through a module linked to it.
    linked = find_spec("numpy._core._multiarray_umath")
    blas = ctypes.CDLL(linked.origin) if linked and linked.origin else None
    limit = getattr(blas, "scipy_openblas_set_num_threads64_", None)
    if limit is not None:
        limit(1)


def encode(weights: dict[str, Matrix], token_ids: Sequence[int]) -> Matrix:
    """Unit vector of shape (384,) for one text, given its token ids with [CLS] and [SEP]."""
    words = weights["embeddings.word_embeddings.weight"][np.asarray(token_ids)]
    places = weights["embeddings.position_embeddings.weight"][: len(token_ids)]
    kind = weights["embeddings.token_type_embeddings.weight"][0]
    hidden = _normalise(weights, "embeddings.LayerNorm", words + places + kind)
    for number in range(LAYERS):
        hidden = _layer(weights, f"encoder.layer.{number}", hidden)
    mean = hidden.mean(axis=0)
    unit: Matrix = mean / np.linalg.norm(mean)
    return unit


def _layer(weights: dict[str, Matrix], name: str, hidden: Matrix) -> Matrix:
    attended = _linear(weights, f"{name}.attention.output.dense", _attend(weights, f"{name}.attention.self", hidden))
    hidden = _normalise(weights, f"{name}.attention.output.LayerNorm", attended + hidden)
    wide = _gelu(_linear(weights, f"{name}.intermediate.dense", hidden))
    narrow = _linear(weights, f"{name}.output.dense", wide)
    return _normalise(weights, f"{name}.output.LayerNorm", narrow + hidden)


def _attend(weights: dict[str, Matrix], name: str, hidden: Matrix) -> Matrix:
    def heads(part: str) -> Matrix:
        return _linear(weights, f"{name}.{part}", hidden).reshape(len(hidden), HEADS, -1).transpose(1, 0, 2)

    query, key, value = heads("query"), heads("key"), heads("value")
    scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(WIDTH // HEADS))
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    mixed: Matrix = (scores @ value).transpose(1, 0, 2).reshape(len(hidden), WIDTH)
    return mixed


def _linear(weights: dict[str, Matrix], name: str, hidden: Matrix) -> Matrix:
    product: Matrix = hidden @ weights[f"{name}.weight"].T
    product += weights[f"{name}.bias"]
    return product


def _normalise(weights: dict[str, Matrix], name: str, hidden: Matrix) -> Matrix:
    centred = hidden - hidden.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    scaled: Matrix = centred / np.sqrt(variance + EPSILON) * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return scaled


def _gelu(x: Matrix) -> Matrix:
    result: Matrix = x * (np.float32(0.5) + np.float32(0.5) * _erf(x * np.float32(np.sqrt(0.5))))
    return result


def _erf(x: Matrix) -> Matrix:
    # Abramowitz and Stegun 7.1.26, off by at most 1.5e-7; numpy has no erf.
    size = np.abs(x)
    t = 1 / (1 + np.float32(0.3275911) * size)
    series = np.full_like(t, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = series * t + np.float32(factor)
    result: Matrix = np.copysign(1 - series * t * np.exp(-size * size), x)
    return result
