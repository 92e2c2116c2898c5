"""Writes tests/data/golden anew: small files of both layouts, their weights, and what is in them.

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
    text = json.dumps(manifest, indent=1) + "\n"
    (GOLDEN / "content.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
