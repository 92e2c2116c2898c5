"""The window: it ties the panels to the files that are open, and commands to what they do.

It holds no knowledge of files and no state of views. Commands come from the table, their effects
from the workspace, the current document and the panels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QSize, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.actions import Actions, Effect
from app.command_group import CommandContext
from app.commands import PANELS
from app.commands.benchmarks import BENCHMARKS
from app.compare_commands import CompareCommands
from app.debug_commands import DebugCommands
from app.decoder_choice import DecoderChoice
from app.decoder_menu import MENU as DECODER_MENU
from app.decoder_menu import DecoderMenu, effects
from app.document import Document
from app.edit_commands import EditCommands
from app.export_commands import ExportCommands
from app.file_tabs import FileTabs
from app.focus_ring import FocusRing
from app.go_to import ask_for_offset
from app.jobs import Jobs
from app.keeping_commands import KeepingCommands
from app.main_window.views import PanelViews
from app.messages import Messages
from app.notices import Notices
from app.panels import Panels
from app.picture import save_picture_as
from app.recent import RecentFiles
from app.registry_commands import RegistryCommands
from app.requests import OpenRequest
from app.rerun_commands import RerunCommands
from app.session.keeping import Keeping
from app.session_notices import SessionNotices
from app.settings import Settings
from app.sizing import Sizing
from app.status import Status
from app.tensor_chooser import TensorChooser
from app.theme import Choice
from app.undo_titles import UndoTitles
from app.welcome import Welcome
from app.workspace import Workspace, sample_path
from codec.errors import InputError

if TYPE_CHECKING:
    from app.bench_commands import BenchCommands

FILTER = "Compressed layers (*.batched *.wcdc *.rsc);;All files (*)"
"""For the file dialog. What a file is, its content decides."""

FIRST_SIZE = 1600, 1000
"""Of the window, in device-independent pixels, where none is remembered and the screen is larger."""


class MainWindow(QMainWindow):
    """The window of the app."""

    completed = Signal()
    """All views are there."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        theme.choose(settings.theme)
        self._loading = False
        self.jobs = Jobs(self)
        self.jobs.hold(all_but=OpenRequest.kind)
        self.workspace = Workspace(self.jobs, self)
        self.decoders = DecoderChoice(self.jobs, settings, self)
        self.panels = Panels()
        self.messages = Messages()
        self._settings = settings
        self._notices = Notices(self.workspace, self.messages, settings, self.decoders, self)
        self.keeping = Keeping(self.workspace, settings.sessions_folder, self.panels, self)
        self._session_notices = SessionNotices(self.keeping, self.messages, self)
        self._context = context = CommandContext(
            self, self.workspace, self.panels, self._go, self.messages, self._remark
        )
        self.compare = CompareCommands(context)
        self.editing = EditCommands(context)
        self.bookmarks = KeepingCommands(context, self.keeping)
        self.exporting = ExportCommands(context)
        self.registry = RegistryCommands(self, self.workspace, settings)
        self.debug = DebugCommands(context)
        self.rerun = RerunCommands(context)
        self._bench: BenchCommands | None = None
        self._actions = Actions(self, {**self._effects(), **self._panel_effects()})
        self.registry.use(self._actions)
        self.debug.use(self._actions)
        self._decoder_menu = DecoderMenu(self.decoders, self._actions, self)
        self._make_surroundings()
        self._arrange()
        self._views = PanelViews(self.panels, self.decoders, self.jobs, self)
        self._views.use_encoding(self.rerun.encoding)
        self.focus_ring = FocusRing(self)
        self._connect()
        self._restore()
        self._show_current()

    @property
    def complete(self) -> bool:
        """Whether all views are there."""
        return self._views.complete

    @property
    def bench(self) -> BenchCommands:
        """The commands of benchmarks; what measures takes long to load, and the first paint does not wait for it."""
        if self._bench is None:
            from app.bench_commands import BenchCommands

            self._bench = BenchCommands(self._context, self._settings.benchmarks_folder)
            self._bench.keep_in(self._settings)
            self._views.use_benchmarks(self._bench)
        return self._bench

    # Putting it together

    def _effects(self) -> Mapping[str, Effect]:
        """What every command of the table does, but for those of the panels."""
        return {
            "file.open": self._open_chosen,
            "file.sample": self.open_sample,
            "file.clear_recent": lambda: self._recent.clear(),
            "file.reload": lambda: self._with_current(self.workspace.reload),
            "file.reload_unasked": self._set_reload_unasked,
            "file.close": lambda: self._with_current(self.workspace.close),
            "file.screenshot": self._save_screenshot,
            "file.quit": self.close,
            "edit.copy": self._copy,
            "edit.filter": self.panels.go_to_filter,
            "edit.go_to_offset": lambda: self._with_current(self._go_to_offset),
            "view.next_file": lambda: self.workspace.step(+1),
            "view.previous_file": lambda: self.workspace.step(-1),
            "view.next_tensor": lambda: self._tensors.step(+1),
            "view.previous_tensor": lambda: self._tensors.step(-1),
            "view.choose_tensor": lambda: self._tensors.take_focus(),
            "view.theme_system": lambda: self._choose_theme(Choice.SYSTEM),
            "view.theme_light": lambda: self._choose_theme(Choice.LIGHT),
            "view.theme_dark": lambda: self._choose_theme(Choice.DARK),
            "view.reset_layout": self.panels.reset,
            "view.float_panel": self.panels.float_focused,
            "jobs.check": lambda: self._with_current(Document.check),
            "jobs.decode_whole": self._decode_whole,
            "jobs.cancel": self.jobs.cancel_everything,
            "help.show": lambda: self._go("Help"),
            **self.compare.effects(),
            **self.debug.effects(),
            **self.rerun.effects(),
            **self._bench_effects(),
            **self.editing.effects(),
            **self.bookmarks.effects(),
            **self.exporting.effects(),
            **self.registry.effects(),
            **Sizing(self.panels).effects(),
            **effects(self.decoders),
        }

    def _bench_effects(self) -> dict[str, Effect]:
        names = [*(command.name for command in BENCHMARKS), "view.bench_layout"]
        return {name: lambda name=name: self.bench.effects()[name]() for name in names}

    def _panel_effects(self) -> dict[str, Effect]:
        effects: dict[str, Effect] = {}
        for title in PANELS:
            panel = self.panels[title]
            effects[f"panel.{title.lower()}.go"] = lambda title=title: self._go(title)
            effects[f"panel.{title.lower()}.show"] = lambda on, panel=panel: panel.setVisible(on)
        return effects

    def _make_surroundings(self) -> None:
        """What stands round the panels, or in their place."""
        self._status = Status(self.jobs)
        self._status.show_choice(self.decoders, self._actions.menu(DECODER_MENU))
        self._welcome = Welcome(self._actions["file.open"], self._actions["file.sample"])
        self._tensors = TensorChooser()
        self._pages = QStackedWidget()
        self._recent = RecentFiles(
            self._settings,
            self._actions.menu("&File/Open recen&t"),
            self._welcome,
            lambda path: self.workspace.open([path]),
        )

    def _arrange(self) -> None:
        self._pages.addWidget(self._welcome)
        self._pages.addWidget(self.panels)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(FileTabs(self.workspace))
        column.addWidget(self._tensors)
        column.addWidget(self.messages)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(content)
        self.setStatusBar(self._status)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        workspace = self.workspace
        workspace.opened.connect(lambda document: self._recent.add(document.path))
        workspace.current_changed.connect(self._show_current)
        for settled in (workspace.current_changed, workspace.failed):
            settled.connect(lambda: QTimer.singleShot(0, self, self._load_rest))
        self.decoders.used_changed.connect(workspace.decode_with)
        UndoTitles(workspace, self._actions, self)
        self._views.completed.connect(lambda: self.bench.begin())
        self._views.completed.connect(self.completed)
        self._views.side_file_wanted.connect(self.compare.choose_file)
        self._views.save_edited_wanted.connect(self.editing.save)
        self.bookmarks.notes_wanted.connect(self._views.go_to_notes)
        for title in PANELS:
            panel = self.panels[title]
            panel.visibilityChanged.connect(self.keeping.write_soon)
            panel.dockLocationChanged.connect(self.keeping.write_soon)
        self._actions.menu("&View/&Panels").aboutToShow.connect(self._check_shown_panels)

    def _restore(self) -> None:
        """Takes up what is remembered; whatever of it makes no sense is as if it were not there."""
        self.rerun.keep_in(self._settings)
        self._actions.exclusive([f"view.theme_{choice}" for choice in Choice])
        self._actions[f"view.theme_{self._settings.theme}"].setChecked(True)
        self._actions["file.reload_unasked"].setChecked(self._settings.reload_unasked)
        self.resize(QSize(*FIRST_SIZE).boundedTo(self.screen().availableSize()))
        self.restoreGeometry(self._settings.geometry)
        self.panels.restore(self._settings.layout)

    # The current file

    @Slot()
    def _show_current(self) -> None:
        """Shows the current document in every view, or the welcome page where there is none."""
        document = self.workspace.current
        self._views.show_document(document)
        self._tensors.set_document(document)
        self._pages.setCurrentWidget(self._welcome if document is None else self.panels)
        self._status.show_document(document)
        self._actions.enable_for_file(document is not None)
        self.setWindowTitle(f"{document.title} – Ranscope" if document else "Ranscope")

    def _with_current(self, effect: Callable[[Document], object]) -> None:
        if self.workspace.current is not None:
            effect(self.workspace.current)

    # Loading the rest

    def showEvent(self, event: QShowEvent) -> None:
        """Once everything has its size, paints, and loads what the first paint did not need."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._load_rest)

    @Slot()
    def _load_rest(self) -> None:
        """Paints what there is before anything else gets the processor; only once."""
        if self._loading or self.workspace.opening or not self.isVisible():
            return
        self._loading = True
        self.repaint()
        self._views.load_rest()
        self.keeping.begin()
        self.jobs.release()

    # Commands

    def open_sample(self) -> None:
        """Opens the bundled layer."""
        self.workspace.open([sample_path()])

    def _open_chosen(self) -> None:
        folder = str(self.workspace.current.path.parent) if self.workspace.current else ""
        paths, _ = QFileDialog.getOpenFileNames(self, "Open compressed layers", folder, FILTER)
        self.workspace.open(paths)

    def _go_to_offset(self, document: Document) -> None:
        span = document.selection.span
        offset = ask_for_offset(document.container, span[0] if span else 0, self)
        if offset is not None:
            document.select_bytes(offset, 1)

    def _copy(self) -> None:
        view = self.panels.focused_view()
        text = view.copy_text() if view else ""
        if text:
            QGuiApplication.clipboard().setText(text)
        self._remark("Copied" if text else "Nothing is selected to copy")

    def _remark(self, text: str) -> None:
        """Says something short that needs no answer."""
        self._status.showMessage(text, 2000)

    def _decode_whole(self) -> None:
        self._with_current(Document.decode_whole)
        self._go("Decoding")

    def _go(self, title: str) -> None:
        self._pages.setCurrentWidget(self.panels)
        self.panels.go(title)

    def _check_shown_panels(self) -> None:
        for title in PANELS:
            shown = not self.panels[title].isHidden()
            self._actions[f"panel.{title.lower()}.show"].setChecked(shown)

    def _choose_theme(self, choice: Choice) -> None:
        self._settings.theme = choice
        theme.choose(choice)

    def _set_reload_unasked(self, wanted: bool) -> None:
        self._settings.reload_unasked = wanted

    def _save_screenshot(self) -> None:
        try:
            save_picture_as(self)
        except InputError as error:
            self.messages.tell(error.sentence())

    # The window itself

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  # as Qt calls it
        """Goes on with Tab past panels behind others: they take the keyboard, but are not seen."""
        for _ in self.findChildren(QWidget):
            moved, focused = super().focusNextPrevChild(next), QApplication.focusWidget()
            if not moved or focused is None or not self.panels.hides(focused):
                return moved
        return False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes files."""
        if _dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Opens the files that were dropped, or compares with them."""
        self.workspace.open(self.compare.take_sides(_dropped_files(event.mimeData())))
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remembers the layout and what was done with every file, and stops all work."""
        if self._bench is not None and not self._bench.may_close():
            event.ignore()
            return
        self._settings.store_window(self.saveGeometry(), self.panels.layout_state())
        self._views.show_document(None)  # what is still being typed there is kept
        if not self._session_notices.may_close(self):
            self._show_current()
            event.ignore()
            return
        self.keeping.close()
        self.workspace.close_all()
        if self._bench is not None:
            self._bench.close()
        self.jobs.shutdown()
        super().closeEvent(event)


def _dropped_files(data: QMimeData) -> list[str]:
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
