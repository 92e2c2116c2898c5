"""Small files of both layouts, built from the scalar judges alone, and the legacy files.

Nothing here uses the fast coder or the vectorised prediction, so a test that builds its file here
holds those against the scalar rules.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec import rans, scalar_prediction
from codec.container import PREDICTORS, Container, Rectangle, Tensor
from codec.decoders.base import Decoder
from codec.formats import batched, parse, wcdc
from codec.formats.streams import stream_bytes
from codec.frequency import FrequencyTable, histogram, normalise
from codec.source import BytesSource
from codec.struct_layout import Struct

DATA = Path(__file__).parent.parent / "data"
LEGACY = sorted(path for path in (DATA / "legacy").iterdir() if path.suffix != ".npy")
DECODABLE = [path for path in LEGACY if not path.stem.startswith("brokentable")]

Weights = NDArray[np.int8]


def parsed(data: bytes, name: str = "a file of the tests") -> Container:
    return parse(BytesSource(data, name))


def only_tensor(container: Container) -> Tensor:
    (tensor,) = container.tensors
    return tensor


def expected_weights(path: Path) -> Weights:
    weights: Weights = np.load(path.with_suffix(".npy"))
    return weights


def places(shape: tuple[int, ...], tile: int) -> list[Rectangle]:
    """The rectangles of the tile grid of a matrix of this shape, row-major."""
    rows, cols = shape
    return [
        Rectangle(row, col, min(tile, rows - row), min(tile, cols - col))
        for row in range(0, rows, tile)
        for col in range(0, cols, tile)
    ]


def unsigned(weights: Weights) -> list[list[int]]:
    """The weights modulo 256, as the scalar rules take them."""
    rows: list[list[int]] = weights.view(np.uint8).tolist()
    return rows


def batched_symbols(weights: Weights, tile: int) -> list[list[int]]:
    matrix = unsigned(weights)
    return [
        scalar_prediction.flat_left_symbols(matrix, place, (tile, tile))
        for place in places(weights.shape, tile)
    ]


def wcdc_symbols(weights: Weights, tile: int, predictors: Sequence[int]) -> list[list[int]]:
    matrix = unsigned(weights)
    return [
        scalar_prediction.differenced_symbols(matrix, place, PREDICTORS[predictor])
        for place, predictor in zip(places(weights.shape, tile), predictors, strict=True)
    ]


def table_of(symbols: Sequence[Sequence[int]]) -> FrequencyTable:
    """The best table for all of these symbols together."""
    counts = histogram(np.concatenate([np.array(part, dtype=np.uint8) for part in symbols]))
    return FrequencyTable.of_frequencies(normalise(counts))


def stream_of(symbols: Sequence[int], table: FrequencyTable) -> bytes:
    words, state = rans.encode(symbols, table)
    return stream_bytes(len(symbols), bytes(words), state)


def shape_of(weights: Weights) -> tuple[int, int]:
    rows, cols = weights.shape
    return rows, cols


def sizes_of(streams: Sequence[bytes]) -> NDArray[np.int64]:
    return np.array([len(stream) for stream in streams], dtype=np.int64)


def batched_file(weights: Weights, tile: int, table: FrequencyTable | None = None) -> bytes:
    symbols = batched_symbols(weights, tile)
    table = table or table_of(symbols)
    streams = [stream_of(part, table) for part in symbols]
    head = batched.head(shape_of(weights), tile, table, sizes_of(streams))
    return head + b"".join(streams)


def wcdc_file(
    weights: Weights,
    tile: int,
    predictors: Sequence[int] | None = None,
    table: FrequencyTable | None = None,
) -> bytes:
    """`predictors`: one a tile, by its number; LEFT and TOP in turn where None."""
    if predictors is None:
        predictors = [i % 2 for i in range(len(places(weights.shape, tile)))]
    symbols = wcdc_symbols(weights, tile, predictors)
    table = table or table_of(symbols)
    streams = [stream_of(part, table) for part in symbols]
    numbers = np.array(predictors, dtype=np.uint8)
    head = wcdc.head(shape_of(weights), tile, table, sizes_of(streams), numbers)
    return head + b"".join(streams)


def supported(decoder: Decoder, container: Container) -> bool:
    """Whether a decoder knows the streams of every tensor; of some native ones the CUDA decoder does not."""
    return not any(decoder.unsupported(t) for t in container.tensors if not t.refusal)


def noise(rows: int, cols: int, seed: int = 1, sigma: float = 10) -> Weights:
    """Rounded normal weights."""
    values = np.random.default_rng(seed).normal(0, sigma, (rows, cols))
    return np.clip(np.rint(values), -128, 127).astype(np.int8)


def with_bytes(data: bytes, offset: int, new: bytes) -> bytes:
    """`data` with the bytes from `offset` on replaced."""
    assert offset + len(new) <= len(data)
    return data[:offset] + new + data[offset + len(new) :]


def with_field(data: bytes, record: Struct, name: str, value: int, base: int = 0) -> bytes:
    """`data` with one field of the record at `base` set."""
    size = record.size_of(name)
    return with_bytes(
        data, base + record.offset_of(name), (value % (1 << 8 * size)).to_bytes(size, "little")
    )


def field_of(data: bytes, record: Struct, name: str, base: int = 0) -> Any:
    return np.frombuffer(data, record.dtype, 1, base)[0][name]


def stream_place(data: bytes, tile: int) -> tuple[int, int]:
    """Offset and size of a tile's stream."""
    record = only_tensor(parsed(data)).tiles[tile]
    return int(record["offset"]), int(record["size"])


def u32(value: int) -> bytes:
    return struct.pack("<I", value)


def claimed(container: Container) -> int:
    """Symbols that decoding all of a file would make."""
    return sum(
        tensor.symbol_count(tile)
        for tensor in container.tensors
        if not tensor.refusal
        for tile in range(len(tensor.tiles))
    )
