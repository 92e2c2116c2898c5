"""A rANS decoder in which everything can be wrong: the kernel that mistakes in a front end are played on.

It takes the steps of `codec.rans.lane_steps` with every number of them an argument: the table by slot, the
bound, what a word is, where words lie and which way they are taken; and at one step it may slip. Sound arguments
give the judge's symbols. Whatever the arguments, it ends: a step takes at most `Rules.most` words.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import Whole, kernel, part

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
States = NDArray[np.uint64]

ZERO, ONE, EIGHT = np.uint64(0), np.uint64(1), np.uint64(8)
SIGN = np.uint64(1 << 31)

MOST_WORDS = 16
"""Words that a step takes at most, where no mistake says otherwise: more than any sound one can."""


class Outside(IntEnum):
    """What a decoder does where the words of its stream have run out."""

    STOP = 0
    """It ends."""
    KEEP = 1
    """It goes on with the state as it is."""
    ZERO = 2
    """It takes a word of zeros."""
    ON = 3
    """It reads on: what lies there in the file."""


class Slips(IntEnum):
    """What may go wrong at one step."""

    NONE = 0
    MISSED = 1
    """No word is taken."""
    DOUBLED = 2
    """A word too many is taken."""
    MOVED = 3
    """The read position moves `amount` bytes on, or back, before the step's words are taken."""
    REPLACED = 4
    """The first word taken reads as `amount`."""


_STOP, _KEEP, _ZERO, _ON = (int(value) for value in Outside)
_NONE, _MISSED, _DOUBLED, _MOVED, _REPLACED = (int(value) for value in Slips)


class Rules(NamedTuple):
    """How a step is taken.

    Attributes:
        slot_mask: bits of the state that are the slot.
        scale_bits: bits that a step takes off the state.
        lower_bound: words are taken while the state is below it.
        state_mask: bits that a state keeps.
        word_bytes: bytes of a word.
        swapped: whether a word's bytes change places.
        least, most: words that a step takes at least and at most.
        signed: whether the state is held against the bound as a signed number of 32 bits.
    """

    slot_mask: np.uint64
    scale_bits: np.uint64
    lower_bound: np.uint64
    state_mask: np.uint64
    word_bytes: int
    swapped: bool
    least: int
    most: int
    signed: bool


class Bounds(NamedTuple):
    """Where words lie: data[begin:end], taken towards the end or the start."""

    begin: int
    end: int
    forward: bool
    outside: int


class Slip(NamedTuple):
    """What goes wrong at a step: `step`, and every `period` steps behind it where that is above 0."""

    step: Whole
    period: Whole
    kind: Whole
    amount: Whole


NO_SLIP = Slip(-1, 0, _NONE, 0)


class Lookup(NamedTuple):
    """A table by slot; as many slots as the mask can name.

    Attributes:
        symbols: u8[M], the owner.
        freqs: u64[M], its frequency.
        rests: u64[M], slot - start, modulo 2^64.
    """

    symbols: Bytes
    freqs: States
    rests: States


class Layout(NamedTuple):
    """Which symbol and lane a step is of.

    Attributes:
        order: int64[n], the symbol of each step.
        lanes, run: as in `Interleaving`.
    """

    order: Numbers
    lanes: int
    run: int


class Sought(NamedTuple):
    """What is looked for, and when to give up.

    Attributes:
        wanted: u8[n], symbols.
        weighs: u8[n], whether a symbol counts: 1, or 2 where it is a wrong one.
        slack: misses that are forgiven, and a share of one in `tolerance` of those that counted.
        tolerance: see `slack`; 0 to never give up.
    """

    wanted: Bytes
    weighs: Bytes
    slack: Whole
    tolerance: Whole


WRONG = np.uint8(2)
"""What a wrong symbol weighs in `Sought`."""

AT, FIRST, WORDS, LEFT_BOUNDS, TESTED, MISSED, EXPLAINED, CURSOR = range(8)
"""Places in a cursor, int64[CURSOR]: index of the next byte (of the byte behind it, where words are taken
backwards); the next step; words taken; the first step whose words ran out, or -1; symbols that counted; those of
them that missed; the wrong ones that did not."""


class Job(NamedTuple):
    """What is decoded, and how."""

    data: Bytes
    table: Lookup
    layout: Layout
    rules: Rules
    bounds: Bounds
    slip: Slip


@part
def _word(data: Bytes, first: Whole, rules: Rules) -> np.uint64:
    """The word whose bytes begin at `first`; bytes outside of the data are 0."""
    word = ZERO
    for i in range(rules.word_bytes):
        index = first + (i if rules.swapped else rules.word_bytes - 1 - i)
        value = np.uint64(data[index]) if 0 <= index < len(data) else ZERO
        word = word << EIGHT | value
    return word


