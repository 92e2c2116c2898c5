"""What the property tests draw: counts, tables, symbols, weights, small files, and damage to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import hypothesis.extra.numpy as arrays
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from codec.formats import batched, native, wcdc
from codec.frequency import FrequencyTable
from codec.struct_layout import Struct
from tests.codec.files import Weights, batched_file, noise, wcdc_file, with_bytes
from tests.codec.native_files import native_bytes, native_structs, resealed


def counts(most: int) -> SearchStrategy[NDArray[np.int64]]:
    """int64[256] with some symbols present, each up to `most` times."""
    present = st.dictionaries(st.integers(0, 255), st.integers(1, most), min_size=1, max_size=256)
    return present.map(_spread)


def _spread(present: dict[int, int]) -> NDArray[np.int64]:
    result = np.zeros(256, dtype=np.int64)
    result[list(present)] = list(present.values())
    return result


@st.composite
def tables(draw: DrawFn, scale_bits: int = 12) -> FrequencyTable:
    """Any sound table: the slots cut at random places, among random symbols.

    A single cut gives all slots to one symbol; two neighbouring cuts give a symbol the frequency 1.
    """
    total = 1 << scale_bits
    cuts = draw(st.sets(st.integers(1, total - 1), max_size=20))
    edges = [0, *sorted(cuts), total]
    number = len(edges) - 1
    symbols = draw(st.lists(st.integers(0, 255), min_size=number, max_size=number, unique=True))
    frequencies = np.zeros(256, dtype=np.int64)
    frequencies[symbols] = np.diff(edges)
    return FrequencyTable.of_frequencies(frequencies, scale_bits)


@st.composite
def coded(draw: DrawFn, longest: int = 300) -> tuple[list[int], FrequencyTable]:
    """Symbols, and a table that can code them: any few symbols, or many as likely as the table says."""
    table = draw(tables())
    used = np.flatnonzero(table.frequencies)
    if draw(st.booleans()):
        return draw(st.lists(st.sampled_from(used.tolist()), max_size=20)), table
    rng = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    likely = rng.choice(used, draw(st.integers(0, longest)), p=table.frequencies[used] / 4096)
    return likely.tolist(), table


def matrices(longest: int = 24) -> SearchStrategy[Weights]:
    """int8 matrices of odd shapes: of one value, of few, of all."""
    shapes = st.tuples(st.integers(1, longest), st.integers(1, longest))
    values = st.sampled_from([(0, 0), (-1, 1), (-128, 127)])
    return values.flatmap(
        lambda bounds: arrays.arrays(np.int8, shapes, elements=st.integers(*bounds))
    )


@dataclass(frozen=True)
class Example:
    """A small sound file, and where its structs lie.

    Attributes:
        name: what it shows.
        data: the file.
        weights: what its first tensor holds.
        structs: (struct, offset) of the header, of every index entry and of some table entries.
        streams: offset of the first stream.
    """

    name: str
    data: bytes
    weights: Weights
    structs: tuple[tuple[Struct, int], ...]
    streams: int

    def __repr__(self) -> str:
        return self.name


def _batched_example(name: str, weights: Weights, tile: int) -> Example:
    data = batched_file(weights, tile)
    tiles = -(-weights.shape[0] // tile) * -(-weights.shape[1] // tile)
    index = [
        (batched.INDEX_ENTRY, batched.INDEX_OFFSET + i * batched.INDEX_ENTRY.size)
        for i in range(tiles)
    ]
    entries = [(batched.TABLE_ENTRY, batched.TABLE_OFFSET + s * 4) for s in (0, 128, 255)]
    streams = batched.INDEX_OFFSET + tiles * batched.INDEX_ENTRY.size
    return Example(name, data, weights, ((batched.HEADER, 0), *index, *entries), streams)


def _wcdc_example(name: str, weights: Weights, tile: int) -> Example:
    data = wcdc_file(weights, tile)
    tiles = -(-weights.shape[0] // tile) * -(-weights.shape[1] // tile)
    records = [
        (wcdc.TILE_RECORD, wcdc.HEADER.size + i * wcdc.TILE_RECORD.size) for i in range(tiles)
    ]
    table = wcdc.HEADER.size + tiles * wcdc.TILE_RECORD.size
    entries = [(wcdc.TABLE_ENTRY, table + s * 2) for s in (0, 128, 255)]
    streams = table + wcdc.TABLE_SIZE
    return Example(name, data, weights, ((wcdc.HEADER, 0), *records, *entries), streams)


def _native_example(name: str, layers: dict[str, Weights], **settings: Any) -> Example:
    data = native_bytes(layers, **settings)
    structs = native_structs(data)
    streams = int(np.frombuffer(data, native.TENSOR.dtype, 1, structs[1][1])[0]["streams_offset"])
    return Example(name, data, next(iter(layers.values())), structs, streams)


EXAMPLES: tuple[Example, ...] = (
    _batched_example("batched, 2×2 tiles, edges padded", noise(7, 6), 4),
    _batched_example("batched, all zero", np.zeros((5, 5), np.int8), 4),
    _wcdc_example("wcdc, LEFT and TOP", noise(4, 6), 4),
    _wcdc_example("wcdc, one weight", noise(1, 1), 4),
    _native_example(
        "native, two tensors",
        {"a": noise(9, 12), "b": np.full((3, 5), 7, dtype=np.int8)},
        tile_rows=8,
        tile_cols=8,
        lanes=2,
        run=2,
    ),
    _native_example("native, one raw tile", {"raw": noise(3, 3)}, word_bits=8),
)
"""Small enough for a test to try every byte of them."""

FIRST_AFTER_MAGIC = 4


@st.composite
def damaged(draw: DrawFn) -> bytes:
    """One of `EXAMPLES` after one to three accidents; its magic number stays."""
    example = draw(st.sampled_from(EXAMPLES))
    data = example.data
    for _ in range(draw(st.integers(1, 3))):
        data = draw(st.sampled_from(_ACCIDENTS))(draw, example, data)
    return data


def _flip(draw: DrawFn, first: int, data: bytes) -> bytes:
    """A bit at or behind `first` flips."""
    if first >= len(data):
        return data
    at = draw(st.integers(first, len(data) - 1))
    return with_bytes(data, at, bytes([data[at] ^ 1 << draw(st.integers(0, 7))]))


def _flip_anywhere(draw: DrawFn, _: Example, data: bytes) -> bytes:
    return _flip(draw, FIRST_AFTER_MAGIC, data)


def _flip_in_a_stream(draw: DrawFn, example: Example, data: bytes) -> bytes:
    return _flip(draw, example.streams, data)


def _field(draw: DrawFn, example: Example, data: bytes) -> bytes:
    """A field of a struct takes another value: at a limit, beside its own, or any."""
    struct, base = draw(st.sampled_from(example.structs))
    names = [
        field.name for field in struct.fields if field.name not in ("magic", "signature", "unused")
    ]
    name = draw(st.sampled_from(names))
    size, offset = struct.size_of(name), base + struct.offset_of(name)
    if offset + size > len(data):
        return data
    value, top = int.from_bytes(data[offset : offset + size], "little"), (1 << 8 * size) - 1
    telling = [0, 1, 2, len(data) - 1, len(data), len(data) + 1, top >> 1, top - 1, top]
    beside = st.integers(-9, 9).map(lambda step: value + step)
    new = draw(st.one_of(beside, st.sampled_from(telling), st.integers(0, top)))
    return with_bytes(data, offset, (new & top).to_bytes(size, "little"))


def _reseal(draw: DrawFn, example: Example, data: bytes) -> bytes:
    """Checksums are made anew, so that they do not tell what happened before; native files alone have any."""
    return resealed(data)


def _cut(draw: DrawFn, _: Example, data: bytes) -> bytes:
    """The end is lost."""
    return data[: draw(st.integers(FIRST_AFTER_MAGIC, max(FIRST_AFTER_MAGIC, len(data))))]


def _grow(draw: DrawFn, _: Example, data: bytes) -> bytes:
    """Bytes are appended."""
    return data + draw(st.binary(min_size=1, max_size=40))


def _lose(draw: DrawFn, example: Example, data: bytes) -> bytes:
    """Some bytes are lost, and all behind them move up; most often it happens among the streams."""
    first = draw(st.sampled_from([FIRST_AFTER_MAGIC, example.streams, example.streams]))
    at = draw(st.integers(min(first, len(data)), len(data)))
    return data[:at] + data[at + draw(st.integers(1, 16)) :]


_ACCIDENTS: tuple[Callable[[DrawFn, Example, bytes], bytes], ...] = (
    _flip_anywhere,
    _flip_in_a_stream,
    _flip_in_a_stream,
    _field,
    _field,
    _field,
    _reseal,
    _cut,
    _grow,
    _lose,
)
