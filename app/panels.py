"""Where the views stand: dockable panels, their first layout, and how it is kept and restored.

Qt's own docks, in a main window of their own inside the window, so that the welcome page can take
their place without touching them. The panels are there from the start and are filled with their
views as those are loaded, so that a stored layout can be restored before.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QByteArray, QChildEvent, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHelpEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QTabBar, QToolTip, QWidget

from app.commands import PANELS
from app.panel import Panel
from app.panel_layouts import INSPECTING, Layout
from app.settings import LAYOUT_VERSION
from app.view import View


class Panels(QMainWindow):
    """All panels.

    Attributes:
        restored: the stored layout that was taken up last; empty where none was.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self._panels = {title: Panel(title, self) for title in PANELS}
        self._shares_due = False
        self._layout = INSPECTING
        self.restored = QByteArray()
        self.reset()

    def __getitem__(self, title: str) -> Panel:
        return self._panels[title]

    def view(self, title: str) -> View | None:
        """The view in a panel; None while it is not loaded."""
        return self._panels[title].view

    def views(self) -> list[View]:
        """All views that are loaded."""
        return [view for title in PANELS if (view := self.view(title)) is not None]

    def focused_view(self) -> View | None:
        """The view that has the keyboard."""
        # A panel that was taken out is a window of its own; a window without the focus remembers its widget.
        for focused in (QApplication.focusWidget(), self.window().focusWidget()):
            for view in self.views():
                if focused is not None and _is_in(focused, view):
                    return view
        return None

    def hides(self, widget: QWidget) -> bool:
        """Whether a widget is in a panel that is behind another, or a tab bar that Qt keeps for later."""
        if isinstance(widget, QTabBar) and widget.parent() is self:
            return widget.visibleRegion().isEmpty()
        panels = self._panels.values()
        return any(each.isAncestorOf(widget) and not each.in_sight for each in panels)

    def float_focused(self) -> None:
        """Takes the panel with the keyboard out of the window, or puts it back."""
        view = self.focused_view()
        if view is not None:
            panel = self._panels[view.TITLE]
            panel.setFloating(not panel.isFloating())
            panel.activateWindow()
            view.take_focus()

    def go(self, title: str) -> None:
        """Shows a panel and moves the keyboard into it."""
        panel = self._panels[title]
        panel.show()
        panel.raise_()
        view = self.view(title)
        if view is not None:
            view.take_focus()

    def go_to_filter(self) -> None:
        """Moves the keyboard to the filter of the focused view, or else to that of Structure."""
        focused = self.focused_view()
        if focused is not None and focused.focus_filter():
            return
        self.go("Structure")
        structure = self.view("Structure")
        if structure is not None:
            structure.focus_filter()

    def arrange(self, layout: Layout) -> None:
        """Puts every panel where a layout has it."""
        self._layout = layout
        for panel in self._panels.values():
            panel.setFloating(False)
            self.removeDockWidget(panel)
        columns = [self._panels[title] for title, _ in layout.columns]
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, columns[0])
        for before, after in pairwise(columns):
            self.splitDockWidget(before, after, Qt.Orientation.Horizontal)
        for upper, lower, _ in layout.rows:
            self.splitDockWidget(self._panels[upper], self._panels[lower], Qt.Orientation.Vertical)
        for first, *others in layout.tabs:
            for other in others:
                self.tabifyDockWidget(self._panels[first], self._panels[other])
        for title, panel in self._panels.items():
            panel.setVisible(title not in layout.hidden)
        for first, *_ in layout.tabs:
            self._panels[first].raise_()
        self._apply_shares_soon()

    def reset(self) -> None:
        """Puts every panel back where it was at first."""
        self.arrange(INSPECTING)

    def restore(self, layout: QByteArray) -> None:
        """Takes up a stored layout; keeps the first one where it cannot be made sense of."""
        if self.restoreState(layout, LAYOUT_VERSION):
            self.restored = layout
            self._shares_due = False
        else:
            self.reset()

    def layout_state(self) -> QByteArray:
        """The layout, to be stored."""
        return self.saveState(LAYOUT_VERSION)

    def showEvent(self, event: QShowEvent) -> None:
        """Sizes the columns and rows as soon as there is a size to share."""
        super().showEvent(event)
        if self._shares_due:
            self._apply_shares_soon()

    def childEvent(self, event: QChildEvent) -> None:
        """Watches the tab bars that Qt makes for panels that share a place."""
        bar = event.child()
        if event.polished() and isinstance(bar, QTabBar):
            bar.installEventFilter(self)
            bar.setAccessibleName("Panels that share this place")
        super().childEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Shows the question of a panel where its tab is pointed at."""
        if isinstance(event, QHelpEvent) and isinstance(watched, QTabBar):
            panel = self._panels.get(watched.tabText(watched.tabAt(event.pos())))
            QToolTip.showText(event.globalPos(), panel.question if panel else "", watched)
            return True
        return super().eventFilter(watched, event)

    def _apply_shares_soon(self) -> None:
        """Qt shares out the space only once the docks have taken their places."""
        self._shares_due = True
        if self.isVisible():
            QTimer.singleShot(0, self, self._apply_shares)

    def _apply_shares(self) -> None:
        self._shares_due = False
        tops = [self._panels[title] for title, _ in self._layout.columns]
        widths = [round(share * self.width()) for _, share in self._layout.columns]
        self.resizeDocks(tops, widths, Qt.Orientation.Horizontal)
        for upper, lower, share in self._layout.rows:
            heights = [round(share * self.height()), round((1 - share) * self.height())]
            pair = [self._panels[upper], self._panels[lower]]
            self.resizeDocks(pair, heights, Qt.Orientation.Vertical)


def _is_in(widget: QWidget, view: View) -> bool:
    return widget is view or view.isAncestorOf(widget)
