"""Paints one page of the hex view: fills by kind of field, borders, steps, problems, text.

A page has some thousand bytes and 16 ms. So what has one colour is painted in one call, and a row's text
in as few as the selection allows.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.theme import Theme, blend
from app.views.bytes.bookmarks import paint_bookmarks
from app.views.bytes.editing import paint_digit, paint_edited
from app.views.bytes.geometry import GROUP, Geometry
from app.views.bytes.page import Page, Row
from app.views.bytes.stepping import paint_band, paint_frontier
from codec.problems import Severity
from codec.spans import SpanKind

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
        self._band_what_is_done()
        self._fill_selection()
        self._draw_borders()
        self._join_words()
        self._underline_problems()
        self._frame_edited()
        self._mark_bookmarks()
        for row in self._page.rows:
            self._draw_row(row)
        self._outline_empty_selection()
        self._outline_cursor()
        self._mark_frontier()
        self._draw_digit()

    # From offsets to places

    def _pieces(self, begin: int, end: int) -> list[tuple[int, int, int]]:
        page = self._page
        return list(self._geometry.pieces(begin, end, page.first_row, len(page.rows)))

    def _boxes(self, begin: int, end: int) -> list[QRectF]:
        return [box for piece in self._pieces(begin, end) for box in self._geometry.boxes(*piece)]

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
        boxes: dict[SpanKind, list[QRectF]] = defaultdict(list)
        for kind, regions in groupby(self._page.regions, key=itemgetter(0)):
            together = list(regions)
            boxes[kind] += self._boxes(together[0][1], together[-1][2])
        for kind, filled in boxes.items():
            self._fill(filled, self._colours.span_fills[kind])

    def _shade_steps(self) -> None:
        """Every other step that took bytes stands on a darker ground."""
        turns = self._page.turns
        if turns is None or not len(turns):
            return
        dark = self._stretches((turns >= 0) & (turns % 2 == 1))
        boxes = [box for piece in dark for box in self._geometry.boxes(*piece)]
        shade = QColor(self._colours.foreground)
        shade.setAlphaF(0.16)
        self._fill(boxes, shade)

    def _band_what_is_done(self) -> None:
        """A line above the bytes that the debugger has taken, or moved out, and a tint on them."""
        if self._page.stepped is None:
            return
        offset, size = self._page.stepped.taken
        paint_band(self._painter, self._boxes(offset, offset + size), self._colours)

    def _mark_frontier(self) -> None:
        """An upright mark where the debugger takes, or moves out, the next byte."""
        if self._page.stepped is None:
            return
        at = self._page.stepped.frontier
        before, behind = self._boxes(at - 1, at), self._boxes(at, at + 1)
        places = [box.topLeft() for box in behind] or [box.topRight() for box in before]
        paint_frontier(self._painter, places, self._geometry.line, self._colours)

    def _fill_selection(self) -> None:
        if self._page.selected is not None:
            offset, size = self._page.selected
            self._fill(self._boxes(offset, offset + size), self._colours.selection)

    def _outline_empty_selection(self) -> None:
        """What is selected may be a place without bytes: before a step that takes none, say."""
        if self._page.selected is not None and not self._page.selected[1]:
            offset = self._page.selected[0]
            self._outline(self._boxes(offset, offset + 1), QPen(self._colours.selection, 3))

    def _draw_borders(self) -> None:
        """A line before each field, and above those of its bytes that stand under another field."""
        begins = np.array([begin for _, begin, _ in self._page.regions], dtype=np.int64)
        if not len(begins):
            return
        begins -= self._page.begin
        lines = self._left_borders(begins[1:])
        field = np.zeros(self._page.regions[-1][2] - self._page.begin, dtype=np.int64)
        field[begins[1:]] = 1
        lines += self._upper_borders(np.cumsum(field))
        ink = blend(self._colours.foreground, self._colours.background, 0.45)
        self._painter.setPen(QPen(ink, 1))
        self._painter.drawLines(lines)

    def _join_words(self) -> None:
        """A thin line under the bytes of each word, so that it is seen which belong together."""
        page, words = self._page, self._page.words
        if not words:
            return
        offsets = page.begin + np.arange(len(page.rows) * self._geometry.columns)
        number, inset = (offsets - words.start) // page.word_bytes, self._geometry.char / 2
        inside = (number >= 0) & (number < len(words))
        # No word lies beside one of its kind, so that each is a stretch of its own.
        kinds = [inside & (number % 2 == kind) for kind in (0, 1)]
        boxes = [
            self._geometry.hex_box(*piece) for kind in kinds for piece in self._stretches(kind)
        ]
        ends = [(box.left() + inset, box.right() - inset, box.bottom() - 1.5) for box in boxes]
        self._painter.setPen(QPen(self._colours.span_inks[SpanKind.RENORMALISATION], 1))
        self._painter.drawLines([QLineF(left, y, right, y) for left, right, y in ends])

    def _left_borders(self, begins: NDArray[np.int64]) -> list[QLineF]:
        geometry = self._geometry
        rows, columns = np.divmod(begins, geometry.columns)
        left = np.array([geometry.hex_x(column) for column in range(geometry.columns)])[columns]
        top = geometry.y(0) + rows * geometry.line
        return [
            QLineF(x, y, x, y + geometry.line)
            for x, y in zip(left.tolist(), top.tolist(), strict=True)
        ]

    def _upper_borders(self, field: NDArray[np.int64]) -> list[QLineF]:
        """`field`: for each byte in sight, a number that all bytes of its field share."""
        geometry, columns = self._geometry, self._geometry.columns
        other = np.zeros(len(field), dtype=np.bool_)
        other[columns:] = field[columns:] != field[:-columns]
        boxes = [geometry.hex_box(*piece) for piece in self._stretches(other)]
        return [QLineF(box.topLeft(), box.topRight()) for box in boxes]

    def _stretches(self, marked: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
        """The pieces, as of `Geometry.pieces`, of those bytes in sight that are marked."""
        steps = np.diff(np.pad(self._on_grid(marked), ((0, 0), (1, 1))).astype(np.int8), axis=1)
        rows, first = np.nonzero(steps == 1)
        behind = np.nonzero(steps == -1)[1]
        return list(zip(rows.tolist(), first.tolist(), (behind - 1).tolist(), strict=True))

    def _on_grid(self, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which bytes of each row are marked."""
        columns = self._geometry.columns
        grid = np.zeros(-(-len(marked) // columns) * columns, dtype=np.bool_)
        grid[: len(marked)] = marked
        return grid.reshape(-1, columns)

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

    def _frame_edited(self) -> None:
        boxes = [box for begin, end in self._page.edited for box in self._boxes(begin, end)]
        paint_edited(self._painter, boxes, self._colours)

    def _mark_bookmarks(self) -> None:
        page = self._page
        if not len(page.bookmarks) and not page.bookmarked.any():
            return
        begins = np.zeros(len(page.bookmarked), dtype=np.bool_)
        begins[page.bookmarks - page.begin] = True
        covered = self._stretches(page.bookmarked)
        first = [
            (row, column, column) for row, column in np.argwhere(self._on_grid(begins)).tolist()
        ]
        paint_bookmarks(self._painter, self._geometry, covered, first, self._colours)

    def _draw_digit(self) -> None:
        page, geometry = self._page, self._geometry
        if page.digit is None:
            return
        for row, column, _ in self._pieces(page.cursor, page.cursor + 1):
            x = geometry.hex_x(column) + geometry.char / 2
            baseline = QPointF(x, geometry.y(row) + self._baseline)
            box = geometry.hex_box(row, column, column).adjusted(1, 1, -1, -1)
            paint_digit(self._painter, box, baseline, page.digit, self._colours)

    def _outline_cursor(self) -> None:
        share = 1.0 if self._page.focused else 0.5
        ink = blend(self._colours.foreground, self._colours.background, share)
        pen = QPen(ink, 2 if self._page.focused else 1)
        self._outline(self._boxes(self._page.cursor, self._page.cursor + 1), pen)

    def _outline(self, boxes: list[QRectF], pen: QPen) -> None:
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRects(boxes)

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
