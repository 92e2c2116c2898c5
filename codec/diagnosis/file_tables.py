"""The file's own table at fault: it cannot be decoded with, or its streams were coded with another one.

The second is proved by encoding weights again with tables that an encoder may have meant: where one of them gives the
file's streams byte for byte, it is the one that was used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec import original
from codec.container import Coding, Container, Tensor
from codec.diagnosis.encoded_again import encoded, symbol_counts, symbols_of
from codec.errors import SourceError
from codec.frequency import SYMBOLS, FrequencyTable, normalise, normalise_shared, prefix_sums
from codec.problems import Problem

Numbers = NDArray[np.int64]
Matrix = NDArray[np.int8]

TABLE_CODES = frozenset(
    {"table-sum", "table-range", "table-start", "truncated-table", "checksum", "zero-frequency"}
)
"""Problems that are about a table, where they lie in it."""

MOST_REPAIRED = 4096
"""Slots that a single wrong entry may be off by."""

SHOWN_ENTRIES = 4
"""Entries that differ that are told one by one."""


@dataclass(frozen=True, eq=False)
class UsedTable:
    """The table that streams were really coded with.

    Attributes:
        table: it.
        says: what it is.
    """

    table: FrequencyTable
    says: str


def unusable(container: Container, tensor: Tensor) -> Problem | None:
    """Why no decoder can use a tensor's table; None where one can, or where something else is at fault."""
    if not tensor.refusal:
        return None
    problems = table_problems(container, tensor)
    if problems:
        return problems[0]
    if tensor.table.fault == tensor.refusal:
        found = tensor.refusal
        return Problem(
            "table-sum", *tensor.table_span, found, "a sound table", found, tensor=tensor.index
        )
    return None


def table_problems(container: Container, tensor: Tensor) -> list[Problem]:
    """What parsing found wrong with a tensor's table."""
    begin, size = tensor.table_span
    return [
        problem
        for problem in container.problems
        if problem.code in TABLE_CODES
        and problem.tensor in (None, tensor.index)
        and begin <= problem.offset < begin + max(size, 1)
    ]


def as_original(tensor: Tensor, weights: Matrix) -> bool:
    """Whether the original's normalisation makes just this table of these weights."""
    sample = symbol_counts(tensor, weights)[1]
    return bool(sample.any()) and np.array_equal(
        original.normalise(sample), tensor.table.frequencies
    )


def coded_with(
    container: Container, tensor: Tensor, weights: Matrix, tiles: Sequence[int]
) -> UsedTable | None:
    """The table that gives the streams of all of some tiles, byte for byte, from these weights."""
    parts = [(tile, symbols_of(tensor, weights, tile)) for tile in tiles]
    streams = {tile: _stream(container, tensor, tile) for tile in tiles}
    if not parts or any(not stream for stream in streams.values()):
        return None
    for candidate in _candidates(container, tensor, weights):
        if all(encoded(tensor, part, candidate.table) == streams[tile] for tile, part in parts):
            return candidate
    return None


def _stream(container: Container, tensor: Tensor, tile: int) -> bytes:
    record = tensor.tiles[tile]
    if tensor.coding(tile) is not Coding.RANS or not record["readable"]:
        return b""
    try:
        return container.source.read(int(record["offset"]), int(record["size"]))
    except SourceError:
        return b""


def _candidates(container: Container, tensor: Tensor, weights: Matrix) -> Iterator[UsedTable]:
    """Tables that an encoder may have used, the likelier first; each once."""
    seen = {_key(tensor.table)}
    for candidate in _all_candidates(container, tensor, weights):
        key = _key(candidate.table)
        if key not in seen:
            seen.add(key)
            yield candidate


def _key(table: FrequencyTable) -> bytes:
    return table.frequencies.tobytes() + table.starts.tobytes()


def _all_candidates(container: Container, tensor: Tensor, weights: Matrix) -> Iterator[UsedTable]:
    table, bits = tensor.table, tensor.table.scale_bits

    def of(frequencies: Numbers, says: str) -> UsedTable:
        return UsedTable(FrequencyTable.of_frequencies(frequencies, bits), says)

    counts, sample = symbol_counts(tensor, weights)
    if counts.any():
        yield of(normalise(counts, bits), "the best table for these weights")
        yield of(normalise_shared(counts, bits), "the best table for these weights")
        made = "the table that the original's normalisation makes of these weights"
        yield of(original.normalise(sample), made)
        yield of(original.normalise(counts), made)
    yield of(_from_starts(table), "the table that the starts in the file tell of")
    yield of(
        table.frequencies, "the table of the file's frequencies, with starts that are their sums"
    )
    for by, way in ((1, "down"), (-1, "up")):
        yield of(np.roll(table.frequencies, by), f"the file's table, one entry further {way}")
    for other in container.tensors:
        if other.index != tensor.index and other.table.scale_bits == bits:
            yield UsedTable(other.table, f"the table of {other.name}")
    yield from _repaired(table)


def _from_starts(table: FrequencyTable) -> Numbers:
    """The frequencies that a table's starts tell of."""
    ends = np.append(table.starts[1:], table.total)
    return np.maximum(ends - table.starts, 0)


def _repaired(table: FrequencyTable) -> Iterator[UsedTable]:
    """The file's table with one entry changed so that it sums to what it should."""
    missing = table.total - table.sum
    if not 0 < abs(missing) <= MOST_REPAIRED:
        return
    for symbol in range(SYMBOLS):
        frequencies = table.frequencies.copy()
        frequencies[symbol] += missing
        if frequencies[symbol] >= 0:
            repaired = FrequencyTable(frequencies, prefix_sums(frequencies), table.scale_bits)
            yield UsedTable(
                repaired, "the file's table with one entry as it must be for the sum to be right"
            )


def differences(has: FrequencyTable, used: FrequencyTable) -> str:
    """Where two tables differ, in words."""
    wrong = np.flatnonzero(has.frequencies != used.frequencies)
    if not len(wrong):
        wrong = np.flatnonzero(has.starts != used.starts)
        pairs = [(int(s), int(has.starts[s]), int(used.starts[s])) for s in wrong[:SHOWN_ENTRIES]]
        what = "start"
    else:
        order = wrong[np.argsort(-np.abs(has.frequencies - used.frequencies)[wrong], kind="stable")]
        pairs = [
            (int(s), int(has.frequencies[s]), int(used.frequencies[s]))
            for s in order[:SHOWN_ENTRIES]
        ]
        what = "frequency"
    said = ", ".join(f"symbol {s} has {what} {a:,} where {b:,} was used" for s, a, b in pairs)
    more = len(wrong) - len(pairs)
    return f"{said}, and {more:,} more entries differ" if more > 0 else said
