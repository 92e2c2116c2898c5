"""Where the debugger stands, as plain data: handed on when a file is read again, and kept with the session."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.trace_window import why_no_steps
from codec.container import Container, Tensor
from codec.stepping.walk import Direction


@dataclass(frozen=True)
class Course:
    """Which steps are walked.

    Attributes:
        tensor: index of the tensor.
        tile: index of the tile whose stream it is.
        direction: which coder takes the steps.
    """

    tensor: int
    tile: int
    direction: Direction = Direction.DECODE

    @property
    def opposite(self) -> Course:
        """The same stream, walked by the other coder."""
        decodes = self.direction is Direction.DECODE
        return replace(self, direction=Direction.ENCODE if decodes else Direction.DECODE)


@dataclass(frozen=True)
class DebugPlace:
    """A place on a course.

    Attributes:
        course: what is walked.
        step: number of the step that comes next.
    """

    course: Course
    step: int

    def mirrored(self, tensor: Tensor) -> DebugPlace:
        """Where the other coder stands that has as much still to do as this one has done."""
        count = tensor.symbol_count(self.course.tile)
        return DebugPlace(self.course.opposite, max(count - self.step, 0))


def step_of_symbol(tensor: Tensor, course: Course, symbol: int) -> int:
    """The step of a course that decodes, or encodes, a symbol of its tile."""
    count = tensor.symbol_count(course.tile)
    step = tensor.interleaving.step_of(symbol, count)
    return step if course.direction is Direction.DECODE else count - 1 - step


def symbol_of_step(tensor: Tensor, course: Course, step: int) -> int:
    """The symbol that a step of a course decodes, or encodes."""
    count = tensor.symbol_count(course.tile)
    decode_step = step if course.direction is Direction.DECODE else count - 1 - step
    return tensor.interleaving.symbol_of(decode_step, count)


def why_not_walked(container: Container, course: Course) -> str:
    """Why a course cannot be walked, as a sentence; "" where it may be."""
    tensors = container.tensors
    if course.tensor >= len(tensors) or course.tile >= len(tensors[course.tensor].tiles):
        return "The tile that was stepped through is no longer there."
    reason = why_no_steps(tensors[course.tensor], course.tile)
    return f"{reason[0].upper()}{reason[1:]}." if reason else ""
