"""What the window shows while no file is open: what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QCommandLinkButton,
    QHBoxLayout,
    QLabel,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

WIDTH = 460
SHOWN = 6
"""Files offered again; the menu has the others."""


class Welcome(QWidget):
    """Open, the sample, and the files opened before."""

    chosen = Signal(object)
    """Carries the path of a file to open."""

    def __init__(
        self, open_action: QAction, sample_action: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._heading = QLabel("Opened before")
        column = QVBoxLayout()
        column.addStretch(2)
        column.addWidget(_title(QApplication.windowIcon()))
        column.addWidget(_prose())
        column.addSpacing(12)
        icons = QStyle.StandardPixmap
        column.addWidget(_Offer(open_action, icons.SP_DirOpenIcon))
        column.addWidget(_Offer(sample_action, icons.SP_FileIcon))
        column.addSpacing(12)
        column.addWidget(self._heading)
        column.addLayout(self._recent)
        column.addStretch(3)
        line = QHBoxLayout(self)
        line.addStretch(1)
        line.addLayout(column)
        line.addStretch(1)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Offers files opened before, the latest first."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for path in paths[:SHOWN]:
            self._recent.addWidget(self._offer_again(path))
        self._heading.setVisible(bool(paths))

    def _offer_again(self, path: Path) -> QToolButton:
        button = QToolButton()
        button.setText(f"{path.name}   {_shortened(str(path.parent))}".replace("&", "&&"))
        button.setIcon(self.style().standardIcon(QStyle.StandardPixmap.SP_FileIcon))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setToolTip(f"Open {path}")
        button.clicked.connect(lambda: self.chosen.emit(path))
        return button


def _title(icon: QIcon) -> QWidget:
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    picture, text = QLabel(), QLabel("Ranscope")
    picture.setPixmap(icon.pixmap(56, 56))
    font = text.font()
    font.setPointSizeF(font.pointSizeF() * 2.2)
    text.setFont(font)
    line.addWidget(picture)
    line.addWidget(text, 1)
    return holder


def _prose() -> QLabel:
    label = QLabel(
        "Open a rANS-compressed weight layer to see what every byte in it does: the header, the "
        "frequency table, each tile's stream, the coder's state at every step, and the weights "
        "that come out. Or drop files anywhere on this window."
    )
    label.setWordWrap(True)
    label.setFixedWidth(WIDTH)
    return label


class _Offer(QCommandLinkButton):
    """A command as a large button that says what it does, and which keys do it."""

    def __init__(self, action: QAction, icon: QStyle.StandardPixmap) -> None:
        super().__init__(action.text().replace("&", ""), "")
        self._action = action
        self.setToolTip(action.toolTip())
        self.setIcon(self.style().standardIcon(icon))
        self.setFixedWidth(WIDTH)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._describe)
        self._describe()

    def _describe(self) -> None:
        keys = self._action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.setDescription(f"{self._action.toolTip()}  {keys}")


def _shortened(folder: str, longest: int = 48) -> str:
    """The end of a folder's path, which tells more than its beginning."""
    return folder if len(folder) <= longest else "…" + folder[1 - longest :]
