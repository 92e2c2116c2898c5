"""One dockable panel, with a title bar that tells its purpose and whether it has the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QStyle,
    QToolButton,
    QWidget,
)

from app.view import View


class Panel(QDockWidget):
    """A dock, empty until its view is loaded."""

    def __init__(self, title: str, parent: QMainWindow) -> None:
        super().__init__(title, parent)
        self.setObjectName(title)
        self._bar = _TitleBar(title, self)
        self.setTitleBarWidget(self._bar)

    @property
    def view(self) -> View | None:
        """What is in the panel; None while it is not loaded."""
        content = self.widget()
        return content if isinstance(content, View) else None

    @property
    def question(self) -> str:
        """The question that the view answers."""
        return self._bar.toolTip()

    def fill(self, view: View) -> None:
        """Puts the view into the panel."""
        self._bar.setToolTip(view.QUESTION)
        self.setWidget(view)

    def mark_focus(self, focused: bool) -> None:
        """Shows whether the keyboard is in this panel."""
        self._bar.mark_focus(focused)


class _TitleBar(QWidget):
    """Title, and buttons to take the panel out of the window and to close it."""

    def __init__(self, title: str, panel: QDockWidget) -> None:
        super().__init__(panel)
        self.setAutoFillBackground(True)
        self._label = QLabel(title)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        font = self._label.font()
        font.setBold(True)
        self._label.setFont(font)
        icons = QStyle.StandardPixmap
        out = self._button(icons.SP_TitleBarNormalButton, f"Take {title} out of the window or back")
        shut = self._button(icons.SP_TitleBarCloseButton, f"Close {title}; the menu View opens it")
        out.clicked.connect(lambda: panel.setFloating(not panel.isFloating()))
        shut.clicked.connect(panel.close)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 1, 2, 1)
        line.setSpacing(0)
        line.addWidget(self._label, 1)
        line.addWidget(out)
        line.addWidget(shut)
        self.mark_focus(False)

    def mark_focus(self, focused: bool) -> None:
        """Takes the colours of a selection where the panel has the keyboard."""
        role = QPalette.ColorRole
        self.setBackgroundRole(role.Highlight if focused else role.Button)
        self._label.setForegroundRole(role.HighlightedText if focused else role.ButtonText)

    def _button(self, icon: QStyle.StandardPixmap, tooltip: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(self.style().standardIcon(icon))
        button.setAutoRaise(True)
        button.setToolTip(tooltip)
        button.setAccessibleName(tooltip)
        size = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize) * 3 // 4
        button.setIconSize(QSize(size, size))
        return button
