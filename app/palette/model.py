"""The entries that answer what is typed, best first, as a list for Qt."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.palette.entry import Entry
from app.palette.matching import Query

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()

MOST_SHOWN = 200
"""Entries listed at most: who sees more than that types another letter."""

ENTRY_ROLE = Qt.ItemDataRole.UserRole
"""The `Entry` of a row."""

PLACES_ROLE = Qt.ItemDataRole.UserRole + 1
"""Places of the letters of its title that were typed."""


class EntryList(QAbstractListModel):
    """The entries found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: Sequence[Entry] = ()
        self._names: list[tuple[str, str, str]] = []
        self._query = Query("")
        self._found: list[Entry] = []

    def offer(self, entries: Sequence[Entry]) -> None:
        """Offers other entries, in the order that they are listed in while nothing is typed."""
        self._entries, self._names = entries, []
        self.find("")

    def find(self, typed: str) -> None:
        """Lists what answers `typed`; of equally good entries, what can be done now comes first."""
        self._query = Query(typed)
        found = self._best() if typed.strip() else list(self._entries[:MOST_SHOWN])
        self.beginResetModel()
        self._found = found
        self.endResetModel()

    def _best(self) -> list[Entry]:
        if not self._names:
            self._names = [
                (each.title.lower(), each.place.lower(), f"{each.tooltip} {each.keys}".lower())
                for each in self._entries
            ]
        score, entries = self._query.score, self._entries
        scores = [
            (-worth, bool(entries[number].why_not), number)
            for number, names in enumerate(self._names)
            if (worth := score(*names)) is not None
        ]
        return [entries[number] for _, _, number in heapq.nsmallest(MOST_SHOWN, scores)]

    def entry(self, row: int) -> Entry | None:
        """The entry of a row; None where there is no such row."""
        return self._found[row] if 0 <= row < len(self._found) else None

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """As many as were found."""
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The entry, what was typed of it, and its text for a screen reader."""
        if not index.isValid():
            return None
        entry = self._found[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return " ".join(filter(None, [entry.title, entry.place, entry.keys, entry.why_not]))
            case Qt.ItemDataRole.ToolTipRole:
                return entry.why_not or entry.tooltip
            case _ if role == ENTRY_ROLE:
                return entry
            case _ if role == PLACES_ROLE:
                return self._query.places(entry.title.lower())
        return None
