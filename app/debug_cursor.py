"""The cursor of a debugger as it is looked at: where it stands, what is done by then, what is going on.

`app.debugging` moves it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.breakpoints import BreakpointList
from app.debug_asking import Asking
from app.debug_mirror import DebugMirror
from app.debug_parting import Part
from app.debug_place import DebugPlace
from app.debug_requests import OpenWalkRequest, SeekRequest
from app.debug_standing import Standing
from app.debug_tasks import Seek
from app.jobs import Jobs
from app.pending import Pending
from app.requests import UsedDecoder
from app.session.breakpoint import Breakpoint
from app.session.file_work import FileWork
from codec.container import Tensor
from codec.stepping.walk import Direction, Moment
from codec.trace import Trace


class DebugCursor(QObject):
    """A place between two steps of a stream: before the one that comes next.

    Attributes:
        note: why there is no cursor, or why it stands where it stands, as a sentence; "" where that is plain.
        breakpoints: those of the file.
        hits: how often a run has stopped at each breakpoint, by its `place_of`, since the file was opened.
        progress: (done, to do) of the checkpoints that are being laid; None while none are.
        mirror_side: where the other coder stands, as soon as somebody wants to know.
        standing: the cursor with all that is known around it; None where there is none.
    """

    moved = Signal()
    """The cursor stands elsewhere, or other steps around it are known."""
    changed = Signal()
    """Stream, direction, running, note or breakpoints have changed."""
    progressed = Signal()
    """`head` or `progress` has changed."""
    selected = Signal(object)
    """Carries the `Selection` of the step that comes next, since the cursor was moved there."""

    def __init__(self, asking: Asking, work: FileWork, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.note = ""
        self.breakpoints = BreakpointList(work)
        self.hits: dict[Breakpoint, int] = {}
        self.progress: tuple[int, int] | None = None
        self.mirror_side = DebugMirror(asking, jobs, self)
        self.standing: Standing | None = None
        self._asking = asking
        self._direction = Direction.DECODE
        self._wanted: DebugPlace | None = None
        self._head: int | None = None
        self._seeking: Seek | Part | None = None
        self._pending = Pending(jobs, self)
        self.mirror_side.changed.connect(self.moved)

    @property
    def direction(self) -> Direction:
        """Which coder takes the steps."""
        return self._direction

    @property
    def walker(self) -> UsedDecoder | None:
        """Who takes the decoder's steps instead of the one that is in use for all else; None where that one does."""
        return self._asking.walker

    @property
    def place(self) -> DebugPlace | None:
        """Where the cursor is, or shall be as soon as that can be; None where nothing is debugged."""
        return self.standing.place if self._wanted is None and self.standing else self._wanted

    @property
    def tensor(self) -> int | None:
        """Index of the tensor that is debugged."""
        return None if self.place is None else self.place.course.tensor

    @property
    def tile(self) -> int | None:
        """Index of the tile that is debugged."""
        return None if self.place is None else self.place.course.tile

    @property
    def tensors(self) -> Sequence[Tensor]:
        """All tensors of the file."""
        return self._asking.shown.container.tensors

    @property
    def on_selected_tile(self) -> bool:
        """Whether the tile that is debugged is the one that is selected."""
        selection = self._asking.shown.selection()
        return self.tile is not None and (self.tensor, self.tile) == (
            selection.tensor,
            selection.tile,
        )

    @property
    def step(self) -> int | None:
        """Number of the step that comes next; None where nothing is debugged."""
        return None if self.standing is None else self.standing.step

    @property
    def steps(self) -> int:
        """Steps that can be taken."""
        return 0 if self.standing is None else self.standing.stretch.steps

    @property
    def moment(self) -> Moment | None:
        """Where the coder stands."""
        return None if self.standing is None else self.standing.moment

    @property
    def window(self) -> Trace | None:
        """The steps around the cursor."""
        return None if self.standing is None else self.standing.stretch.trace

    @property
    def position(self) -> int | None:
        """File offset of the next byte that is taken, or of the one moved out last; see `Moment.position`."""
        return None if self.standing is None else self.standing.moment.position

    @property
    def consumed(self) -> tuple[int, int] | None:
        """(offset, size) of the stream's bytes that are taken, or moved out, by now."""
        return None if self.standing is None else self.standing.consumed

    def produced(self, count: int) -> NDArray[np.bool_]:
        """bool[count]: which symbols of the tile are decoded, or encoded, by now; none without a cursor."""
        if self.standing is None:
            return np.zeros(count, dtype=np.bool_)
        return self.standing.produced(count)

    @property
    def mirror(self) -> Moment | None:
        """Where the other coder stands when as much is done; None where nobody wants it, or it is not known."""
        side = self.mirror_side.standing
        return None if side is None else side.moment

    @property
    def mirror_window(self) -> Trace | None:
        """The other coder's steps around there."""
        side = self.mirror_side.standing
        return None if side is None else side.stretch.trace

    @property
    def opening(self) -> bool:
        """Whether checkpoints are being laid."""
        return OpenWalkRequest.kind in self._pending

    @property
    def running(self) -> bool:
        """Whether a step is being looked for."""
        return SeekRequest.kind in self._pending

    @property
    def head(self) -> int | None:
        """How far a run has got; None where none runs."""
        return self._head if self.running else None
