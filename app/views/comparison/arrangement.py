"""The parts that the panel is put together of: lines of controls, text, columns, and what is scrolled."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.canvas.controls import strip
from app.canvas.fields import scroll_down, scrolling_down


def lines_of(controls: Sequence[QWidget]) -> QWidget:
    """The controls in as many lines as they need, also where the widest alone has no room."""
    lines = strip(controls)
    policy = lines.sizePolicy()
    policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
    lines.setSizePolicy(policy)
    return lines


def label_of(name: str) -> QLabel:
    """Text that wraps, can be selected, and whose links can be reached by keyboard."""
    label = QLabel()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setAccessibleName(name)
    return label


def column_of(
    widget: QWidget, parts: Sequence[QWidget], gap: int, above: Sequence[QWidget] = ()
) -> QWidget:
    """The widget with parts below each other, of which the first takes what the others leave."""
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    for part in above:
        layout.addWidget(part)
    for part in parts:
        layout.addWidget(part, 1 if part is parts[0] else 0)
    return widget


def scrolled(parts: Sequence[QWidget], gap: int, above: Sequence[QWidget] = ()) -> QScrollArea:
    """A column that is scrolled where it is too high, never sideways."""
    sheet = column_of(_Sheet(), parts, gap, above)
    sheet.setContentsMargins(gap, gap, gap, gap)
    return scrolling_down(sheet)


class Aside(QScrollArea):
    """What stands below something else in its full height, or beside it and is scrolled where it is too high."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self._beside = False
        scroll_down(self, content)

    def put_beside(self, on: bool) -> None:
        """Whether it stands beside the other part, whose height it must not set."""
        self._beside = on
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """As wide as its content must be, and as high where it stands below."""
        least, line = self._content.minimumSizeHint(), self.fontMetrics().height()
        width = least.width() + self.verticalScrollBar().sizeHint().width()
        return QSize(width, 8 * line if self._beside else least.height())

    def sizeHint(self) -> QSize:
        """What its content would have; beside the other part no height of its own."""
        least = self.minimumSizeHint()
        whole = self._content.sizeHint().expandedTo(least)
        return QSize(whole.width(), least.height()) if self._beside else whole


class _Sheet(QWidget):
    """What is scrolled where it is too high. It is as high as its parts want to be at the width it is given."""

    def minimumSizeHint(self) -> QSize:
        """None: the layout would say what the parts need at their narrowest."""
        return QSize(0, 0)
