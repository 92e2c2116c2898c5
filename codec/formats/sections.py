"""What both legacy layouts do alike while they are parsed: the header, the tile grid, the whole."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Tensor
from codec.formats.findings import Findings, cut_short
from codec.formats.placement import check_coverage
from codec.formats.streams import unclaimed_span
from codec.source import Source
from codec.spans import ListedSpans, Span, SpanKind, struct_spans
from codec.struct_layout import Struct


def read_header(source: Source, struct: Struct, findings: Findings) -> np.void | None:
    """The header record at byte 0; None, and a problem noted, where the file is too short for it."""
    if source.size < struct.size:
        findings.add(cut_short("truncated-header", "header", 0, struct.size, source))
        return None
    record: np.void = source.array(0, struct.dtype, 1)[0]
    return record


def header_span(source: Source, struct: Struct, meaning: str) -> Span:
    """The span of the header: all of its fields that are still whole."""
    size = min(source.size, struct.size)
    record = np.frombuffer(source.read(0, size).ljust(struct.size, b"\0"), struct.dtype)[0]
    fields = struct_spans(struct, record, 0, SpanKind.HEADER)
    whole = ListedSpans([span for span in fields if span.end <= size])
    return Span("header", 0, size, SpanKind.HEADER, "", meaning, children=whole)


def grid_of(header: np.void) -> tuple[int, int]:
    """Tiles down and across by the header's shape; (0, 0) where there is no tile to divide by."""
    rows, cols, tile = int(header["rows"]), int(header["cols"]), int(header["tile_size"])
    return (-(-rows // tile), -(-cols // tile)) if tile else (0, 0)


def assemble(
    source: Source,
    name: str,
    findings: Findings,
    tensor: Tensor | None,
    sections: list[Span],
    tiles: NDArray[Any],
) -> Container:
    """The container of all sections found, and of the bytes that none of them claims.

    Args:
        source: the file.
        name: of the layout.
        findings: the problems so far; bytes without a claim are added.
        tensor: the matrix, where the header gave it a shape.
        sections: the spans found, in file order.
        tiles: TILE[n]; the streams claim what is there of them.
    """
    claims = [(span.offset, span.size) for span in sections if span.kind is not SpanKind.STREAM]
    holes = check_coverage(findings, claims, tiles, source.size)
    unclaimed = [unclaimed_span(holes)] if holes else []
    root = Span(
        source.name,
        0,
        source.size,
        SpanKind.FILE,
        f"{source.size:,} bytes",
        "The whole file.",
        children=ListedSpans([*sections, *unclaimed]),
    )
    tensors = () if tensor is None else (tensor,)
    return Container(source, name, tensors, root, findings.problems())
