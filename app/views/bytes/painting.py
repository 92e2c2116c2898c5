"""Paints one page of the hex view: fills by kind of field, borders, steps, problems, text.

A page has some thousand bytes and 16 ms. So what has one colour is painted in one call, and a row's text
in as few as the selection allows.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby, pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.models.byte_fields import Run
from app.theme import Theme, blend
from app.views.bytes.geometry import GROUP, Geometry
from app.views.bytes.page import Page, Row
from codec.problems import Severity

UNPRINTABLE = "."
_CHARACTERS = [chr(byte) if 32 <= byte < 127 else UNPRINTABLE for byte in range(256)]


class PagePainter:
    """Paints a page."""

    def __init__(self, painter: QPainter, page: Page, colours: Theme) -> None:
        self._painter = painter
        self._page = page
        self._colours = colours
        self._geometry: Geometry = page.geometry
        metrics = QFontMetricsF(painter.font())
        self._baseline = (self._geometry.line - metrics.height()) / 2 + metrics.ascent()

    def paint(self) -> None:
        """Paints all of it, from the back to the front."""
        self._paint_heading()
        self._fill_kinds()
        self._shade_steps()
        self._fill_selection()
        self._draw_borders()
        self._underline_problems()
        for row in self._page.rows:
            self._draw_row(row)
        self._outline_cursor()

    # From offsets to places

    def _pieces(self, begin: int, end: int) -> list[tuple[int, int, int]]:
        page = self._page
        return list(self._geometry.pieces(begin, end, page.first_row, len(page.rows)))

    def _boxes(self, begin: int, end: int) -> list[QRectF]:
        return [
            box for piece in self._pieces(begin, end) for box in self._geometry.boxes(*piece)
        ]

    def _fill(self, boxes: list[QRectF], colour: QColor) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour)
        self._painter.drawRects(boxes)

    # The layers

    def _paint_heading(self) -> None:
        geometry, colours = self._geometry, self._colours
        width = max(geometry.width, self._painter.device().width())
        self._painter.fillRect(QRectF(0, 0, width, geometry.line), colours.window)
        self._painter.setPen(colours.dim)
        numbers = bytes(range(geometry.columns))
        self._text(geometry.hex_x(0) + geometry.char / 2, -1, hex_text(numbers, 0))

    def _fill_kinds(self) -> None:
        boxes: dict[QColor, list[QRectF]] = defaultdict(list)
        for kind, runs in groupby(self._page.runs, key=lambda run: run.field.kind):
            together = list(runs)
            begin, end = together[0].begin, together[-1].end
            boxes[self._colours.span_fills[kind].name()] += self._boxes(begin, end)
        for colour, filled in boxes.items():
            self._fill(filled, QColor(colour))

    def _shade_steps(self) -> None:
        """Every other step that took bytes stands on a darker ground."""
        turns = self._page.turns
        if turns is None or not len(turns):
            return
        dark = (turns >= 0) & (turns % 2 == 1)
        edges = np.flatnonzero(np.diff(dark, prepend=False, append=False))
        boxes: list[QRectF] = []
        for begin, end in edges.reshape(-1, 2).tolist():
            boxes += self._boxes(self._page.begin + begin, self._page.begin + end)
        shade = QColor(self._colours.foreground)
        shade.setAlphaF(0.16)
        self._fill(boxes, shade)

    def _fill_selection(self) -> None:
        if self._page.selected is not None:
            offset, size = self._page.selected
            self._fill(self._boxes(offset, offset + size), self._colours.selection)

    def _draw_borders(self) -> None:
        """A line before each field, and above those of its bytes that stand under another field."""
        lines: list[QLineF] = []
        for before, run in pairwise([None, *self._page.runs]):
            if run is not None:
                lines += self._upper_borders(run)
                if before is not None:
                    lines += self._left_border(run.begin)
        self._painter.setPen(QPen(blend(self._colours.foreground, self._colours.background, 0.45), 1))
        self._painter.drawLines(lines)

    def _upper_borders(self, run: Run) -> list[QLineF]:
        end = min(run.end, run.begin + self._geometry.columns)
        first = self._page.begin + self._geometry.columns
        boxes = [self._geometry.hex_box(*p) for p in self._pieces(max(run.begin, first), end)]
        return [QLineF(box.topLeft(), box.topRight()) for box in boxes]

    def _left_border(self, offset: int) -> list[QLineF]:
        boxes = [self._geometry.hex_box(*piece) for piece in self._pieces(offset, offset + 1)]
        return [QLineF(box.topLeft(), box.bottomLeft()) for box in boxes]

    def _underline_problems(self) -> None:
        """A thick line under the bytes at fault; an upright one where bytes are missing."""
        thickness = max(2.0, self._geometry.line / 8)
        boxes: dict[Severity, list[QRectF]] = defaultdict(list)
        for problem in self._page.problems:
            if problem.size:
                for box in self._boxes(problem.offset, problem.offset + problem.size):
                    box.setTop(box.bottom() - thickness)
                    boxes[problem.severity].append(box)
            else:
                for box in self._boxes(problem.offset, problem.offset + 1)[:1]:
                    box.setWidth(thickness)
                    boxes[problem.severity].append(box)
        for severity in reversed(Severity):
            self._fill(boxes[severity], self._colours.severities[severity])

    def _outline_cursor(self) -> None:
        share = 1.0 if self._page.focused else 0.5
        ink = blend(self._colours.foreground, self._colours.background, share)
        self._painter.setPen(QPen(ink, 2 if self._page.focused else 1))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRects(self._boxes(self._page.cursor, self._page.cursor + 1))

    # Text

    def _draw_row(self, row: Row) -> None:
        geometry = self._geometry
        number = row.offset // geometry.columns - self._page.first_row
        here = row.offset <= self._page.cursor < row.offset + geometry.columns
        self._painter.setPen(self._colours.foreground if here else self._colours.dim)
        self._text(geometry.char / 2, number, f"{row.offset:0{geometry.digits}X}")
        if row.unread:
            self._painter.setPen(self._colours.severities[Severity.ERROR])
            self._text(geometry.hex_x(0) + geometry.char / 2, number, row.unread)
            return
        for first, last, selected in self._parts(row):
            colours = self._colours
            self._painter.setPen(colours.selection_ink if selected else colours.foreground)
            self._draw_bytes(number, first, row.data[first:last])

    def _parts(self, row: Row) -> list[tuple[int, int, bool]]:
        """The columns [first, last) of a row before, in and behind the selection."""
        begin, size = self._page.selected or (0, 0)
        count = len(row.data)
        first = min(max(begin - row.offset, 0), count)
        last = min(max(begin + size - row.offset, first), count)
        parts = [(0, first, False), (first, last, True), (last, count, False)]
        return [part for part in parts if part[0] < part[1]]

    def _draw_bytes(self, number: int, first: int, data: bytes) -> None:
        geometry = self._geometry
        self._text(geometry.hex_x(first) + geometry.char / 2, number, hex_text(data, first))
        characters = "".join([_CHARACTERS[byte] for byte in data])
        self._text(geometry.text_x(first), number, characters)

    def _text(self, x: float, row: int, text: str) -> None:
        self._painter.drawText(QPointF(x, self._geometry.y(row) + self._baseline), text)


def hex_text(data: bytes, first: int) -> str:
    """`data` in hex, as it stands from column `first` of a row on, with the wider gaps."""
    head = GROUP - first % GROUP
    groups = [data[:head], *(data[i : i + GROUP] for i in range(head, len(data), GROUP))]
    return "  ".join(group.hex(" ").upper() for group in groups if group)
