"""The heights of the lanes' states as bars: which lanes are about to take or move words is seen at a glance."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app import theme
from app.models.debug_lanes import LaneTable


class HeightDelegate(QStyledItemDelegate):
    """Paints how far a lane's state stands above L as a bar behind the number."""

    def __init__(self, lanes: LaneTable) -> None:
        super().__init__(lanes)
        self._lanes = lanes

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The bar, then the cell."""
        room: QRect = option.rect
        bar = QRect(room)
        bar.setWidth(round(room.width() * self._lanes.height_of(index.row())))
        colours = theme.current()
        painter.fillRect(
            bar.adjusted(0, 2, 0, -2), theme.blend(colours.accent, colours.background, 0.35)
        )
        super().paint(painter, option, index)
