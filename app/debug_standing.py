"""Where a coder stands in a stream, and what follows from it: bytes taken or moved out, weights that are done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.debug_place import Course, DebugPlace
from app.debug_stretch import Stretch
from app.selection import Selection
from codec.container import Tensor
from codec.stepping.walk import Direction, Moment


@dataclass(frozen=True, eq=False)
class Standing:
    """A place on a course, with the steps around it.

    Attributes:
        tensor: the one walked in.
        course: what is walked.
        step: number of the step that comes next.
        stretch: the steps around it, that one included.
        stopped: as `Walk.stopped`.
    """

    tensor: Tensor
    course: Course
    step: int
    stretch: Stretch
    stopped: str = ""

    def at(self, step: int) -> Standing:
        """Another place within the stretch."""
        return replace(self, step=step)

    @property
    def place(self) -> DebugPlace:
        """Where it is."""
        return DebugPlace(self.course, self.step)

    @cached_property
    def moment(self) -> Moment:
        """States and position of the coder."""
        return self.stretch.moment(self.step)

    @property
    def row(self) -> int | None:
        """The row of the step that comes next in the stretch's trace; None at the end."""
        return self.stretch.row(self.step)

    @property
    def selection(self) -> Selection | None:
        """The symbol of the step that comes next, with its bytes; None at the end."""
        row, trace = self.row, self.stretch.trace
        if row is None:
            return None
        symbol, span = int(trace["symbol_index"][row]), trace.bytes_of_row(row)
        return Selection(self.course.tensor, self.course.tile, symbol, span)

    @property
    def consumed(self) -> tuple[int, int] | None:
        """(offset, size) of the bytes of the stream that are taken, or moved out; the states stored with them count
        as taken from the start, and as moved out never.
        """
        frames = self.stretch.trace.streams
        if not frames:
            return None
        begin, end = frames[0].offset, frames[0].offset + frames[0].size
        position = self.moment.position
        upward = frames[0].forward
        if self.course.direction is Direction.ENCODE:
            begin, end = begin + (4 if upward else 0), end
            return (begin, position + 1 - begin) if upward else (position, end - position)
        return (begin, position - begin) if upward else (position + 1, end - position - 1)

    def produced(self, count: int) -> NDArray[np.bool_]:
        """bool[count]: which symbols of the tile, as they lie in it, are decoded, or encoded, by now."""
        decodes = self.course.direction is Direction.DECODE
        taken = self.step if decodes else self.tensor.symbol_count(self.course.tile) - self.step
        decoded = decoded_by(self.tensor, taken, count)
        return decoded if decodes else ~decoded


def decoded_by(tensor: Tensor, steps: int, count: int) -> NDArray[np.bool_]:
    """bool[count]: which symbols of a stream of `count` the first so many decode steps decode."""
    done = np.zeros(count, dtype=np.bool_)
    steps = min(max(steps, 0), count)
    whole = tensor.interleaving.whole(steps)
    done[:whole] = True
    inside = min(tensor.interleaving.block, count - whole)
    done[whole + tensor.interleaving.order(inside)[: steps - whole]] = True
    return done
