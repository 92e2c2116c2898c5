"""The encode walk's steps by the compiled kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.fast.encode_stepping import DONE, FIRST, LANE, MOVED, ROW, encode_job, encode_on
from codec.fast.lane_tables import lane_shape
from codec.fast.lane_trace import LaneColumns
from codec.frequency import FrequencyTable
from codec.interleaving import Interleaving
from codec.rans import Coder
from codec.stepping.encode_coders import Columns, Landing, Place, beginning
from codec.trace import empty_columns


class FastEncodeCoder:
    """Encodes with the kernels of `codec.fast.encode_stepping`.

    Args:
        symbols: u8[n], by their place in the tile.
        table: the frequencies.
        coder: the constants.
        interleaving: which lane codes which symbol.

    Raises:
        ValueError: the constants are outside of what the native layout allows, or the table has a fault.
    """

    def __init__(
        self,
        symbols: NDArray[np.uint8],
        table: FrequencyTable,
        coder: Coder,
        interleaving: Interleaving,
    ) -> None:
        self._coder, self._interleaving, self._count = coder, interleaving, len(symbols)
        self._job = encode_job(symbols, table, lane_shape(coder, interleaving))

    def begin(self) -> Place:
        """As `EncodeCoder.begin`."""
        return beginning(self._coder, self._interleaving)

    def advance(self, place: Place, until: int) -> Place:
        """As `EncodeCoder.advance`."""
        return self._walk(place, until, empty_columns(0), Landing(0, True))

    def record(self, place: Place, until: int, landing: Landing) -> Columns:
        """As `EncodeCoder.record`."""
        columns = empty_columns(max(until - place.step, 0))
        columns["step"][:] = np.arange(place.step, place.step + len(columns["step"]))
        if len(columns["step"]):  # columns without rows would mean that nothing is to be recorded
            self._walk(place, until, columns, landing)
        return columns

    def _walk(self, place: Place, until: int, columns: Columns, landing: Landing) -> Place:
        at, states = self._at(place), place.states.copy()
        filled = LaneColumns(*(columns[name] for name in LaneColumns._fields))
        origin = np.uint64(landing.origin)
        encode_on(self._job, states, at, np.uint64(until), filled, origin, landing.upward)
        return Place(int(at[DONE]), states, int(at[MOVED]))

    def _at(self, place: Place) -> NDArray[np.uint64]:
        """The place as the kernels take it."""
        at = np.zeros(MOVED + 1, dtype=np.uint64)
        if place.step < self._count:
            count, interleaving = self._count, self._interleaving
            symbol = interleaving.symbol_of(count - 1 - place.step, count)
            block, row, lane = interleaving.place_of(symbol)
            at[FIRST], at[ROW], at[LANE] = block * interleaving.block, row, lane
        at[DONE], at[MOVED] = place.step, place.moved
        return at
