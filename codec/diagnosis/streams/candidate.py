"""A mistake in a decoder's front end that may be the one: its name, its sentence, and what it makes of any tile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from codec.diagnosis.finding import Fault
from codec.diagnosis.streams.reading import Reader, Reading

Mistake = Callable[[int], Reading | None]
"""What a faulty front end takes for a tile's stream; None where that cannot be told."""

Place = tuple[int, int]
"""Offset in the file and size of a stream."""

Placing = Callable[[int], Place | None]
"""Where a faulty front end looks for a tile's stream; None where that cannot be told."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """One mistake.

    Attributes:
        fault: its code.
        detail: what the decoder does, in words that follow "the decoder".
        mistake: what it takes for each tile's stream.
        placing: where it looks for the streams, and so for raw tiles' weights; None where they are found.
    """

    fault: Fault
    detail: str
    mistake: Mistake
    placing: Placing | None = None


Candidates = Iterator[Candidate]


def always(reader: Reader, change: Callable[[Reading], Reading | None]) -> Mistake:
    """The mistake that changes the right reading of every tile in one way."""

    def mistake(tile: int) -> Reading | None:
        right = reader.right(tile)
        return None if right is None else change(right)

    return mistake


def setting(reader: Reader, **values: Any) -> Mistake:
    """The mistake that replaces some attributes of the right reading."""
    return always(reader, lambda right: replace(right, **values))


def ruling(reader: Reader, **values: Any) -> Mistake:
    """The mistake that replaces some of the right rules."""
    return always(reader, lambda right: replace(right, rules=right.rules._replace(**values)))