@part
def _needy(rules: Rules, state: np.uint64) -> bool:
    """Whether the state wants a word."""
    return bool(state < rules.lower_bound or (rules.signed and state & SIGN))


@part
def _renormalise(
    data: Bytes,
    rules: Rules,
    bounds: Bounds,
    kind: Whole,
    amount: Whole,
    state: np.uint64,
    at: Whole,
) -> tuple[np.uint64, Whole, int, bool]:
    """Takes a step's words, and what a slip of some kind does to them.

    Returns:
        The state, the position, the words taken, and whether all of them lay in the stream.
    """
    size, forward = rules.word_bytes, bounds.forward
    taken, inside, extra = 0, True, kind == _DOUBLED
    if kind == _MOVED:
        at += amount if forward else -amount
    while kind != _MISSED:
        if taken >= rules.most or (taken >= rules.least and not _needy(rules, state)):
            if not extra:
                break
            kind, extra = _MISSED, False  # the word too many is the last
        first = at if forward else at - size
        within = bounds.begin <= first and first + size <= bounds.end
        inside = bool(inside and within)
        if not within and bounds.outside <= _KEEP:
            break
        word = _word(data, first, rules) if within or bounds.outside == _ON else ZERO
        if kind == _REPLACED and taken == 0:
            word = np.uint64(amount)
        at += size if forward else -size
        state = (state << (EIGHT * np.uint64(size)) | word) & rules.state_mask
        taken += 1
    return state, at, taken, inside


@part
def _slipping(slip: Slip, step: int) -> Whole:
    """What goes wrong at a step: one of `Slips`."""
    if slip.kind == _NONE or slip.step < 0 or step < slip.step:
        return _NONE
    if step == slip.step or (slip.period > 0 and (step - slip.step) % slip.period == 0):
        return slip.kind
    return _NONE


@part
def take_steps(
    job: Job, last: int, sought: Sought, states: States, cursor: Numbers, symbols: Bytes
) -> None:
    """As `advance`.

    Indices are inside: `order` holds the tile's symbols, a lane is below `lanes`, a slot is cut by a mask that
    the table has a place for each value of, and `_word` looks.
    """
    data, rules, bounds, slip = job.data, job.rules, job.bounds, job.slip
    lanes, run = np.uint64(job.layout.lanes), np.uint64(job.layout.run)
    at, words, tested, missed = cursor[AT], cursor[WORDS], cursor[TESTED], cursor[MISSED]
    explained = cursor[EXPLAINED]
    step, lane = cursor[FIRST], ZERO
    while step < last:
        place = np.uint64(job.layout.order[np.uint64(step)])
        lane = place % (lanes * run) // run if lanes > ONE else ZERO
        slot = states[lane] & rules.slot_mask
        symbol = job.table.symbols[slot]
        symbols[place] = symbol
        step += 1
        if sought.weighs[place]:
            tested += 1
            missed += symbol != sought.wanted[place]
            explained += sought.weighs[place] == WRONG and symbol == sought.wanted[place]
            if sought.tolerance and missed > sought.slack + tested // sought.tolerance:
                break
        state = job.table.freqs[slot] * (states[lane] >> rules.scale_bits) + job.table.rests[slot]
        state, kind = state & rules.state_mask, _slipping(slip, step - 1)
        if kind != _NONE or rules.least or _needy(rules, state):
            state, at, taken, inside = _renormalise(
                data, rules, bounds, kind, slip.amount, state, at
            )
            words += taken
            if not inside and cursor[LEFT_BOUNDS] < 0:
                cursor[LEFT_BOUNDS] = step - 1
        states[lane] = state
        if cursor[LEFT_BOUNDS] >= 0 and bounds.outside == _STOP:
            break
    cursor[AT], cursor[FIRST], cursor[WORDS] = at, step, words
    cursor[TESTED], cursor[MISSED], cursor[EXPLAINED] = tested, missed, explained


@kernel
def advance(
    job: Job, last: int, sought: Sought, states: States, cursor: Numbers, symbols: Bytes
) -> None:
    """Takes the steps from the cursor's to before `last`, or fewer where it gives up or is to end.

    Args:
        job: what is decoded.
        last: at most the number of symbols.
        sought: what the symbols are held against.
        states: u64[lanes], of each lane; moved on.
        cursor: int64[CURSOR]; moved on.
        symbols: u8[n], by their place in the tile; filled in.
    """
    take_steps(job, last, sought, states, cursor, symbols)
