"""What measuring tells while it goes on, so that nothing is lost if the process that measures ends in the middle.

Both calls happen between two runs and are never timed. `turn` happens so often that it must cost next to nothing;
`measured` may cost a millisecond, so it is called at most every `SECONDS_BETWEEN`, and at the end.
"""

from __future__ import annotations

from typing import Protocol

from codec.bench.plan import Action
from codec.bench.result import Measurement

SECONDS_BETWEEN = 2.0
"""Between two tellings of what was measured so far."""


class Teller(Protocol):
    """Who is told."""

    def turn(self, candidate: str, action: Action | None) -> None:
        """From now on the candidate has the word: whatever happens to the process is its fault.

        Called before it is made and prepared (`action` is None then), and before each of its runs, warm-up included.
        """

    def checking(self, candidate: str, action: Action) -> None:
        """Its run is over, and the output is checked: still its fault, and not limited as a run is."""

    def idle(self) -> None:
        """No candidate has the word: what happens now is nobody's fault, and no limit of time runs."""

    def measured(self, measurement: Measurement) -> None:
        """So much is known; a later one of the same candidate and action takes the place of an earlier.

        One that is not finished yet has the outcome `CANCELLED`, as it has if nothing follows.
        """


class Silent:
    """A teller for nobody."""

    def turn(self, candidate: str, action: Action | None) -> None:
        """Does nothing."""

    def checking(self, candidate: str, action: Action) -> None:
        """Does nothing."""

    def idle(self) -> None:
        """Does nothing."""

    def measured(self, measurement: Measurement) -> None:
        """Does nothing."""
