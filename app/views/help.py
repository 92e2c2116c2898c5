"""Explains every panel in two sentences and lists all commands, out of what they say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from app import theme
from app.commands import COMMANDS, Command
from app.document import Document
from app.shortcuts import keymap
from app.shortcuts.keys import native
from app.view import View


class HelpView(View):
    """A page of text, made from the views and the command table."""

    TITLE = "Help"
    QUESTION = "What does each panel show, and which key does what?"
    HELP = (
        "Explains each panel and lists every command with its shortcut. "
        "All panels show one selection: choosing a weight, a step, a field or a byte in one of them "
        "shows the same place in all others."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explained: Sequence[type[View]] = ()
        self._page = QTextBrowser()
        self._page.setOpenExternalLinks(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._page)
        self.set_empty_text("")
        keymap.changed.connect(self._write)

    def set_document(self, document: Document | None) -> None:
        """Help is there without a file, too."""
        super().set_document(document)
        self.set_empty_text("")

    def explain(self, views: Sequence[type[View]]) -> None:
        """Says which panels there are."""
        self._explained = views
        self._write()

    def theme_changed(self) -> None:
        """Writes the page anew, since its colours are part of its text."""
        self._write()

    def _write(self) -> None:
        dim = theme.current().dim.name()
        panels = "".join(_panel(view, dim) for view in self._explained)
        place = self._page.verticalScrollBar().value()
        self._page.setHtml(f"<h3>Panels</h3>{panels}<h3>Commands</h3>{_commands(dim)}")
        self._page.verticalScrollBar().setValue(place)


def _panel(view: type[View], dim: str) -> str:
    return (
        f"<p><b>{escape(view.TITLE)}</b> <span style='color:{dim}'>{escape(view.QUESTION)}</span>"
        f"<br>{escape(view.HELP)}</p>"
    )


def _commands(dim: str) -> str:
    rows = "".join(_row(command, dim) for command in COMMANDS)
    return f"<table cellpadding='3'>{rows}</table>"


def _row(command: Command, dim: str) -> str:
    keys = native(keymap.keys_of(command.name))
    title = escape(command.plain_title)
    undo = f" <span style='color:{dim}'>Undo: {escape(command.undoes)}.</span>"
    return (
        f"<tr><td><b>{title}</b></td><td>{escape(keys)}</td>"
        f"<td>{escape(command.tooltip)}{undo if command.undoes else ''}</td></tr>"
    )
