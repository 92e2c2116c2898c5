"""What the columns of the field tree show of a span, in words."""

from __future__ import annotations

from enum import IntEnum
from textwrap import fill

from PySide6.QtCore import Qt

from codec.problems import Problem
from codec.spans import Span

TOOLTIP_WIDTH = 90
"""Characters after which a line of a tooltip is broken; Qt breaks none."""

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Column(IntEnum):
    """What a column shows of a span."""

    NAME = 0
    VALUE = 1
    OFFSET = 2
    SIZE = 3
    MEANING = 4


HEADINGS = {
    Column.NAME: ("Name", "The field, and a square in the colour that its bytes have in Bytes."),
    Column.VALUE: ("Value", "What the field holds, decoded."),
    Column.OFFSET: ("Offset", "First byte of the field, counted from the start of the file."),
    Column.SIZE: ("Size", "Bytes of the field."),
    Column.MEANING: ("Meaning", "What the field is for."),
}


def alignment(column: Column) -> Qt.AlignmentFlag:
    """Numbers stand on the right."""
    return _RIGHT if column in (Column.OFFSET, Column.SIZE) else _LEFT


def text_of(span: Span, column: Column) -> str:
    """What a column shows of a span."""
    match column:
        case Column.NAME:
            return span.name
        case Column.VALUE:
            return span.value
        case Column.OFFSET:
            return f"{span.offset:,}"
        case Column.SIZE:
            return f"{span.size:,}"
        case Column.MEANING:
            return span.meaning


def group_text(span: Span, group: range, column: Column) -> str:
    """What a column shows of some of a span's children."""
    match column:
        case Column.NAME:
            return f"{group.start:,} … {group.stop - 1:,}"
        case Column.VALUE:
            return f"{len(group):,} entries"
        case Column.OFFSET:
            return f"{span.children[group.start].offset:,}"
        case _:
            return ""


def place_of(span: Span) -> str:
    """Where a span lies, both ways of writing offsets."""
    if not span.size:
        return f"no bytes, at {span.offset:,} (0x{span.offset:X})"
    last = span.end - 1
    return f"bytes {span.offset:,} to {last:,} (0x{span.offset:X} to 0x{last:X})"


def problem_line(problem: Problem) -> str:
    """A problem as a tooltip tells it."""
    return fill(f"{problem.severity.capitalize()}: {problem.message}", TOOLTIP_WIDTH)
