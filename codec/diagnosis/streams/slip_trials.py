"""Which slip at which step gives the wrong symbols of a tile: every one that may have been made, tried in turn."""

from __future__ import annotations

import numpy as np

from codec.diagnosis.streams.stepping import (
    EXPLAINED,
    FIRST,
    LEFT_BOUNDS,
    MISSED,
    TESTED,
    WORDS,
    Job,
    Numbers,
    Slip,
    Sought,
    States,
    take_steps,
)
from codec.fast.compile import kernel

LOOK, LOOKED_AT = 512, 8
"""Steps behind the last one that may slip, and as many of each lane, that a slip must explain before it is played to
the end."""

EVIDENT = 4
"""Wrong symbols that it must explain there."""

MOST_FOUND = 4096
"""Slips that are kept."""


@kernel
def try_slips(
    job: Job, last: int, sought: Sought, states: States, cursor: Numbers, tries: Numbers
) -> Numbers:
    """Which slips, at which of the steps from the cursor's to before `last`, give wrong symbols that are sought.

    Each is played from its step on until it gives up, or for `LOOK` steps behind `last` and some of each lane.

    Args:
        job: what is decoded, without a slip.
        last: step behind the last one that may slip.
        sought: what the symbols are held against.
        states: u64[lanes]; moved on.
        cursor: int64[CURSOR]; moved on.
        tries: int64[m, 3]: kind and amount of each slip, and whether it is one only where words are taken.

    Returns:
        int64[any, 5]: step, kind, amount, misses, and wrong symbols that are explained, of those that explain
        at least `EVIDENT`.
    """
    found = np.zeros((MOST_FOUND, 5), dtype=np.int64)
    count, total = 0, len(job.layout.order)
    unheeded = Sought(sought.wanted, sought.weighs, np.int64(0), np.int64(0))
    symbols, scratch = np.zeros(total, dtype=np.uint8), np.zeros(total, dtype=np.uint8)
    own, mark = states.copy(), cursor.copy()
    end = min(last + LOOK + LOOKED_AT * job.layout.lanes, total)
    while cursor[FIRST] < last:
        step, words = cursor[FIRST], cursor[WORDS]
        before, here = states.copy(), cursor.copy()
        take_steps(job, step + 1, unheeded, states, cursor, symbols)
        if cursor[LEFT_BOUNDS] >= 0:
            break
        for i in range(len(tries)):
            if tries[i, 2] and cursor[WORDS] == words:
                continue
            own[:], mark[:] = before, here
            mark[TESTED], mark[MISSED], mark[EXPLAINED] = 0, 0, 0
            slip = Slip(step, np.int64(0), tries[i, 0], tries[i, 1])
            slipped = Job(job.data, job.table, job.layout, job.rules, job.bounds, slip)
            take_steps(slipped, end, sought, own, mark, scratch)
            if mark[EXPLAINED] >= EVIDENT and count < MOST_FOUND:
                found[count] = (step, tries[i, 0], tries[i, 1], mark[MISSED], mark[EXPLAINED])
                count += 1
    return found[:count]
