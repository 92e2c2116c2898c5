"""How findings say numbers and lists, so that sentences of all of them read alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST_NAMED = 8
"""Numbers or runs of numbers that are named one by one."""


def listed(parts: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def number_word(number: int) -> str:
    """'second', 'third', '4th' …"""
    if number in {2, 3}:
        return {2: "second", 3: "third"}[number]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 <= number % 100 <= 20 else ending}"


def ranges(numbers: NDArray[np.int64]) -> str:
    """Sorted numbers as runs: '3, 5 to 9 and 12'; of many runs the first ones, and how many more there are."""
    breaks = np.flatnonzero(np.diff(numbers) > 1) + 1
    runs = np.split(numbers, breaks)
    words = [_run(run) for run in runs[:MOST_NAMED]]
    more = sum(len(run) for run in runs[MOST_NAMED:])
    return listed([*words, f"{more:,} more"] if more else words)


def _run(run: NDArray[np.int64]) -> str:
    first, last = int(run[0]), int(run[-1])
    if last == first:
        return f"{first:,}"
    return f"{first:,} {'and' if last == first + 1 else 'to'} {last:,}"


def tiles_word(tiles: NDArray[np.int64], count: int) -> str:
    """'in every tile', 'in tile 3', 'in 12 of 40 tiles: 3, 5 to 9 …'."""
    if len(tiles) == count:
        return "in every tile"
    if len(tiles) == 1:
        return f"in tile {int(tiles[0]):,}"
    return f"in {len(tiles):,} of {count:,} tiles: {ranges(tiles)}"


def percent(share: float) -> str:
    """A share; 100% only where it is all."""
    if share >= 1:
        return "100%"
    return f"{min(share * 100, 99.99):.2f}%" if share > 0.99 else f"{share * 100:.1f}%"
