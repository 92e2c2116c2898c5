"""One tensor of a native file: its record and what it points at become a `Tensor` and byte ranges with names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.checksum import bytes_checksum
from codec.container import NATIVE_PREDICTORS, TILE, Framing, Prediction, Tensor
from codec.formats.findings import Findings, cut_short
from codec.formats.native import SCALE, TABLE_ENTRY, TENSOR, TILE_RECORD
from codec.formats.native_index import read_tiles
from codec.formats.native_record import Record, Section
from codec.frequency import SYMBOLS, FrequencyTable
from codec.problems import Problem
from codec.source import Source

_TRUNCATED = {
    "frequency table": "truncated-table",
    "scales": "truncated-index",
    "tile records": "truncated-index",
}


@dataclass(frozen=True, eq=False)
class NativeTensor:
    """A tensor, and where its parts lie in the file.

    Attributes:
        tensor: the tensor; refused where its record is at fault.
        table, scales, index, streams: the ranges that the file has of its parts, size 0 where a part is missing
            or refused.
        records: TILE_RECORD[n], as many as there are.
        scale_values: float32[n], as many as there are.
    """

    tensor: Tensor
    table: Section
    scales: Section
    index: Section
    streams: Section
    records: NDArray[Any]
    scale_values: NDArray[np.float32]

    @property
    def parts(self) -> tuple[Section, ...]:
        """The ranges, in the order in which they stand in a file."""
        return self.table, self.scales, self.index, self.streams


def read_tensor(
    source: Source, record: Record, name: str, refusal: str, stream_end: int, findings: Findings
) -> NativeTensor:
    """Reads what a tensor record points at, as far as it is there; all that is wrong with it is noted.

    Args:
        source: the file.
        record: the record.
        name: of the tensor.
        refusal: why nothing that the record points at is to be read; "" where it can be.
        stream_end: where its streams end at the latest.
        findings: where problems go.

    Raises:
        SourceError: the bytes cannot be read.
    """
    parts = [part if not refusal else part._replace(size=0) for part in record.sections()]
    table, scales, index = (_present(source, part, record, findings) for part in parts)
    values = source.array(scales.offset, SCALE.dtype, scales.size // SCALE.size)["scale"]
    records = source.array(index.offset, TILE_RECORD.dtype, index.size // TILE_RECORD.size)
    _check_scales(record, scales, values, findings)
    frequencies = _table(source, table, record, findings)
    tiles = np.zeros(0, dtype=TILE)
    if not refusal:
        tiles = read_tiles(record, records, index.offset, source.size, findings)
    refusal = refusal or _table_refusal(frequencies, table)
    streams = record.streams()
    size = 0 if not len(tiles) else min(streams.size, max(stream_end - streams.offset, 0))
    streams = _clipped(source, streams._replace(size=size))
    tensor = _tensor(record, name, tiles, frequencies, table, refusal)
    own = TENSOR.size + record["name_size"] + table.size + scales.size + index.size + streams.size
    tensor = replace(tensor, own_bytes=min(own, source.size))
    return NativeTensor(tensor, table, scales, index, streams, records, values)


def _clipped(source: Source, section: Section) -> Section:
    """What the file has of a section."""
    offset = min(section.offset, source.size)
    return section._replace(offset=offset, size=max(0, min(section.end, source.size) - offset))


def _present(source: Source, section: Section, record: Record, findings: Findings) -> Section:
    """What the file has of a section, in whole entries; noted where it is cut or its checksum differs."""
    there = _clipped(source, section)
    if there.size < section.size:
        if section.offset <= source.size:
            cut = cut_short(
                _TRUNCATED[section.what], section.what, section.offset, section.size, source
            )
            findings.add(replace(cut, tensor=record.number))
        entry = {"frequency table": section.size, "scales": SCALE.size}
        size = there.size // entry.get(section.what, TILE_RECORD.size)
        return there._replace(size=size * entry.get(section.what, TILE_RECORD.size))
    found = bytes_checksum(source.read(there.offset, there.size))
    if found != section.checksum and (section.size or section.what == "scales"):
        findings.add(
            checksum_problem(
                f"{section.what} of tensor {record.number:,}", there.offset, there.size,
                section.checksum or 0, found, record.number,
            )
        )  # fmt: skip
    return there


def checksum_problem(
    what: str, offset: int, size: int, stored: int, found: int, tensor: int | None = None
) -> Problem:
    """The problem of bytes whose XXH64 is not the stored one."""
    return Problem(
        "checksum",
        offset,
        size,
        f"the checksum of the {what} does not match its {size:,} bytes",
        f"0x{stored:016X}",
        f"0x{found:016X}",
        tensor=tensor,
    )


def _check_scales(
    record: Record, scales: Section, values: NDArray[np.float32], findings: Findings
) -> None:
    def problem(number: int) -> Problem:
        return Problem(
            "scales",
            scales.offset + number * SCALE.size,
            SCALE.size,
            f"scale {number:,} of tensor {record.number:,} is {values[number]}",
            "a finite number above 0",
            f"{values[number]}",
            tensor=record.number,
        )

    with np.errstate(invalid="ignore"):
        wrong = ~(np.isfinite(values) & (values > 0))
    findings.add_each(np.flatnonzero(wrong), problem)


def _table(source: Source, section: Section, record: Record, findings: Findings) -> FrequencyTable:
    """The frequency table; all 0 where the file has none."""
    scale_bits = record.coder.scale_bits
    if not section.size:
        return FrequencyTable.of_frequencies(np.zeros(SYMBOLS, dtype=np.int64), scale_bits)
    stored = source.array(section.offset, TABLE_ENTRY.dtype, SYMBOLS)["freq"]
    table = FrequencyTable.of_frequencies(stored, scale_bits)
    for code, expected, found, message in _table_faults(table):
        findings.add(
            Problem(
                code, section.offset, section.size, message, expected, found,
                "the table is damaged, or its normalisation went wrong", record.number,
            )
        )  # fmt: skip
    return table


def _table_faults(table: FrequencyTable) -> list[tuple[str, str, str, str]]:
    """(code, expected, found, message) of all that is wrong with a table."""
    faults = []
    if table.sum != table.total:
        message = (
            f"the frequencies sum to {table.sum:,}, not to {table.total:,}, so slots and symbols do not "
            "match one to one"
        )
        faults.append(("table-sum", f"{table.total:,}", f"{table.sum:,}", message))
    for symbol in np.flatnonzero(table.frequencies >= table.total).tolist():
        found = f"{int(table.frequencies[symbol]):,}"
        message = f"symbol {symbol} owns {found} of {table.total:,} slots; no symbol may own all"
        faults.append(("table-range", f"at most {table.total - 1:,}", found, message))
    return faults


def _table_refusal(table: FrequencyTable, section: Section) -> str:
    """Why no stream can be decoded with a table; "" where some can."""
    if not section.size:
        return "its frequency table is not in the file"
    return next((message for _, _, _, message in _table_faults(table)), "")


def _tensor(
    record: Record,
    name: str,
    tiles: NDArray[Any],
    table: FrequencyTable,
    place: Section,
    refusal: str,
) -> Tensor:
    return Tensor(
        record.number, name, *record.shape, *record.tile_shape, *record.grid, tiles, table,
        (place.offset, place.size), record.coder, Prediction.WITHIN_TILE, False, refusal,
        interleaving=record.interleaving, framing=Framing.LEADING_STATES,
        predictors=NATIVE_PREDICTORS, checksums=True, origin=record.origin(),
    )  # fmt: skip
