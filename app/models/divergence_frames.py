"""What both sides took for the frame of a stream, before the first step, as a table of two rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt

from app.models.divergence_marks import UNKNOWN, different_font, different_ground
from app.models.divergence_pairs import SIDE_NAMES
from app.models.headed_table import NO_PARENT, HeadedTable, Heading, Index
from codec.trace import StreamRead, Trace

STATES_SHOWN = 4
"""States of lanes that a cell holds; the others are counted."""


def _states(frame: StreamRead) -> str:
    shown = " ".join(f"{state:,}" for state in frame.lane_states[:STATES_SHOWN])
    more = len(frame.lane_states) - STATES_SHOWN
    return f"{shown} … {more:,} more" if more > 0 else shown or UNKNOWN


def _table(frame: StreamRead) -> str:
    used = int(np.count_nonzero(frame.frequencies))
    return f"{used:,} symbols, sum {int(np.sum(frame.frequencies)):,}"


@dataclass(frozen=True)
class Field(Heading):
    """One field, under its head.

    Attributes:
        text: of a frame.
    """

    text: Callable[[StreamRead], str]


FIELDS: dict[str, Field] = {
    "offset": Field("offset", "Where the stream begins in the file.", lambda f: f"{f.offset:,}"),
    "size": Field("size", "Bytes of the stream.", lambda f: f"{f.size:,}"),
    "symbol_count": Field("symbols", "How many symbols it holds.", lambda f: f"{f.symbol_count:,}"),
    "initial_state": Field(
        "initial state",
        "The state that the first symbol is decoded from.",
        lambda f: f"{f.initial_state:,}",
    ),
    "lane_states": Field("lanes' states", "The state that each lane starts from.", _states),
    "forward": Field(
        "words",
        "Whether words are taken towards the end of the file, or towards its beginning.",
        lambda f: "forward" if f.forward else "backward",
    ),
    "frequencies": Field("table", "The frequency table in use.", _table),
}
"""Fields of `StreamRead`: what each is called, what it means, and its text."""


def frame_of(trace: Trace, stream: int) -> StreamRead | None:
    """The frame of a stream of the tile; None where the trace has none."""
    return trace.streams[stream] if 0 <= stream < len(trace.streams) else None


def differing_fields(left: StreamRead, right: StreamRead) -> tuple[str, ...]:
    """The names of the fields that differ."""
    return tuple(
        name
        for name in FIELDS
        if not np.array_equal(np.asarray(getattr(left, name)), np.asarray(getattr(right, name)))
    )


class FramePairTable(HeadedTable):
    """A row a side."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(FIELDS.values(), parent)
        self._frames: tuple[StreamRead | None, ...] = ()
        self._differing: tuple[str, ...] = ()
        self._names = tuple(FIELDS)

    def show(self, left: StreamRead | None, right: StreamRead | None) -> None:
        """Shows what both sides took for the frame; None where one has not told."""
        self.beginResetModel()
        self._frames = (left, right)
        known = left is not None and right is not None
        self._differing = differing_fields(left, right) if known else ()  # type: ignore[arg-type]
        lanes = max(len(frame.lane_states) if frame else 0 for frame in self._frames)
        self._names = tuple(name for name in FIELDS if name != "lane_states" or lanes > 1)
        self.headings = tuple(FIELDS[name] for name in self._names)
        self.endResetModel()

    @property
    def differing(self) -> tuple[str, ...]:
        """The names of the fields that differ."""
        return self._differing

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """The sides."""
        return 0 if parent.isValid() else len(self._frames)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, mark and explanation of a cell."""
        if not index.isValid():
            return None
        name = self._names[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(index.row(), name)
            case Qt.ItemDataRole.BackgroundRole if name in self._differing:
                return different_ground()
            case Qt.ItemDataRole.FontRole if name in self._differing:
                return different_font()
            case Qt.ItemDataRole.ToolTipRole:
                return f"{FIELDS[name].meaning}{' The sides differ.' if name in self._differing else ''}"
        return None

    def _text(self, side: int, name: str) -> str:
        frame = self._frames[side]
        return UNKNOWN if frame is None else FIELDS[name].text(frame)

    def row_heading(self, row: int, role: int) -> Any:
        """Its side."""
        return SIDE_NAMES[row] if role == Qt.ItemDataRole.DisplayRole else None
