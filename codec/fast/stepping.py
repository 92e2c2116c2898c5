"""Walking a legacy stream from places that were noted: checkpoints of its state, and the way on from each.

A *spot* is where a walk stands, u64[2]: the state, and the index behind the next byte. A checkpoint is a spot
kept. `trace.record` fills columns from one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import kernel
from codec.fast.places import Bytes
from codec.fast.walk import OK, Steps, walk

STATE, UNREAD = range(2)

WIDTH = UNREAD + 1
"""Numbers of a spot."""

Spot = NDArray[np.uint64]


@kernel
def take_steps(
    spot: Spot, count: int, floor: np.uint64, data: Bytes, steps: Steps
) -> tuple[int, int]:
    """Takes up to `count` steps from a spot, and moves it; the other arguments are those of `checked_step`.

    Returns:
        A `Status`, and the steps taken.
    """
    status, done, spot[STATE], spot[UNREAD] = walk(
        spot[STATE], spot[UNREAD], floor, count, data, steps
    )
    return status, done


@kernel
def lay_checkpoints(
    spot: Spot,
    count: int,
    interval: int,
    kept: NDArray[np.uint64],
    floor: np.uint64,
    data: Bytes,
    steps: Steps,
) -> tuple[int, int]:
    """As `take_steps`, and keeps the spot before every step that is a multiple of `interval`.

    Args:
        spot: of a step at which one is to be kept.
        count: at most len(kept) * interval.
        interval: at least 1.
        kept: u64[any, WIDTH], the spots.
        floor, data, steps: as for `checked_step`.
    """
    status, done = OK, 0
    for row in range(np.uint64(len(kept))):
        kept[row, STATE], kept[row, UNREAD] = spot[STATE], spot[UNREAD]
        wanted = min(interval, count - done)
        status, taken, spot[STATE], spot[UNREAD] = walk(
            spot[STATE], spot[UNREAD], floor, wanted, data, steps
        )
        done += taken
        if status != OK or done == count:
            break
    return status, done
