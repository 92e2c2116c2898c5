"""The full check of a file: every stream decoded, every rule of the layout held, the table weighed.

Parsing reads no more than header, table and index; what lies in the streams is checked here, tile after tile,
so that a file of any size needs little memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Container, Tensor
from codec.decoders.base import Decoder, Tick, no_tick
from codec.decoders.streams import DecodedStream, Status
from codec.formats.findings import Findings
from codec.frequency import SYMBOLS, cross_entropy, entropy
from codec.original import SAMPLE_SYMBOLS
from codec.padding_checks import padding_problems
from codec.problems import Problem, Severity
from codec.stream_checks import growth_problems, stream_problems
from codec.table_checks import table_problems

TILES_AT_ONCE = 64
"""Tiles that are decoded in one go: enough to keep all cores busy."""

TILE_MEASURES = np.dtype(
    [
        ("bits_per_weight", "<f8"),
        ("entropy", "<f8"),
        ("table_loss", "<f8"),
        ("status", "<u1"),
        ("severity", "<u1"),
    ]
)
"""Measures of one tile. `bits_per_weight`: its stream's bits over its weights, padding not counted.
`entropy`: order-0 entropy of its symbols, bits per symbol. `table_loss`: bits per symbol that the tensor's
table costs above that entropy; inf where a symbol cannot be coded at all, 0 where the tile is not coded by rANS.
`status`: how decoding ended.
`severity`: 0 no problem, 1 a warning, 2 an error."""


@dataclass(frozen=True, eq=False)
class TensorReport:
    """What the check measured of one tensor.

    Attributes:
        counts: int64[256], how often each symbol occurs in what decoded of the rANS-coded tiles, which
            the table is for.
        tiles: TILE_MEASURES[n].
    """

    counts: NDArray[np.int64]
    tiles: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Report:
    """The outcome of a full check.

    Attributes:
        problems: those that parsing found, then those found here.
        tensors: one report a tensor.
    """

    problems: tuple[Problem, ...]
    tensors: tuple[TensorReport, ...]

    @property
    def sound(self) -> bool:
        """Whether there is no error; warnings are allowed."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)


def bits_per_weight(tensor: Tensor) -> NDArray[np.float64]:
    """float64[n]: bits of each tile's stream over the weights that it yields; nan where it yields none."""
    rows = tensor.rows - tensor.tiles["row"].astype(np.int64) * tensor.tile_rows
    cols = tensor.cols - tensor.tiles["col"].astype(np.int64) * tensor.tile_cols
    weights = np.clip(rows, 0, tensor.tile_rows) * np.clip(cols, 0, tensor.tile_cols)
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = tensor.tiles["size"].astype(np.float64) * 8 / weights
    return np.where(weights > 0, bits, np.nan)


def check(container: Container, decoder: Decoder, tick: Tick = no_tick) -> Report:
    """Decodes every stream of a file and checks all of it.

    Args:
        container: the file.
        decoder: decodes the streams.
        tick: told (tiles done, tiles in all).

    Raises:
        Cancelled: `tick` says so.
    """
    findings = Findings()
    for problem in container.problems:
        findings.add(problem)
    done, total = 0, sum(len(tensor.tiles) for tensor in container.tensors)
    reports = []
    for tensor in container.tensors:
        part = _part_of(tick, done, total)
        reports.append(_check_tensor(container, tensor, decoder, findings, part))
        done += len(tensor.tiles)
    for problem in padding_problems(container):
        findings.add(problem)
    return Report(findings.problems(), tuple(reports))


def _part_of(tick: Tick, before: int, total: int) -> Tick:
    """A tick of one tensor, which tells `tick` how much of all tensors is done."""
    return lambda done, _: tick(before + done, total)


def _check_tensor(
    container: Container, tensor: Tensor, decoder: Decoder, findings: Findings, tick: Tick
) -> TensorReport:
    measures = np.zeros(len(tensor.tiles), dtype=TILE_MEASURES)
    measures["bits_per_weight"] = bits_per_weight(tensor)
    counts = np.zeros(SYMBOLS, dtype=np.int64)
    first = _FirstSymbols()
    for begin in range(0, len(tensor.tiles), TILES_AT_ONCE):
        tick(begin, len(tensor.tiles))
        tiles = range(begin, min(begin + TILES_AT_ONCE, len(tensor.tiles)))
        if tensor.refusal:
            measures["status"][begin : tiles.stop] = Status.TENSOR_REFUSED
            continue
        for stream in _streams(container, tensor, tiles, decoder):
            counts += _check_stream(tensor, stream, measures, findings, decoder)
            first.add(stream, decoder)
    for problem in table_problems(tensor, counts, first.counts):
        findings.add(problem)
    for problem in growth_problems(tensor, measures):
        findings.add(problem)
    tick(len(tensor.tiles), len(tensor.tiles))
    _mark_severity(measures, findings.problems(), tensor.index)
    return TensorReport(counts, measures)


def _streams(
    container: Container, tensor: Tensor, tiles: range, decoder: Decoder
) -> list[DecodedStream]:
    """The outcomes of tiles; their weights are made only where there are checksums to hold them against."""
    if not tensor.checksums:
        return decoder.decode_streams(container, tensor, tiles)
    decoded = decoder.decode_tiles(container, tensor, tiles, {})
    return [decoded[tile].stream for tile in tiles]


class _FirstSymbols:
    """Counts the symbols at the start of a tensor, which the original built its table from."""

    def __init__(self) -> None:
        self.counts = np.zeros(SYMBOLS, dtype=np.int64)
        self._left = SAMPLE_SYMBOLS

    def add(self, stream: DecodedStream, decoder: Decoder) -> None:
        """Counts the symbols of the next stream, as far as they belong to the sample."""
        part = stream.symbols[: min(stream.decoded, self._left)]
        if len(part):
            self.counts += decoder.histogram(part)
            self._left -= len(part)


def _check_stream(
    tensor: Tensor,
    stream: DecodedStream,
    measures: NDArray[Any],
    findings: Findings,
    decoder: Decoder,
) -> NDArray[np.int64]:
    """Notes a stream's problems and measures; returns the counts of the symbols that the table codes."""
    record = measures[stream.tile]
    record["status"] = stream.status
    counts = decoder.histogram(stream.symbols[: stream.decoded])
    record["entropy"] = entropy(counts)
    coded = tensor.coding(stream.tile) is Coding.RANS
    counts = counts if coded else np.zeros_like(counts)
    record["table_loss"] = max(0.0, cross_entropy(counts, tensor.table) - record["entropy"])
    for problem in stream_problems(tensor, stream):
        findings.add(problem)
    return counts


def _mark_severity(measures: NDArray[Any], problems: tuple[Problem, ...], tensor: int) -> None:
    """Sets the worst severity of each tile; a status that is not OK is an error, listed or not."""
    measures["severity"] = np.where(measures["status"] == Status.OK, 0, 2)
    for problem in problems:
        if problem.tile is not None and problem.tensor == tensor and problem.tile < len(measures):
            level = 2 if problem.severity is Severity.ERROR else 1
            measures["severity"][problem.tile] = max(measures["severity"][problem.tile], level)
