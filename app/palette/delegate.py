"""Draws a line of the palette: the name with the typed letters bold, where it stands, its keys at the right."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app import theme
from app.palette.entry import Entry
from app.palette.model import ENTRY_ROLE, PLACES_ROLE

Index = QModelIndex | QPersistentModelIndex

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class EntryDelegate(QStyledItemDelegate):
    """One line an entry."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A line of text with room above and below it."""
        return QSize(0, round(1.6 * option.fontMetrics.height()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws the line; what can do nothing now is dim."""
        entry = index.data(ENTRY_ROLE)
        if not isinstance(entry, Entry):
            return
        colours = theme.current()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(option.rect, colours.selection)
        ink = colours.selection_ink if chosen else colours.foreground
        dim = colours.selection_ink if chosen else colours.dim
        gap = option.fontMetrics.horizontalAdvance("0")
        room = option.rect.adjusted(gap, 0, -gap, 0)
        painter.save()
        painter.setPen(dim)
        painter.setFont(option.font)
        painter.drawText(room, _RIGHT, entry.keys)
        room.setRight(room.right() - option.fontMetrics.horizontalAdvance(entry.keys) - 2 * gap)
        begin = self._draw_title(
            painter, room, option.font, entry, index, dim if entry.why_not else ink
        )
        rest = QRect(room)
        rest.setLeft(begin + 2 * gap)
        painter.setPen(dim)
        painter.setFont(option.font)
        _draw_elided(painter, rest, entry.place, Qt.TextElideMode.ElideMiddle)
        painter.restore()

    def _draw_title(
        self, painter: QPainter, room: QRect, font: QFont, entry: Entry, index: Index, ink: QColor
    ) -> int:
        """Draws the title piece by piece; returns where it ends."""
        painter.setPen(ink)
        mark = {True: "✓ ", False: "", None: ""}[entry.checked]
        place = QRect(room)
        for text, typed in ((mark, False), *pieces(entry.title, index.data(PLACES_ROLE) or ())):
            shown = QFont(font)
            shown.setBold(typed)
            shown.setUnderline(typed)
            painter.setFont(shown)
            _draw_elided(painter, place, text, Qt.TextElideMode.ElideRight)
            place.setLeft(place.left() + QFontMetrics(shown).horizontalAdvance(text))
        return place.left()


def pieces(title: str, places: Collection[int]) -> list[tuple[str, bool]]:
    """A title cut where typed letters begin and end, with whether each piece was typed."""
    cut: list[tuple[str, bool]] = []
    for at, letter in enumerate(title):
        typed = at in places
        if cut and cut[-1][1] == typed:
            cut[-1] = (cut[-1][0] + letter, typed)
        else:
            cut.append((letter, typed))
    return cut


def _draw_elided(painter: QPainter, room: QRect, text: str, cut: Qt.TextElideMode) -> None:
    if room.width() > 0 and text:
        painter.drawText(room, _LEFT, painter.fontMetrics().elidedText(text, cut, room.width()))
