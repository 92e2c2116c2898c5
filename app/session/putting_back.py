"""Puts a kept session back into a document that has just been opened, wherever nothing else was chosen since."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QByteArray

from app.document import Document
from app.selection import Selection, first_tile
from app.session.file_work import Work
from app.session.state import KeptLayout, Session
from app.session.taking_up import joined
from app.settings import LAYOUT_VERSION
from app.workspace import still_valid
from codec.comparison.side import AS_OPENED, Side


class Arrangement(Protocol):
    """What knows where the panels stand: `app.panels.Panels`.

    Attributes:
        restored: the stored layout that was taken up last.
    """

    restored: QByteArray

    def layout_state(self) -> QByteArray:
        """The layout, to be stored."""

    def restore(self, layout: QByteArray) -> None:
        """Takes up a stored layout."""


def put_back(document: Document, session: Session, panels: Arrangement | None) -> None:
    """Puts a session back.

    Args:
        document: what the user has done with it already counts more than the session.
        session: what was left.
        panels: are arranged as they were; None where they shall not move.
    """
    if _untouched(document):
        document.select(still_valid(session.selection, document.container))
    comparing = document.comparing
    compares = comparing.left or comparing.right or comparing.running
    if not compares and any(sides := _sides(session)):
        comparing.use(*sides)
    if not compares and panels is not None:
        _arrange(panels, session.layout)
    if session.debugged is not None and document.debugging.place is None:
        document.debugging.resume(session.debugged, selects=False)
    if document.work.now == Work():
        document.work.restore(session.work)
    else:
        document.work.change("Take up the session", joined(session.work, document.work.now))


def layout_of(panels: Arrangement) -> KeptLayout:
    """Where the panels stand now."""
    return KeptLayout(LAYOUT_VERSION, bytes(panels.layout_state().data()))


def _arrange(panels: Arrangement, layout: KeptLayout | None) -> None:
    """Takes up a layout of these panels, unless it is the one that the window began with, or that it has now.

    Taking one up costs some hundred milliseconds, and most sessions were left with the window itself.
    """
    if layout is None or layout.version != LAYOUT_VERSION:
        return
    if layout.state not in (bytes(panels.restored.data()), layout_of(panels).state):
        panels.restore(QByteArray(layout.state))


def _untouched(document: Document) -> bool:
    """Whether still the first thing is selected that opening selects."""
    tensor = document.tensor
    first = Selection() if tensor is None else first_tile(tensor)
    return document.selection in (Selection(), first)


def _sides(session: Session) -> tuple[Side | None, Side | None]:
    """What was compared; without edits, not the file with itself."""
    sides = session.left, session.right
    edited = any(edit.enabled for edit in session.work.edits)
    return (None, None) if AS_OPENED in sides and not edited else sides
