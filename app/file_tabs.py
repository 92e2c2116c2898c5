"""One tab for every open file, in step with the workspace."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QTabBar, QWidget

from app.document import Document
from app.workspace import Workspace


class FileTabs(QTabBar):
    """The tabs; hidden while no file is open."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setTabsClosable(True)
        self.setMovable(True)
        self.setDocumentMode(True)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setAccessibleName("Open files")
        self.hide()
        workspace.opened.connect(self._on_opened)
        workspace.reloaded.connect(self._on_reloaded)
        workspace.closed.connect(self._on_closed)
        workspace.current_changed.connect(self._on_current_changed)
        self.currentChanged.connect(self._on_tab_chosen)
        self.tabMoved.connect(workspace.move)
        self.tabCloseRequested.connect(lambda tab: workspace.close(workspace.documents[tab]))

    @Slot(object, int)
    def _on_opened(self, document: Document, place: int) -> None:
        blocked = self.blockSignals(True)  # the first tab is made current by Qt, not by the user
        self.insertTab(place, document.title)
        self.blockSignals(blocked)
        self.setTabToolTip(place, str(document.path))
        self.show()

    @Slot(object, object)
    def _on_reloaded(self, _old: Document, new: Document) -> None:
        place = self._workspace.documents.index(new)
        self.setTabText(place, new.title)
        self.setTabToolTip(place, str(new.path))

    @Slot(object, int)
    def _on_closed(self, _document: Document, place: int) -> None:
        blocked = self.blockSignals(True)
        self.removeTab(place)
        self.blockSignals(blocked)
        self.setVisible(self.count() > 0)
        self._on_current_changed()

    @Slot()
    def _on_current_changed(self) -> None:
        current = self._workspace.current
        if current is not None and self.count() == len(self._workspace.documents):
            self.setCurrentIndex(self._workspace.documents.index(current))

    @Slot(int)
    def _on_tab_chosen(self, place: int) -> None:
        if 0 <= place < len(self._workspace.documents):
            self._workspace.show(self._workspace.documents[place])
