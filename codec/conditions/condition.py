"""A condition: parsed once, then looked at window by window of a walk's steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from codec.conditions.columns import COLUMNS, Columns
from codec.conditions.evaluation import truth
from codec.conditions.parser import Parser
from codec.conditions.syntax import Expression
from codec.stepping.walk import Test, Walk
from codec.trace import Trace


@dataclass(frozen=True)
class Condition(Test):
    """What holds at some steps of a stream and not at others; two are equal where their texts are.

    Attributes:
        text: as it was written.
        names: the columns that it names.
        expression: what it says.
    """

    text: str
    names: frozenset[str] = field(compare=False)
    expression: Expression = field(compare=False, repr=False)

    def holds(self, walk: Walk, trace: Trace) -> NDArray[np.bool_]:
        """As `Test.holds`."""
        return self.where(Columns(trace, walk))

    def where(self, columns: Columns) -> NDArray[np.bool_]:
        """bool[n]: at which steps of a window it holds.

        Raises:
            InputError: it names what follows from the file, and the columns are of a trace alone.
        """
        held = truth(self.expression, columns)
        return np.broadcast_to(held, (len(columns.trace),)) if held.ndim == 0 else held


def parse(text: str) -> Condition:
    """The condition that a text states.

    Raises:
        ConditionError: it states none: where, and why.
    """
    parser = Parser(text, COLUMNS)
    expression = parser.condition()
    return Condition(text, frozenset(parser.named), expression)


@dataclass(frozen=True)
class AnyOf(Test):
    """Where one of several tests holds, or more: what a run over many breakpoints looks for."""

    tests: Sequence[Test]

    def holds(self, walk: Walk, trace: Trace) -> NDArray[np.bool_]:
        """As `Test.holds`."""
        held = np.zeros(len(trace), dtype=np.bool_)
        for test in self.tests:
            held |= test.holds(walk, trace)
        return held
