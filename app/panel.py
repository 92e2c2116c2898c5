"""One dockable panel, with a title bar that tells its purpose and whether it has the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.view import View


class Panel(QDockWidget):
    """A dock, empty until its view is loaded.

    Attributes:
        in_sight: whether it is seen: one behind another counts as visible to Qt, too.
    """

    def __init__(self, title: str, parent: QMainWindow) -> None:
        super().__init__(title, parent)
        self.setObjectName(title)
        self._bar = _TitleBar(title, self)
        self.setTitleBarWidget(self._bar)
        self.in_sight = True
        self.visibilityChanged.connect(self._show_content)

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
        policy = view.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        view.setSizePolicy(policy)
        self.setWidget(view)
        self._show_content(self.in_sight)

    @Slot(bool)
    def _show_content(self, seen: bool) -> None:
        """Hides the view while the panel is behind another: to Qt it would count as visible, and keep up to date."""
        self.in_sight, view = seen, self.view
        if view is not None and view.isHidden() == seen:
            view.setVisible(seen)


class _TitleBar(QWidget):
    """Title, and buttons to take the panel out of the window and to close it."""

    def __init__(self, title: str, panel: QDockWidget) -> None:
        super().__init__(panel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Button)
        self._stripe = QWidget()
        self._stripe.setFixedWidth(4)
        self._stripe.setBackgroundRole(QPalette.ColorRole.Highlight)
        self._label = QLabel(title)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        font = self._label.font()
        font.setBold(True)
        self._label.setFont(font)
        out = _button("❐", f"Take {title} out of the window, or put it back")
        shut = _button("✕", f"Close {title}; the menu View opens it again")
        out.clicked.connect(lambda: panel.setFloating(not panel.isFloating()))
        shut.clicked.connect(panel.close)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 2, 0)
        line.setSpacing(0)
        line.addWidget(self._stripe)
        line.addSpacing(4)
        line.addWidget(self._label, 1)
        line.addWidget(out)
        line.addWidget(shut)
        self._mark_focus(False)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            # The bar itself is told, and is told no more once it is gone: the keyboard also moves while a window is
            # taken down, whose panels may be gone by then.
            application.focusChanged.connect(self._on_focus)

    @Slot(QWidget, QWidget)
    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        panel = self.parentWidget()
        self._mark_focus(panel is not None and now is not None and panel.isAncestorOf(now))

    def _mark_focus(self, focused: bool) -> None:
        """Shows a stripe, and the title in the colour of what is active."""
        role = QPalette.ColorRole
        self._stripe.setAutoFillBackground(focused)
        self._label.setForegroundRole(role.Link if focused else role.ButtonText)


def _button(sign: str, tooltip: str) -> QToolButton:
    """A button with a sign of the font, which is readable in any theme, as Qt's icons are not."""
    button = QToolButton()
    button.setText(sign)
    button.setAutoRaise(True)
    button.setToolTip(tooltip)
    button.setAccessibleName(tooltip)
    button.setFocusPolicy(
        Qt.FocusPolicy.NoFocus
    )  # commands do the same, and Tab has a long way as it is
    return button
