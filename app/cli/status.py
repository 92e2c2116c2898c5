"""Exit statuses: what a script can tell from how a command ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum

from codec.container import Tensor
from codec.errors import Cancelled, DecodeError, RanscopeError
from codec.problems import Problem, Severity, worst


class ExitStatus(IntEnum):
    """How a command ended."""

    OK = 0
    """As hoped; warnings are allowed."""
    CONTENT = 1
    """The content is at fault: a problem of severity error, or wrong weights."""
    UNUSABLE = 2
    """The call or a file cannot be used."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C, as shells number it."""
    BROKEN_PIPE = 141
    """Whoever read our output has stopped reading, as shells number it."""


def status_of_error(error: RanscopeError) -> ExitStatus:
    """The status that a command ends with which this error ended."""
    if isinstance(error, Cancelled):
        return ExitStatus.INTERRUPTED
    return ExitStatus.CONTENT if isinstance(error, DecodeError) else ExitStatus.UNUSABLE


def status_of_problems(problems: Iterable[Problem]) -> ExitStatus:
    """The status that these problems of a file give rise to."""
    return ExitStatus.CONTENT if worst(problems) is Severity.ERROR else ExitStatus.OK


def worst_sentence(problems: Sequence[Problem], tensors: Sequence[Tensor] = ()) -> str:
    """What the first of the worst problems says, of one of several tensors; "" where there are none."""
    level = worst(problems)
    first = next((problem for problem in problems if problem.severity is level), None)
    return "" if first is None else placed_sentence(first, tensors)


def placed_sentence(problem: Problem, tensors: Sequence[Tensor]) -> str:
    """What a problem says, and in which of several tensors it is."""
    if problem.tensor is None or len(tensors) < 2:
        return problem.message
    return f"{tensors[problem.tensor].name}: {problem.message}"
