"""The spans of a native file: every byte's name, made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.formats.native import SCALE, TABLE_ENTRY, TENSOR, TILE_RECORD
from codec.formats.native_names import Names
from codec.formats.native_stream_spans import streams_span
from codec.formats.native_tensor import NativeTensor
from codec.frequency import SYMBOLS
from codec.source import Source
from codec.spans import (
    ListedSpans,
    RecordSpans,
    ScatteredSpans,
    Span,
    SpanKind,
    Spans,
    struct_spans,
)


class GroupedSpans(Spans):
    """Children each of which has several ranges that lie apart; no two ranges overlap."""

    def __init__(
        self, ranges: Sequence[tuple[int, int, int]], count: int, make: Callable[[int], Span]
    ) -> None:
        """`ranges`: (offset, size, number of the child) of each range that is not empty."""
        super().__init__(count, make)
        table = np.array(sorted(ranges), dtype=np.int64).reshape(-1, 3)
        self._begins, self._ends = table[:, 0], table[:, 0] + table[:, 1]
        self._owners = table[:, 2]

    def locate(self, offset: int) -> int | None:
        """As `Spans.locate`, by bisection."""
        last = int(np.searchsorted(self._begins, offset, side="right")) - 1
        return int(self._owners[last]) if last >= 0 and offset < self._ends[last] else None

    def next_claim(self, offset: int) -> int | None:
        """As `Spans.next_claim`, by bisection."""
        following = int(np.searchsorted(self._begins, offset, side="right"))
        return int(self._begins[following]) if following < len(self._begins) else None


def directory_span(records: NDArray[Any], base: int, names: Sequence[str]) -> Span:
    """The span of all tensor records."""

    def make(number: int) -> Span:
        record, place = records[number], base + number * TENSOR.size
        return Span(
            f"tensor record {number:,} ({names[number]})",
            place,
            TENSOR.size,
            SpanKind.HEADER,
            f"{record['rows']:,} × {record['cols']:,}",
            "Shape, coder and places of one tensor.",
            number,
            children=struct_spans(TENSOR, record, place, SpanKind.HEADER, number),
        )

    return Span(
        "tensor records",
        base,
        len(records) * TENSOR.size,
        SpanKind.HEADER,
        f"{len(records):,} tensors",
        "One record a tensor: what it is, and where its parts lie.",
        children=RecordSpans(base, TENSOR.size, len(records), make),
    )


def names_span(names: Names) -> Span:
    """The span of all names."""

    def make(number: int) -> Span:
        offset, length = names.places[number].tolist()
        return Span(
            f"name {number:,}",
            offset,
            length,
            SpanKind.NAME,
            names.found[number],
            "What the tensor is called, in UTF-8.",
            number,
        )

    return Span(
        "names",
        names.base,
        names.size,
        SpanKind.NAME,
        f"{len(names.found):,} names",
        "The tensors' names, one behind the other.",
        children=ScatteredSpans(names.places[:, 0], names.places[:, 1], make),
    )


def tensors_span(source: Source, tensors: Sequence[NativeTensor]) -> Span:
    """The span of all tensors: one child each, which has its table, scales, records and streams."""

    @cache  # sorting a tensor's streams takes too long to do it for every byte that is looked up
    def make(number: int) -> Span:
        return _tensor_span(source, tensors[number])

    ranges = [
        (part.offset, part.size, number)
        for number, native in enumerate(tensors)
        for part in native.parts
        if part.size
    ]
    begin = min((offset for offset, _, _ in ranges), default=source.size)
    end = max((offset + size for offset, size, _ in ranges), default=begin)
    return Span(
        "tensors",
        begin,
        end - begin,
        SpanKind.STREAM,
        f"{len(tensors):,} tensors",
        "Frequency table, scales, tile records and streams of each tensor.",
        children=GroupedSpans(ranges, len(tensors), make),
        sparse=True,
    )


def _tensor_span(source: Source, native: NativeTensor) -> Span:
    tensor = native.tensor
    parts = [part for part in native.parts if part.size]
    begin = min((part.offset for part in parts), default=source.size)
    end = max((part.end for part in parts), default=begin)
    makers = (_table_span, _scales_span, _index_span)
    spans = [make(native) for make in makers]
    spans.append(streams_span(source, native))
    return Span(
        f"tensor {tensor.name}",
        begin,
        end - begin,
        SpanKind.STREAM,
        f"{tensor.rows:,} × {tensor.cols:,}",
        "All that belongs to one tensor but its record and its name.",
        tensor.index,
        children=ListedSpans([span for span in spans if span.size]),
        sparse=True,
    )


def _table_span(native: NativeTensor) -> Span:
    table, tensor = native.tensor.table, native.tensor.index
    base, size = native.table.offset, native.table.size

    def make(symbol: int) -> Span:
        return Span(
            f"symbol {symbol}",
            base + symbol * TABLE_ENTRY.size,
            TABLE_ENTRY.size,
            SpanKind.TABLE,
            f"{int(table.frequencies[symbol]):,}",
            f"Slots of the symbol {symbol}, a difference of {symbol - 128:+d}.",
            tensor,
            layout=TABLE_ENTRY.fields[0],
        )

    return Span(
        "frequency table",
        base,
        size,
        SpanKind.TABLE,
        f"frequencies sum to {table.sum:,}",
        f"How many of the {table.total:,} slots each symbol owns.",
        tensor,
        children=RecordSpans(base, TABLE_ENTRY.size, SYMBOLS if size else 0, make),
    )


def _scales_span(native: NativeTensor) -> Span:
    base, values, tensor = native.scales.offset, native.scale_values, native.tensor.index

    def make(number: int) -> Span:
        return Span(
            f"scale {number:,}",
            base + number * SCALE.size,
            SCALE.size,
            SpanKind.SCALE,
            f"{values[number]:.9g}",
            SCALE.fields[0].meaning,
            tensor,
            layout=SCALE.fields[0],
        )

    return Span(
        "scales",
        base,
        native.scales.size,
        SpanKind.SCALE,
        f"{len(values):,} scales",
        "What the weights are multiplied with to be what they were before quantisation.",
        tensor,
        children=RecordSpans(base, SCALE.size, len(values), make),
    )


def _index_span(native: NativeTensor) -> Span:
    base, records, tensor = native.index.offset, native.records, native.tensor
    across = tensor.grid_cols

    def make(tile: int) -> Span:
        place, record = base + tile * TILE_RECORD.size, records[tile]
        return Span(
            f"tile {tile:,} (row {tile // across:,}, column {tile % across:,})",
            place,
            TILE_RECORD.size,
            SpanKind.INDEX,
            f"{record['size']:,} bytes at +{int(record['offset']) * 16:,}",
            "Coding, predictor and checksum of one tile, and where its stream lies.",
            tensor.index,
            tile,
            struct_spans(TILE_RECORD, record, place, SpanKind.INDEX, tensor.index, tile),
        )

    return Span(
        "tile records",
        base,
        native.index.size,
        SpanKind.INDEX,
        f"{len(records):,} tiles",
        "What each tile's stream is, and where it lies.",
        tensor.index,
        children=RecordSpans(base, TILE_RECORD.size, len(records), make),
    )
