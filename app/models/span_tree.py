"""The spans of a file as a tree that grows while it is opened.

A node is made when a view asks for it and kept from then on, so model indexes stay valid. Where a span
has very many children, as the index of a large layer has, they are shown in groups: a view may ask for
every row of what is opened, and nobody scrolls through 65,536 of them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app import theme
from app.marks import span_icon
from app.models.span_columns import (
    HEADINGS,
    Column,
    alignment,
    group_text,
    place_of,
    problem_line,
    text_of,
)
from app.models.span_marks import Path, SpanMarks
from codec.problems import Problem, Severity
from codec.spans import Span

Index = QModelIndex | QPersistentModelIndex
ROOT_INDEX = QModelIndex()

GROUPED_OVER = 1024
"""Children that are shown without groups, at most."""
GROUP = 256
"""Children of a group, or groups of a group of groups."""

_COLUMNS = tuple(Column)
_ROLES = frozenset(
    (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.TextAlignmentRole,
    )
)
"""The roles that a cell answers; Qt asks for a dozen of each cell that it paints."""


@dataclass(eq=False, slots=True)
class Node:
    """One row of the tree.

    Attributes:
        number: its place among all nodes of the model; the id of its indexes.
        parent: the node above; None for the one that holds the file's.
        row: its place below its parent.
        path: child numbers that lead from the file's span to its own.
        span: its span; for a group, the span that the grouped ones are children of.
        group: the child numbers that a group holds; None for a span of its own.
        children: the nodes below, as far as they were made, by row.
    """

    number: int
    parent: Node | None
    row: int
    path: Path
    span: Span
    group: range | None = None
    children: dict[int, Node] = field(default_factory=dict)

    @property
    def held(self) -> range:
        """The child numbers of its span that lie below it."""
        return range(len(self.span.children)) if self.group is None else self.group


def group_width(count: int) -> int:
    """How many of `count` children go into one group; 1 where they need no groups."""
    if count <= GROUPED_OVER:
        return 1
    width = GROUP
    while width * GROUPED_OVER < count:
        width *= GROUP
    return width


class SpanModel(QAbstractItemModel):
    """Spans as rows; which of them there are, and how they are found, subclasses say.

    Below the invisible root there is one row, the file.
    """

    def __init__(self, root: Span, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: list[Node] = []
        self._top = self._new(None, 0, (), root)
        self._file = self._new(self._top, 0, (), root)
        self._marks = SpanMarks(root)

    @abstractmethod
    def _count(self, node: Node) -> int:
        """Rows below a node that is not the invisible one."""

    @abstractmethod
    def _child(self, node: Node, row: int) -> Node:
        """The node in a row below another that is not the invisible one."""

    @abstractmethod
    def index_of(self, path: Path) -> QModelIndex:
        """The row of the span at `path`; invalid where there is none."""

    def set_problems(self, problems: Iterable[Problem]) -> None:
        """Marks the spans of these problems, and of no others."""
        self._marks = SpanMarks(self._file.span, problems)
        last = self.index(0, len(Column) - 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def span_at(self, index: Index) -> Span | None:
        """The span of a row; None for a group."""
        node = self._node(index)
        return None if node is self._top or node.group is not None else node.span

    # What Qt asks

    def rowCount(self, parent: Index = ROOT_INDEX) -> int:
        """Rows below `parent`."""
        if parent.column() > 0:
            return 0
        node = self._node(parent)
        return 1 if node is self._top else self._count(node)

    def columnCount(self, parent: Index = ROOT_INDEX) -> int:
        """The same everywhere."""
        return len(Column)

    def index(self, row: int, column: int, parent: Index = ROOT_INDEX) -> QModelIndex:
        """The index of a row below `parent`."""
        node = self._node(parent)
        if not (0 <= row < self.rowCount(parent) and 0 <= column < len(Column)):
            return QModelIndex()
        child = self._file if node is self._top else self._child(node, row)
        return self.createIndex(row, column, child.number)

    def parent(self, index: Index | None = None) -> Any:
        """The row above; without an argument, as every QObject has it, the owner of the model."""
        if index is None:
            return super().parent()
        above = self._node(index).parent
        if above is None or above is self._top:
            return QModelIndex()
        return self.createIndex(above.row, 0, above.number)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles of the columns, explained in tooltips."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        title, explanation = HEADINGS[Column(section)]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title
            case Qt.ItemDataRole.ToolTipRole:
                return explanation
            case Qt.ItemDataRole.TextAlignmentRole:
                return alignment(Column(section))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tooltip, picture and colour of a cell."""
        if role not in _ROLES or not index.isValid():
            return None
        node, column = self._nodes[index.internalId()], _COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _cell_text(node, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(node)
            case Qt.ItemDataRole.DecorationRole if column is Column.NAME:
                return span_icon(node.span.kind, self._own(node), self._inside(node))
            case Qt.ItemDataRole.ForegroundRole:
                return self._colour(node, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return alignment(column)
        return None

    # Inside

    def _node(self, index: Index) -> Node:
        return self._nodes[index.internalId()] if index.isValid() else self._top

    def _new(
        self, parent: Node | None, row: int, path: Path, span: Span, group: range | None = None
    ) -> Node:
        node = Node(len(self._nodes), parent, row, path, span, group)
        self._nodes.append(node)
        return node

    def _own(self, node: Node) -> Severity | None:
        return None if node.group is not None else self._marks.worst_own(node.path)

    def _inside(self, node: Node) -> Severity | None:
        return self._marks.worst_inside(node.path, node.group)

    def _colour(self, node: Node, column: Column) -> Any:
        own = self._own(node)
        if own is not None and column in (Column.NAME, Column.VALUE):
            return theme.current().severities[own]
        return theme.current().dim if column is Column.MEANING else None

    def _tooltip(self, node: Node) -> str:
        if node.group is not None:
            lines = [f"{len(node.group):,} parts of {node.span.name}"]
        else:
            lines = [f"{node.span.name} {node.span.value}".strip(), node.span.meaning]
            lines += [place_of(node.span)]
            lines += [problem_line(problem) for problem in self._marks.own(node.path)]
        inside = self._inside(node)
        if inside is not None:
            lines.append(f"There is at least one {inside} further inside.")
        return "\n".join(line for line in lines if line)


class SpanTreeModel(SpanModel):
    """All spans of a file."""

    def _count(self, node: Node) -> int:
        held = len(node.held)
        return -(-held // group_width(held))

    def _child(self, node: Node, row: int) -> Node:
        if row not in node.children:
            node.children[row] = self._make(node, row)
        return node.children[row]

    def _make(self, node: Node, row: int) -> Node:
        held = node.held
        width = group_width(len(held))
        if width > 1:
            group = held[row * width : (row + 1) * width]
            return self._new(node, row, node.path, node.span, group)
        child = held[row]
        return self._new(node, row, (*node.path, child), node.span.children[child])

    def index_of(self, path: Path) -> QModelIndex:
        """The row of the span at `path`; its nodes are made where there are none yet."""
        node = self._file
        for child in path:
            if child not in node.held:
                return QModelIndex()
            while (width := group_width(len(node.held))) > 1:
                node = self._child(node, (child - node.held.start) // width)
            node = self._child(node, child - node.held.start)
        return self.createIndex(node.row, 0, node.number)


def _cell_text(node: Node, column: Column) -> str:
    if node.group is None:
        return text_of(node.span, column)
    return group_text(node.span, node.group, column)
