"""Small models in files, and what has to come back of them."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.bench.result import LayerFacts

random = np.random.default_rng(5)
WEIGHTS: dict[str, NDArray[np.int8]] = {
    "layer.0.a": random.normal(0, 10, (96, 64)).round().astype(np.int8),
    "layer.0.b": random.normal(0, 3, (33, 70)).round().astype(np.int8),
    "layer.1.a": np.zeros((64, 64), dtype=np.int8),
}
"""int8, so that they are encoded as they are."""

LAYERS = tuple(LayerFacts(name, *matrix.shape) for name, matrix in WEIGHTS.items())
ALL = np.concatenate([matrix.reshape(-1) for matrix in WEIGHTS.values()]).reshape(1, -1)
OTHERS: dict[str, NDArray[Any]] = {
    "embedding": np.ones((4, 4), dtype=np.int8),
    "layer.0.bias": np.ones(64, dtype=np.float32),
    "layer.0.ids": np.ones((1, 5), dtype=np.int64),
}

KINDS = {"int8": "I8", "float32": "F32", "int64": "I64"}


def safetensors(arrays: dict[str, NDArray[Any]]) -> bytes:
    header, data = {}, b""
    for name, array in arrays.items():
        ends = [len(data), len(data) + array.nbytes]
        header[name] = {
            "dtype": KINDS[array.dtype.name], "shape": list(array.shape), "data_offsets": ends,
        }  # fmt: skip
        data += array.tobytes()
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def model_file(folder: Path) -> Path:
    path = folder / "model.safetensors"
    path.write_bytes(safetensors({**OTHERS, **WEIGHTS}))
    return path
