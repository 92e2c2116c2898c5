"""Writes tests/data/golden anew: small files of all layouts, their weights, and what is in them.

Run by hand, never by a test: `python -m tests.regenerate_golden`. The files pin the layouts and the
reference coder down to the byte, so a difference in one of them is a change of format, to be wanted
and looked at, not to be waved through.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from codec.container import Container, Tensor
from codec.frequency import FrequencyTable
from tests.codec.files import DATA, Weights, batched_file, only_tensor, parsed, wcdc_file
from tests.codec.native_files import native_bytes

GOLDEN = DATA / "golden"


@dataclass(frozen=True)
class Golden:
    """One file.

    Attributes:
        name: of the file, without its suffix.
        weights: what is in it.
        tile: tile size.
        predictors: one a tile, for the per-tile layout; None for the batched one.
        frequencies: the table by symbol; the best one where None.
    """

    name: str
    weights: Weights
    tile: int
    predictors: Sequence[int] | None = None
    frequencies: dict[int, int] | None = None

    @property
    def suffix(self) -> str:
        """The layout, as a file suffix."""
        return ".batched" if self.predictors is None else ".wcdc"

    def data(self) -> bytes:
        """The bytes of the file."""
        table = None
        if self.frequencies is not None:
            frequencies = np.zeros(256, dtype=np.int64)
            frequencies[list(self.frequencies)] = list(self.frequencies.values())
            table = FrequencyTable.of_frequencies(frequencies)
        if self.predictors is None:
            return batched_file(self.weights, self.tile, table)
        return wcdc_file(self.weights, self.tile, self.predictors, table)


def bell(rows: int, cols: int) -> Weights:
    """Bell-shaped weights by arithmetic alone, so that no library's generator can change them."""
    n = np.arange(rows * cols, dtype=np.int64)
    parts = [(n * 7919 + 13) % 17, (n * n * 31 + n * 5) % 19, (n * 104729 + n // 3) % 23]
    return (sum(parts) - 28).astype(np.int8).reshape(rows, cols)


CASES = (
    Golden("bell_20x13_t8", bell(20, 13), 8),
    Golden("zeros_16x16_t16", np.zeros((16, 16), dtype=np.int8), 16),
    Golden("extremes_3x5_t4", np.resize(np.array([-128, 127, 0], np.int8), (3, 5)), 4),
    Golden("flat_16x16_t16", bell(16, 16), 16, None, dict.fromkeys(range(256), 16)),
    Golden("bell_21x10_t7", bell(21, 10), 7, [0, 1, 1, 0, 0, 1]),
    Golden("narrow_9x11_t5", bell(9, 11), 5, [0, 0, 0, 1, 0, 0]),
    Golden("one_1x1_t16", np.full((1, 1), -77, dtype=np.int8), 16, [1]),
)


@dataclass(frozen=True)
class NativeGolden:
    """One native file.

    Attributes:
        name: of the file, without its suffix.
        layers: name to weights of each tensor.
        settings: as `NativeSettings` takes them.
    """

    name: str
    layers: dict[str, Weights]
    settings: dict[str, Any]


def steps(rows: int, cols: int, axis: int) -> Weights:
    """Weights that grow by little steps along an axis, which LEFT or TOP predicts."""
    return np.cumsum(bell(rows, cols) // 8, axis=axis, dtype=np.int8)


def flat(rows: int, cols: int) -> Weights:
    """Weights of which none is likelier than another, whatever predicts them."""
    n = np.arange(rows * cols, dtype=np.int64)
    return ((n * n * n * 40503 >> 7) % 251 + (n * n * 31 >> 4)).astype(np.int8).reshape(rows, cols)


NATIVE_CASES = (
    NativeGolden("native_lanes32", {"bell": bell(40, 50)}, {"lanes": 32, "run": 16}),
    NativeGolden(
        "native_tiles",
        {
            "all": np.concatenate([
                np.full((24, 40), -7, dtype=np.int8), bell(24, 40), steps(24, 40, 1),
                steps(24, 40, 0), flat(24, 40),
            ]),
            "Größe 1": np.full((1, 1), 5, dtype=np.int8),
        },
        {"tile_rows": 24, "tile_cols": 40, "lanes": 4, "run": 4, "predictor": "auto"},
    ),
    NativeGolden(
        "native_bytes",
        {"bell": bell(21, 30)},
        {
            "tile_rows": 8, "tile_cols": 16, "lanes": 3, "run": 5, "scale_bits": 15,
            "word_bits": 8, "lower_bound_bits": 23, "predictor": "left",
        },
    ),
)  # fmt: skip

SAMPLE = DATA.parent.parent / "assets" / "samples" / "minilm_query_key_t128.rsc"
SAMPLE_SETTINGS: dict[str, Any] = {"tile_rows": 128, "tile_cols": 128, "lanes": 32, "run": 16}


def sample_layers() -> dict[str, Weights]:
    """Real weights, of the sample that the app brings along."""
    query = SAMPLE.with_name("minilm_query_pertensor_384x384_t128.npy")
    key = DATA / "legacy" / "minilm_key_pertensor_256x256_t256.npy"
    return {"query": np.load(query), "key": np.load(key)}


def content(container: Container, tensor: Tensor) -> dict[str, Any]:
    """What parsing must find."""
    table = tensor.table.frequencies
    tiles = range(len(tensor.tiles))
    frames = [container.frame(tensor, tile) for tile in tiles]
    return {
        "format": container.format,
        "shape": [tensor.rows, tensor.cols],
        "tile": tensor.tile_rows,
        "frequencies": {str(s): int(table[s]) for s in np.flatnonzero(table)},
        "tiles": [
            {
                "row": int(tensor.tiles["row"][tile]),
                "col": int(tensor.tiles["col"][tile]),
                "predictor": int(tensor.tiles["predictor"][tile]),
                "offset": frame.offset,
                "size": frame.size,
                "symbol_count": frame.symbol_count,
                "state": frame.state,
            }
            for tile, frame in zip(tiles, frames, strict=True)
        ],
    }


def main() -> None:
    """Writes all files."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for case in CASES:
        data = case.data()
        name = case.name + case.suffix
        (GOLDEN / name).write_bytes(data)
        np.save(GOLDEN / f"{case.name}.npy", case.weights)
        container = parsed(data)
        manifest[name] = content(container, only_tensor(container))
    for native in NATIVE_CASES:
        (GOLDEN / f"{native.name}.rsc").write_bytes(native_bytes(native.layers, **native.settings))
    SAMPLE.write_bytes(native_bytes(sample_layers(), **SAMPLE_SETTINGS))
    text = json.dumps(manifest, indent=1) + "\n"
    (GOLDEN / "content.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
