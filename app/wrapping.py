"""A layout that puts controls side by side and goes on in the next line where a panel is narrow."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class WrappingLayout(QLayout):
    """Lines of widgets from left to right; what wants to expand shares what its line leaves free."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 4) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(2, 2, 2, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Puts an item behind the others."""
        self._items.append(item)

    def count(self) -> int:
        """Items in it."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """The item at `index`; None where there is none."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """Takes the item at `index` out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        """As small as can be: the width is given from outside."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Room for the widest item alone."""
        size = QSize()
        for item in self._visible():
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def setGeometry(self, rect: QRect) -> None:
        """Puts every item in its place."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def _visible(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, rect: QRect, move: bool) -> int:
        """Places the lines from the top of `rect`; returns the height that they take."""
        inside = rect.marginsRemoved(self.contentsMargins())
        top = inside.top()
        for line in self._lines(inside.width()):
            height = max(item.sizeHint().height() for item in line)
            if move:
                self._place(line, QRect(inside.left(), top, inside.width(), height))
            top += height + self.spacing()
        below = self.contentsMargins().bottom()
        return max(top - self.spacing(), inside.top()) - rect.top() + below

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._visible():
            needed = item.sizeHint().width() + self.spacing()
            if not lines or needed - self.spacing() > left:
                lines.append([])
                left = width
            lines[-1].append(item)
            left -= needed
        return lines

    def _place(self, line: list[QLayoutItem], room: QRect) -> None:
        taken = sum(item.sizeHint().width() + self.spacing() for item in line) - self.spacing()
        greedy = [i for i in line if i.expandingDirections() & Qt.Orientation.Horizontal]
        spare = max(room.width() - taken, 0) // max(len(greedy), 1)
        x = room.left()
        for item in line:
            hint = item.sizeHint()
            width = min(hint.width() + (spare if item in greedy else 0), room.width())
            y = room.top() + (room.height() - hint.height()) // 2
            item.setGeometry(QRect(QPoint(x, y), QSize(width, hint.height())))
            x += width + self.spacing()
