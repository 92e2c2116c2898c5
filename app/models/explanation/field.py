"""A field of the file in words and numbers: its place in the tree, value, bytes, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from math import log2

from app.models.explanation.parts import (
    Explanation,
    Known,
    Line,
    Link,
    Part,
    Section,
    ToBytes,
    ToSymbol,
    coded_value,
    hexadecimal,
    table_entry,
)
from codec.container import Tensor
from codec.errors import SourceError
from codec.problems import Problem
from codec.spans import Span, SpanKind

BYTES_SHOWN = 32
"""Bytes of a field that are written out."""

PROBLEMS_SHOWN = 8
"""Problems that are listed; the Problems panel has all."""


def spans_to(root: Span, offset: int, size: int) -> list[Span]:
    """The spans from the whole file down to the one that is exactly these bytes.

    Where none is, down to the innermost one that holds them all.
    """
    path = root.path_to(offset) or ()
    chain = [root.descend(path[:depth]) for depth in range(len(path) + 1)]
    exact = [
        depth for depth, span in enumerate(chain) if (span.offset, span.size) == (offset, size)
    ]
    if exact:
        return chain[: exact[-1] + 1]
    return [span for span in chain if span.offset <= offset and offset + size <= span.end]


def explain_field(known: Known, offset: int, size: int) -> Explanation:
    """Explains the field that these bytes are, or that they are part of."""
    chain = spans_to(known.container.root, offset, size)
    if not chain:
        return Explanation(f"Byte {offset:,} is outside the file", ())
    sections = [field_section(known, chain, offset, size)]
    symbol = table_symbol(known.tensor, offset, size)
    if known.tensor is not None and symbol is not None:
        sections.append(_table_section(known, known.tensor, symbol))
    sections += problem_sections(known, offset, size)
    return Explanation(_title(chain[-1], offset, size), tuple(sections))


def _title(span: Span, offset: int, size: int) -> str:
    if (span.offset, span.size) == (offset, size):
        return f"{span.name}: {span.value}" if span.value else span.name
    if size == 0:
        return f"Between two bytes of: {span.name}"
    return f"{size:,} {'byte' if size == 1 else 'bytes'} of: {span.name}"


def field_section(known: Known, chain: list[Span], offset: int, size: int) -> Section:
    """Path, value, meaning and bytes of the innermost span."""
    span = chain[-1]
    lines = [Line("path", tuple(_path(chain)))]
    if span.value:
        lines.append(Line("value", (span.value,)))
    lines.append(Line("kind", (span.kind.value,), span.meaning))
    lines.append(Line("place", (_place(span),), f"of {known.container.source.size:,} in the file"))
    if (span.offset, span.size) != (offset, size):
        inside = (
            f"bytes {offset - span.offset:,} to {offset - span.offset + size - 1:,} of the field"
        )
        lines.append(Line("selected", (_range(offset, size),), inside if size else ""))
    if size:
        lines.append(Line("bytes", (_hex(known, offset, size),)))
    return Section("Field", tuple(lines))


def _path(chain: list[Span]) -> Iterator[Part]:
    for depth, span in enumerate(chain):
        if depth:
            yield " › "
        last = span is chain[-1]
        yield (
            span.name if last or not span.size else Link(span.name, ToBytes(span.offset, span.size))
        )


def _place(span: Span) -> Link | str:
    if not span.size:
        return f"byte {span.offset:,}: none of its bytes is there"
    return Link(_range(span.offset, span.size), ToBytes(span.offset, span.size))


def _range(offset: int, size: int) -> str:
    if size == 0:
        return f"before byte {offset:,} ({hexadecimal(offset)})"
    if size == 1:
        return f"byte {offset:,} ({hexadecimal(offset)})"
    last = offset + size - 1
    return f"{size:,} bytes, {offset:,} … {last:,} ({hexadecimal(offset)} … {hexadecimal(last)})"


def _hex(known: Known, offset: int, size: int) -> str:
    try:
        data = known.container.source.read(offset, min(size, BYTES_SHOWN))
    except SourceError as error:
        return error.sentence()
    return data.hex(" ").upper() + (" …" if size > BYTES_SHOWN else "")


def table_symbol(tensor: Tensor | None, offset: int, size: int) -> int | None:
    """The symbol whose table entry these bytes are, or are part of; None where they are no such."""
    if tensor is None:
        return None
    begin, length = tensor.table_span
    entry = table_entry(tensor, 0).size
    symbol = (offset - begin) // entry if entry else -1
    inside = begin <= offset < begin + length and size <= entry
    return symbol if inside and (offset - begin) % entry + size <= entry else None


def _table_section(known: Known, tensor: Tensor, symbol: int) -> Section:
    """What a table entry means: its symbol's slots, share and cost, and how often it occurs."""
    table, coder = tensor.table, tensor.coder
    freq, start = int(table.frequencies[symbol]), int(table.starts[symbol])
    shares = f"{freq:,} / {table.total:,} = {freq / table.total:.2%}"
    lines = [
        Line("symbol", (f"{symbol} = {symbol - 128} + 128",), f"{coded_value(tensor)} + bias"),
        Line("share", (shares,), "frequency over all slots"),
    ]
    if freq:
        bits = coder.scale_bits - log2(freq)
        lines.append(Line("slots", (f"{start:,} … {start + freq - 1:,}",), "from its start on"))
        cost = f"{coder.scale_bits} - log2({freq:,}) = {bits:.3f} bits"
        lines.append(Line("cost", (cost,), "of coding it once"))
    else:
        lines.append(Line("cost", ("∞",), "it owns no slot and cannot be coded"))
    lines += _occurrence(known, tensor, symbol)
    return Section("Symbol", tuple(lines))


