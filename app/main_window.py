"""The window: it alone knows all views, and ties them to the files that are open.

It holds no knowledge of files and no state of views. Commands come from the table, their effects
from the workspace, the current document and the panels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QMainWindow,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app import actions, theme
from app.commands import PANELS
from app.document import Document
from app.go_to import GoToOffset
from app.jobs import Jobs, Progress, Request, Response
from app.messages import Answer, Messages
from app.panels import Panels
from app.picture import save_picture
from app.settings import Settings
from app.status import Status
from app.theme import Choice
from app.view import View
from app.welcome import Welcome
from app.workspace import Workspace
from codec.errors import RanscopeError
from codec.problems import Severity

SAMPLE = "minilm_query_pertensor_384x384_t128.batched"

FIRST_SIZE = 1600, 1000


def views_without_plots() -> tuple[type[View], ...]:
    """The views that are shown at once."""
    from app.views.bytes import BytesView
    from app.views.help import HelpView
    from app.views.problems import ProblemsView
    from app.views.selection import SelectionView
    from app.views.structure import StructureView

    return StructureView, BytesView, SelectionView, ProblemsView, HelpView


def views_with_plots() -> tuple[type[View], ...]:
    """The views that need pyqtgraph, which takes longer to import than all the rest."""
    from app.views.frequencies import FrequenciesView
    from app.views.states import StatesView
    from app.views.tiles import TilesView
    from app.views.weights import WeightsView

    return TilesView, WeightsView, FrequenciesView, StatesView


@dataclass(frozen=True, eq=False)
class LoadPlotsRequest(Request):
    """Imports pyqtgraph, so that the window is not held up by it."""

    kind: ClassVar[str] = "load plots"
    title: ClassVar[str] = "Loading the plots"

    def run(self, progress: Progress) -> None:  # noqa: ARG002
        """Imports it; what is made with it is made in the GUI's thread."""
        import pyqtgraph  # noqa: F401


class MainWindow(QMainWindow):
    """The window of the app."""

    ready = Signal()
    """All views are there."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.jobs = Jobs(self)
        self.workspace = Workspace(self.jobs, self)
        self.panels = Panels()
        self.messages = Messages()
        self._settings = settings
        self._loading = 0
        self._tabs = _tab_bar()
        self._actions = actions.Actions(self, self._slots())
        self._status = Status(self.jobs)
        self._welcome = Welcome(
            self.windowIcon(), self._actions["file.open"], self._actions["file.sample"], None
        )
        self._arrange()
        self._connect()
        self._add_views(views_without_plots())
        self._restore()
        self._show_current()
        self._show_recent()

    # Putting it together

    def _slots(self) -> Mapping[str, actions.Slot]:
        """What every command of the table does, but for those of the panels."""
        return {
            "file.open": self.open_dialog,
            "file.sample": self.open_sample,
            "file.clear_recent": self._clear_recent,
            "file.reload": self._reload,
            "file.reload_unasked": self._set_reload_unasked,
            "file.close": self._close_current,
            "file.screenshot": self._save_screenshot,
            "file.quit": self.close,
            "edit.copy": self._copy,
            "edit.filter": self._focus_filter,
            "edit.go_to_offset": self._go_to_offset,
            "view.next_file": lambda: self.workspace.step(+1),
            "view.previous_file": lambda: self.workspace.step(-1),
            "view.theme_system": lambda on: self._choose_theme(Choice.SYSTEM, on),
            "view.theme_light": lambda on: self._choose_theme(Choice.LIGHT, on),
            "view.theme_dark": lambda on: self._choose_theme(Choice.DARK, on),
            "view.reset_layout": self.panels.reset,
            "jobs.check": self._check,
            "jobs.cancel": self.jobs.cancel_everything,
            "help.show": lambda: self._go("Help"),
            **self._panel_slots(),
        }

    def _panel_slots(self) -> dict[str, actions.Slot]:
        slots: dict[str, actions.Slot] = {}
        for title in PANELS:
            slots[f"panel.{title.lower()}.go"] = lambda title=title: self._go(title)
            slots[f"panel.{title.lower()}.show"] = self.panels[title].setVisible
        return slots

    def _arrange(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self._welcome)
        self._pages.addWidget(self.panels)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._tabs, self.messages):
            column.addWidget(part)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(content)
        self.setStatusBar(self._status)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        workspace = self.workspace
        workspace.opened.connect(self._on_opened)
        workspace.reloaded.connect(self._on_reloaded)
        workspace.closed.connect(self._on_closed)
        workspace.current_changed.connect(self._show_current)
        workspace.changed_on_disk.connect(self._on_disk_change)
        workspace.failed.connect(self.messages.tell)
        self._tabs.currentChanged.connect(self._on_tab)
        self._tabs.tabMoved.connect(workspace.move)
        self._tabs.tabCloseRequested.connect(lambda tab: workspace.close(workspace.documents[tab]))
        self._welcome.chosen.connect(lambda path: workspace.open([path]))
        self.jobs.finished.connect(self._on_job_finished)
        for title in PANELS:
            action = self._actions[f"panel.{title.lower()}.show"]
            self.panels[title].toggleViewAction().toggled.connect(action.setChecked)

    def _add_views(self, kinds: Sequence[type[View]]) -> None:
        for kind in kinds:
            view = kind()
            self.panels[kind.TITLE].fill(view)
            view.set_document(self.workspace.current)

    def _restore(self) -> None:
        """Takes up what was stored; whatever of it makes no sense is as if it were not there."""
        settings = self._settings
        choices = [f"view.theme_{choice}" for choice in Choice]
        self._actions.choose_one_of(choices, self)
        self._actions[f"view.theme_{settings.theme}"].setChecked(True)
        self._actions["file.reload_unasked"].setChecked(settings.reload_unasked)
        self.resize(*FIRST_SIZE)
        self.restoreGeometry(settings.geometry)
        self.panels.restore(settings.layout)
