"""The spans that a filter lets through, found a few milliseconds at a time.

A large layer has half a million spans, made only when looked at. So the search goes through them in
slices between the window's events, puts every match into its tree at once, and stops, saying so, when
it has found or seen as many as anybody can use.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QObject, QTimer, Signal

from app.models.span_marks import Path
from app.models.span_tree import Node, SpanModel
from codec.spans import Span

MOST_MATCHES = 500
MOST_SEEN = 1_000_000
SLICE_SECONDS = 0.006
"""How long the search keeps the window waiting at a time."""
SECONDS_BETWEEN_TELLING = 0.15
"""How often matches are put into the tree: painting it takes longer than a slice."""


class SpanMatchesModel(SpanModel):
    """The spans whose names or values hold all words of a text, below the spans around them."""

    told = Signal(str)
    """Carries how far the search is, as a sentence."""

    def __init__(self, root: Span, text: str, parent: QObject | None = None) -> None:
        super().__init__(root, parent)
        self._words = _comparable(text).split()
        self._walk = walk(root, [int(n) for n in re.findall(r"\d{1,9}", _comparable(text))])
        self._seen = self._found = 0
        self._pending: list[Path] = []
        self._next_telling = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look_further)
        self._timer.start(0)

    @property
    def searching(self) -> bool:
        """Whether the search is still going on."""
        return self._timer.isActive()

    @property
    def found(self) -> int:
        """Matches so far."""
        return self._found

    def stop(self) -> None:
        """Ends the search."""
        self._timer.stop()

    def index_of(self, path: Path) -> QModelIndex:
        """The row of the span at `path`; invalid where it is not among the matches."""
        node = self._file
        for child in path:
            below = {node.path[-1]: node for node in node.children.values()}
            if child not in below:
                return QModelIndex()
            node = below[child]
        return self.createIndex(node.row, 0, node.number)

    def _count(self, node: Node) -> int:
        return len(node.children)

    def _child(self, node: Node, row: int) -> Node:
        return node.children[row]

    def _look_further(self) -> None:
        """One slice of the search; what it finds is shown a few times a second, not slice by slice."""
        now = time.monotonic()
        while self.searching and time.monotonic() < now + SLICE_SECONDS:
            self._look_at_next()
        if now >= self._next_telling or not self.searching:
            self._next_telling = now + SECONDS_BETWEEN_TELLING
            for path in self._pending:
                self._add(path)
            self._pending.clear()
            self.told.emit(self._sentence())

    def _look_at_next(self) -> None:
        path, span = next(self._walk, ((), None))
        if span is None or self._found >= MOST_MATCHES or self._seen >= MOST_SEEN:
            self.stop()
            return
        self._seen += 1
        text = _comparable(f"{span.name} {span.value}")
        if all(word in text for word in self._words):
            self._found += 1
            self._pending.append(path)

    def _add(self, path: Path) -> None:
        """Puts a match into the tree, and what is around it where that is not there yet."""
        node = self._file
        for child in path:
            below = next((n for n in node.children.values() if n.path[-1] == child), None)
            if below is None:
                row = len(node.children)
                index = self.createIndex(node.row, 0, node.number)
                self.beginInsertRows(index, row, row)
                below = self._new(node, row, (*node.path, child), node.span.children[child])
                node.children[row] = below
                self.endInsertRows()
            node = below

    def _sentence(self) -> str:
        found = f"{self._found:,} of {self._seen:,} fields match"
        if self.searching:
            return f"{found}; looking further…"
        if self._found >= MOST_MATCHES:
            return f"Stopped at {found}: add words or a tile's number to see others."
        if self._seen >= MOST_SEEN:
            return f"Stopped: {found}. Further tiles are found by their number."
        return f"{found}." if self._found else f"None of {self._seen:,} fields matches."


def walk(root: Span, numbers: list[int]) -> Iterator[tuple[Path, Span]]:
    """All spans below `root` with their paths, parents first.

    Args:
        root: the span to start from.
        numbers: children of these numbers come before everything else, in every child of `root`: so
            tile 60,000 is found at once.
    """
    first: set[Path] = set()
    for row, span in enumerate(root.children):
        for number in numbers:
            if number < len(span.children):
                first.add((row, number))
                yield (row, number), span.children[number]
    yield from (found for found in _below(root, ()) if found[0] not in first)


def _below(span: Span, path: Path) -> Iterator[tuple[Path, Span]]:
    for row, child in enumerate(span.children):
        yield (*path, row), child
        yield from _below(child, (*path, row))


def _comparable(text: str) -> str:
    """`text` without what a person may or may not type: case, and commas between digits."""
    return re.sub(r"(?<=\d),(?=\d)", "", text.lower())