def _occurrence(known: Known, tensor: Tensor, symbol: int) -> list[Line]:
    if known.report is None or not known.report.counts.any():
        return []
    counts = known.report.counts
    count, total = int(counts[symbol]), int(counts.sum())
    scaled = count * tensor.table.total / total
    note = f"worth {scaled:,.2f} of {tensor.table.total:,} slots"
    return [Line("occurs", (f"{count:,} of {total:,} = {count / total:.2%}",), note)]


def problem_sections(known: Known, offset: int, size: int) -> list[Section]:
    """The problems whose bytes touch these; empty where there are none."""
    end = offset + max(size, 1)
    touching = [p for p in known.problems if p.offset < end and p.offset + max(p.size, 1) > offset]
    return listed_problems(touching)


def listed_problems(problems: list[Problem]) -> list[Section]:
    """A section for the first few problems."""
    sections = []
    for problem in problems[:PROBLEMS_SHOWN]:
        here = Link(problem.message, ToBytes(problem.offset, max(problem.size, 1)))
        lines = [Line(problem.severity.value, (here,))]
        for label, text in (("expected", problem.expected), ("found", problem.found)):
            if text:
                lines.append(Line(label, (text,)))
        lines.append(Line("likely cause", (), problem.likely_cause))
        sections.append(Section(problem.title, tuple(lines)))
    return sections


def renormalisation_steps(known: Known, tile: int, offset: int, size: int) -> Section | None:
    """Which steps took a run of renormalisation bytes; None where that is not known."""
    trace = known.trace
    leaf = known.container.root.leaf_at(offset)
    if trace is None or leaf is None or leaf.kind is not SpanKind.RENORMALISATION or size < 1:
        return None
    last = min(offset + size, leaf.end) - 1
    rows = [trace.row_of_byte(offset), trace.row_of_byte(last)]
    if not trace.forward:
        rows.reverse()
    found = [row for row in rows if row is not None]
    if not found:
        return None
    links: list[Part] = []
    for row in dict.fromkeys(found):
        symbol = int(trace["symbol_index"][row])
        step = int(trace["step"][row])
        links += [" to " if links else "", Link(f"step {step:,}", ToSymbol(tile, symbol))]
    note = "streams are read backwards: the last byte first"
    if trace.forward:
        note = "words are taken from the first on, by whichever lane's turn it is"
    return Section("Steps", (Line("taken by", tuple(links), note),))
