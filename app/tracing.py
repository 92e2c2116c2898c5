"""The trace of the selected tile: which one is wanted, and why there is none where there is none."""

from __future__ import annotations

from app.models.trace_figures import TraceFigures
from app.selection import Selection
from app.tasks import TraceTile
from app.trace_window import has_step, steps_around, why_no_steps
from codec.container import Tensor
from codec.trace import Trace


class Tracing:
    """The trace that is there.

    Attributes:
        trace: of the selected tile; None where there is none (yet).
        figures: what views show of it; None where there is no trace.
        note: why there is no trace, or why it ends early; "" where all is well.
    """

    def __init__(self) -> None:
        self.trace: Trace | None = None
        self.figures: TraceFigures | None = None
        self.note = ""

    def drop(self) -> None:
        """Forgets the trace, since another is wanted."""
        self.trace, self.figures, self.note = None, None, ""

    def take(self, figures: TraceFigures) -> None:
        """Shows a trace that was wanted."""
        self.trace, self.figures, self.note = figures.trace, figures, figures.trace.stopped

    def wanted(self, tensor: Tensor, selection: Selection, decoder: str) -> TraceTile | None:
        """The work to do so that the selected symbol has its step; None where there is none to do.

        Where there is none because the tile has no steps, `note` says so then.
        """
        tile = selection.tile
        if tile is None:
            return None
        self.note = why_no_steps(tensor, tile)
        if self.note:
            return None
        if self.trace is not None and has_step(self.trace, tensor, tile, selection.symbol):
            self.note = self.trace.stopped
            return None
        steps = steps_around(tensor, tile, selection.symbol)
        return TraceTile(tensor.index, decoder, tile, steps.start, steps.stop)
