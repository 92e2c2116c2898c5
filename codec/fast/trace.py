"""Fast traces: the columns of any stretch of a stream, without Python in the loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import kernel, sealed
from codec.fast.places import Bytes
from codec.fast.slots import SlotTable
from codec.fast.walk import (
    BAD_FRAME,
    COUNT_BYTES,
    ONE,
    SLOT_MASK,
    STATE_BYTES,
    TWO,
    Status,
    Steps,
    checked_step,
    is_frame,
    stored_state,
    walk,
)
from codec.trace import empty_columns


@dataclass(frozen=True, eq=False)
class StreamTrace:
    """Consecutive steps of one stream.

    Attributes:
        columns: as `codec.trace.STEP_COLUMNS` says; `tile`, `stream` and `lane` are 0.
        status: why the walk stopped; OK where it came to the last step wanted.
        decoded: steps that could be taken, from the start of the stream.
        state: the state after them.
        bytes_left: renormalisation bytes that they did not use.
    """

    columns: dict[str, NDArray[Any]]
    status: Status
    decoded: int
    state: int
    bytes_left: int


class Recorded(NamedTuple):
    """The columns that walking fills, named as in `STEP_COLUMNS`."""

    state_before: NDArray[np.uint32]
    slot: NDArray[np.uint32]
    symbol: NDArray[np.uint8]
    freq: NDArray[np.uint32]
    start: NDArray[np.uint32]
    state_after: NDArray[np.uint32]
    position: NDArray[np.uint64]
    bytes_read: NDArray[np.uint8]


class Survey(NamedTuple):
    """What there is to record.

    Attributes:
        status: as in `StreamTrace`.
        skipped: steps before the stretch.
        length: steps of the stretch.
        state, unread: where the stretch begins; `unread` is the index behind the next byte.
        state_after, unread_after: where it ends.
    """

    status: int
    skipped: int
    length: int
    state: np.uint64
    unread: np.uint64
    state_after: np.uint64
    unread_after: np.uint64


def trace_stream(
    data: Bytes,
    span: tuple[int, int],
    table: SlotTable,
    steps: tuple[int, int],
    data_offset: int = 0,
) -> StreamTrace:
    """The steps from steps[0] to before steps[1] of a stream; fewer where it stops before that.

    The stretch is walked once to see how many steps there are, and once more to record them, so
    that a count that lies costs no memory.

    Args:
        data: u8[any], bytes of a file.
        span: begin and end of the stream in `data`, frame included.
        table: from `slot_table`.
        steps: not negative.
        data_offset: file offset of data[0].

    Raises:
        ValueError: there is no frame at `span`, or `steps` begins below 0.
    """
    data, lookup, symbols = sealed(data), sealed(table.steps), sealed(table.symbols)
    first, last = steps
    if first < 0:
        raise ValueError(f"there is no step {first}")
    found = Survey(*_survey(data, *span, min(first, last), max(0, last - first), lookup))
    if found.status == Status.BAD_FRAME:
        raise ValueError(f"{len(data)} bytes hold no stream at {span[0]}…{span[1]}")
    columns = empty_columns(found.length)
    columns["step"][:] = np.arange(first, first + found.length)
    columns["symbol_index"][:] = columns["step"]
    recorded = Recorded(*(columns[name] for name in Recorded._fields))
    floor = span[0] + COUNT_BYTES
    begun = (np.uint64(found.state), np.uint64(found.unread), np.uint64(floor))
    record(*begun, data, lookup, symbols, np.uint64(data_offset), recorded)
    return StreamTrace(
        columns,
        Status(found.status),
        found.skipped + found.length,
        int(found.state_after),
        int(found.unread_after) - floor,
    )


@kernel
def _survey(
    data: Bytes, begin: int, end: int, skip: int, count: int, steps: Steps
) -> tuple[int, int, int, np.uint64, np.uint64, np.uint64, np.uint64]:
    """Skips steps, and counts those that can be taken behind them; returns the fields of `Survey`."""
    nothing = np.uint64(0)
    if not is_frame(data, begin, end):
        return BAD_FRAME, 0, 0, nothing, nothing, nothing, nothing
    floor, unread = np.uint64(begin + COUNT_BYTES), np.uint64(end - STATE_BYTES)
    stopped, skipped, state, unread = walk(
        stored_state(data, end), unread, floor, skip, data, steps
    )
    # Where skipping stopped short, walking on stops at once, at the same step.
    status, count, after, left = walk(state, unread, floor, count, data, steps)
    return max(stopped, status), skipped, count, state, unread, after, left


@kernel
def record(
    state: np.uint64,
    unread: np.uint64,
    floor: np.uint64,
    data: Bytes,
    steps: Steps,
    symbols: Bytes,
    data_offset: np.uint64,
    columns: Recorded,
) -> None:
    """Fills the columns, of equal length, from the first row to the last; `walk` came as far."""
    for row in range(np.uint64(len(columns.slot))):
        slot = state & SLOT_MASK
        _, after, taken = checked_step(state, unread, floor, data, steps)
        columns.state_before[row] = state
        columns.slot[row] = slot
        columns.symbol[row] = symbols[slot]
        columns.freq[row] = steps[slot * TWO]
        columns.start[row] = slot - np.uint64(steps[slot * TWO + ONE])
        columns.state_after[row] = after
        columns.position[row] = data_offset + unread - ONE
        columns.bytes_read[row] = taken
        state, unread = after, unread - taken
