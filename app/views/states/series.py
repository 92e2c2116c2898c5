"""What the plots of a trace show, as arrays: found once a trace, in the units of the plots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.views.states.envelope import Envelope, Floats
from codec.rans import Coder
from codec.trace import Trace


@dataclass(frozen=True, eq=False)
class Series:
    """The series of a trace; a row of the trace is a place in each.

    Attributes:
        trace: where they come from.
        coder: the constants of its stream's coder.
        state: log2 of the state before each step.
        bits: bits that each symbol cost; scale_bits + 1 where its frequency is 0.
        consumed: renormalisation bytes taken before each step.
        renormalising: int64, rows that took bytes.
        rare: int64, rows whose symbol has frequency 1.
    """

    trace: Trace
    coder: Coder
    state: Envelope
    bits: Envelope
    consumed: Envelope
    renormalising: NDArray[np.int64]
    rare: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.state)

    @property
    def first(self) -> int:
        """Number of the first step."""
        return self.trace.first_step

    def reduced(self, rows: NDArray[np.int64]) -> Floats:
        """float32[n]: log2 of the states of some rows once the symbol is taken off.

        That is before bytes come in: freq * (state >> scale_bits) + slot - start.
        """
        freq, state, slot, start = (
            self.trace[name][rows].astype(np.int64)
            for name in ("freq", "state_before", "slot", "start")
        )
        return _log2(freq * (state >> np.int64(self.coder.scale_bits)) + slot - start)


def series_of(trace: Trace, coder: Coder, first_unread: int) -> Series:
    """The series of a trace.

    Args:
        trace: of one stream.
        coder: its constants.
        first_unread: file offset of the first byte that the stream's decoder takes.
    """
    freq = trace["freq"]
    bits = np.float32(coder.scale_bits) - _log2(freq)
    bits[freq == 0] = coder.scale_bits + 1
    consumed = np.int64(first_unread) - trace["position"].view(np.int64)
    return Series(
        trace,
        coder,
        Envelope(_log2(trace["state_before"])),
        Envelope(bits),
        Envelope(consumed),
        np.flatnonzero(trace["bytes_read"]),
        np.flatnonzero(freq == 1),
    )


def _log2(values: NDArray[np.integer]) -> Floats:
    """float32[n]: log2; 0 for what a broken decoder let fall below 1."""
    logarithms: Floats = np.log2(np.maximum(values.astype(np.float32), np.float32(1)))
    return logarithms
