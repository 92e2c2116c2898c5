"""What views make of a whole trace: found by a worker, and told of together with the trace.

A trace may have a million steps, and a click must not wait for what is counted, sorted or folded over all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.models.byte_places import StepBytes
from app.models.trace_series import Series, first_unread, series_of
from codec.container import Tensor
from codec.trace import Trace


@dataclass(frozen=True, eq=False)
class TraceFigures:
    """What follows from a trace.

    Attributes:
        trace: of one stream.
        series: for the plots of its states.
        step_bytes: which step took which byte.
    """

    trace: Trace
    series: Series
    step_bytes: StepBytes


def figures_of(trace: Trace, tensor: Tensor, tile: int) -> TraceFigures:
    """The figures of a trace of a tile's stream."""
    series = series_of(trace, tensor.coder, first_unread(tensor, tile))
    series.prepare()
    return TraceFigures(trace, series, StepBytes(trace))
