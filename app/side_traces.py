"""The traces of the selected tile by both sides of a comparison, and where they part.

They are asked for only when somebody looks at them: tracing a tile takes longer than decoding it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from app.decoding import Shown
from app.jobs import Jobs
from app.pending import Pending
from app.side_requests import TRACE_REQUESTS, DivergeRequest, SideTraceRequest
from app.side_tasks import TraceSide
from app.trace_window import steps_around, why_no_steps
from app.work import Response
from codec.comparison.divergence import Divergence
from codec.comparison.side import Side
from codec.container import Tensor
from codec.trace import Trace


class SideTraces(QObject):
    """Two traces of one tile.

    Attributes:
        traces: by both sides; None where one is not there (yet).
        notes: why it is not, as sentences; "" where it is, or is coming.
        divergence: where they part; None where they do not, or are not there.
        compared: whether both are there and were held against each other.
    """

    changed = Signal()
    """Any of it has changed."""

    def __init__(self, shown: Shown, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._shown = shown
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)
        self._asked: tuple[int, int, int] | None = None
        self._forget()

    def want(self, sides: Sequence[Side | None]) -> None:
        """Asks both sides for the trace of the selected tile, unless they have been asked."""
        selection, tensor = self._shown.selection(), self._shown.tensor
        if tensor is None or selection.tile is None or None in sides:
            return
        if why_no_steps(tensor, selection.tile):
            steps = range(0)
        else:
            steps = steps_around(tensor, selection.tile, selection.symbol)
        asked = tensor.index, selection.tile, steps.start
        if asked != self._asked:
            self.drop()
            self._asked = asked
            self._ask(sides, tensor, selection.tile, steps)
            self.changed.emit()

    def drop(self) -> None:
        """Forgets everything: another tile is selected, or the sides are others."""
        self._pending.withdraw(asks.kind for asks in (*TRACE_REQUESTS, DivergeRequest))
        had_asked = self._asked is not None
        self._forget()
        if had_asked:
            self.changed.emit()

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._pending.close()

    def _forget(self) -> None:
        self.traces: tuple[Trace | None, Trace | None] = (None, None)
        self.notes = ("", "")
        self.divergence: Divergence | None = None
        self.compared = False
        self._asked = None

    def _ask(self, sides: Sequence[Side | None], tensor: Tensor, tile: int, steps: range) -> None:
        if not steps:
            reason = why_no_steps(tensor, tile)
            self.notes = (reason, reason)
            return
        for side, asks in zip(sides, TRACE_REQUESTS, strict=True):
            if side is not None:
                task = TraceSide(tensor.index, side, tile, steps.start, steps.stop)
                self._pending.submit(asks(self._shown.container, task, side.isolated))

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case SideTraceRequest(place=place), Trace() as trace:
                self.traces = _placed(self.traces, place, trace)
                left, right = self.traces
                if left is not None and right is not None:
                    self._pending.submit(DivergeRequest(left, right))
            case DivergeRequest(), (Divergence() | None) as divergence:
                self.divergence, self.compared = divergence, True
        self.changed.emit()

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        if isinstance(response.request, SideTraceRequest):
            reason = response.error or "Tracing was cancelled."
            self.notes = _placed(self.notes, response.request.place, reason)
            self.changed.emit()


def _placed(pair: tuple, place: int, item: object) -> tuple:  # type: ignore[type-arg]
    """The pair with another item at one of its places."""
    return (item, pair[1]) if place == 0 else (pair[0], item)
