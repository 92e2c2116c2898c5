"""Fast traces: the columns of any stretch of a stream, without Python in the loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.fast.compile import jit, sealed
from codec.fast.places import Bytes
from codec.fast.slots import SlotTable
from codec.fast.walk import (
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
        decoded: steps from the stream's start that could be taken.
        state: the state after them.
        bytes_left: renormalisation bytes not used by them.
    """

    columns: dict[str, NDArray[Any]]
    status: Status
    decoded: int
    state: int
    bytes_left: int


def trace_stream(
    data: Bytes,
    span: tuple[int, int],
    table: SlotTable,
    steps: tuple[int, int],
    data_offset: int = 0,
) -> StreamTrace:
    """The steps from steps[0] to before steps[1] of a stream, fewer where it cannot be decoded so far.

    The stretch is walked once to see how many steps there are, and once more to record them: a count
    that lies costs no memory.

    Args:
        data: u8[any], bytes of a file.
        span: begin and end of the stream in `data`, frame included.
        table: from `slot_table`.
        steps: not negative.
        data_offset: file offset of data[0].

    Raises:
        ValueError: there is no frame at `span`, or `steps` starts below 0.
    """
    begin, end = span
    first, last = steps
    if not is_frame(data, begin, end) or first < 0:
        raise ValueError(f"no stream can be traced at {begin}…{end} from step {first}")
    data, lookup, symbols = sealed(data), sealed(table.steps), sealed(table.symbols)
    floor, unread = np.uint64(begin + COUNT_BYTES), np.uint64(end - STATE_BYTES)
    status, skipped, state, unread = walk(
        stored_state(data, end), unread, floor, min(first, last), data, lookup
    )
    wanted = max(0, last - first) if status == Status.OK else 0
    begun = (np.uint64(state), np.uint64(unread))
    if wanted:
        status, wanted, state, unread = walk(*begun, floor, wanted, data, lookup)
    columns = empty_columns(wanted)
    columns["step"][:] = np.arange(first, first + wanted)
    columns["symbol_index"][:] = columns["step"]
    _record(*begun, floor, data, lookup, symbols, np.uint64(data_offset), *_recorded(columns))
    return StreamTrace(
        columns, Status(status), skipped + wanted, int(state), int(unread) - int(floor)
    )


def _recorded(columns: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
    """The columns that `_record` fills, in the order of its arguments."""
    names = "state_before slot symbol freq start state_after position bytes_read"
    return [columns[name] for name in names.split()]


@jit
def _record(
    state: np.uint64, unread: np.uint64, floor: np.uint64, data: Bytes, steps: Steps,
    symbols: Bytes, data_offset: np.uint64, state_before: NDArray[np.uint32],
    slots: NDArray[np.uint32], decoded: Bytes, freq: NDArray[np.uint32],
    start: NDArray[np.uint32], state_after: NDArray[np.uint32], position: NDArray[np.uint64],
    bytes_read: Bytes,
) -> None:
    """Fills the columns from the first row to the last; all are of one length, and `walk` came so far."""
    for row in range(np.uint64(len(state_before))):
        slot = state & SLOT_MASK
        _, after, taken = checked_step(state, unread, floor, data, steps)
        state_before[row], state_after[row] = state, after
        slots[row], decoded[row] = slot, symbols[slot]
        freq[row], start[row] = steps[slot * TWO], slot - np.uint64(steps[slot * TWO + ONE])
        position[row], bytes_read[row] = data_offset + unread - ONE, taken
        state, unread = after, unread - taken
