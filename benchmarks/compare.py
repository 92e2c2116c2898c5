"""How long comparing and diagnosing take: two outputs of a 4096×14336 layer, in memory, with mistakes put in.

    python benchmarks/compare.py > benchmarks/compare.txt

Data: int8 normal(0, 10), 56 MiB, as a native and as a batched file, in tiles of 256×256. Each output is held
against the weights. The time to the comparison (equal or not, where first, how many) and that to the diagnosis
behind it are medians of a few rounds, wall-clock time on all cores. What was named is printed beside: a time for
a wrong verdict is worth nothing. The floor of comparing is reading both outputs once: 112 MiB.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from codec.comparison.comparison import compare
from codec.comparison.output import Output, SideKind
from codec.container import Container
from codec.decoders.platform import processor_name
from codec.diagnosis import diagnose
from codec.encoder import EncodeSettings, encode
from codec.formats import parse
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.source import BytesSource
from codec.threads import cores
from codec.warmup import warm

ROWS, COLS, TILE = 4096, 14336, 256
ROUNDS = 3

Matrix = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Case:
    """An output with a mistake in it.

    Attributes:
        name: the mistake.
        weights: the output.
    """

    name: str
    weights: Matrix


def tiles() -> Iterator[tuple[slice, slice]]:
    """The tiles of the layer, row by row."""
    for row in range(0, ROWS, TILE):
        for col in range(0, COLS, TILE):
            yield slice(row, row + TILE), slice(col, col + TILE)


def reversed_tiles(weights: Matrix) -> Matrix:
    """Every tile from its last weight to its first: what filling in backwards gives without a prediction."""
    found = weights.copy()
    for place in tiles():
        found[place] = weights[place].reshape(-1)[::-1].reshape(TILE, TILE)
    return found


def swapped_tiles(weights: Matrix) -> Matrix:
    """Two tiles in each other's place."""
    found, here, there = weights.copy(), slice(0, TILE), slice(TILE, 2 * TILE)
    found[here, here], found[there, there] = weights[there, there], weights[here, here]
    return found


def cases(weights: Matrix, random: np.random.Generator) -> Iterator[Case]:
    """The outputs, one at a time: each is as large as the layer."""
    yield Case("equal", weights.copy())
    yield Case(
        "rows from 3,000 on unwritten", np.where(np.arange(ROWS)[:, None] < 3000, weights, 0)
    )
    yield Case("tiles reversed", reversed_tiles(weights))
    yield Case("two tiles swapped", swapped_tiles(weights))
    yield Case("bias of 128 missing", weights ^ np.int8(-128))
    hit = random.random(weights.shape) < 0.01
    yield Case("1% of the weights random", np.where(hit, random.integers(-128, 128), weights))
    yield Case("another layer's weights", np.roll(weights, (17, 5), axis=(0, 1))[::-1].copy())


def measure(container: Container, weights: Matrix, case: Case) -> str:
    """A line about one case."""
    found = case.weights.astype(np.int8)
    sides = Output("expected", SideKind.DUMP, weights), Output("found", SideKind.DUMP, found)
    compared, diagnosed, named = [], [], ""
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        comparison = compare(container.tensors[0], *sides)
        between = time.perf_counter()
        findings = diagnose(container, comparison)
        diagnosed.append(time.perf_counter() - between)
        compared.append(between - begin)
        named = " + ".join(findings[0].faults) if findings else "nothing"
    times = f"{statistics.median(compared):8.3f} {statistics.median(diagnosed):8.2f}"
    return f"{case.name:32} {comparison.share:7.2%} {times}   {named}"


def main() -> int:
    """Measures, and prints a table for each layout."""
    random = np.random.default_rng(1)
    weights = np.clip(np.rint(random.normal(0, 10, (ROWS, COLS))), -128, 127).astype(np.int8)
    warm()
    print(
        f"{dt.date.today()}, {processor_name()}, {cores()} cores; {ROWS}×{COLS}, medians of {ROUNDS}, seconds"
    )
    files = {
        "native": encode_native([Layer.of_matrix("layer", weights)], NativeSettings())[0],
        "batched": b"".join(encode(weights, EncodeSettings(tile=TILE)).pieces()),
    }
    for name, data in files.items():
        container = parse(BytesSource(data, f"layer.{name}"))
        print(f"\n{name:32} {'wrong':>7} {'compare':>8} {'diagnose':>8}   named")
        for case in cases(weights, np.random.default_rng(2)):
            print(measure(container, weights, case), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
