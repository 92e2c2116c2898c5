"""Compiles the CPU kernels ahead of time, so that no click waits for a compiler.

`python -m codec.warmup` runs during setup; the app calls `warm` in the background, for the case that
it was installed without. Results are cached on disk; warming what is cached takes a moment.
"""

from __future__ import annotations

import sys
import time

import numpy as np


def warm() -> None:
    """Runs every kernel once, on arguments of the types that it is used with.

    numba is imported here, and not with this module: that alone takes longer than most commands.
    """
    from codec import fast
    from codec.frequency import FrequencyTable, normalise

    weights = np.arange(64, dtype=np.int8).reshape(8, 8)
    places = fast.grid_places((8, 8), 4)
    counts = fast.symbol_histogram(weights, places, difference=True)
    table = FrequencyTable.of_frequencies(normalise(counts))
    streams = fast.encode_streams(weights, places, table, difference=True)
    ends = np.cumsum(streams.sizes)
    spans = np.stack([ends - streams.sizes, ends], axis=1)
    slots, decoded = fast.slot_table(table), np.zeros_like(weights)
    fast.decode_streams(streams.data, spans, places, slots, decoded, difference=True)
    fast.trace_stream(streams.data, (0, int(ends[0])), slots, (0, 16))
    fast.tile_symbols(weights, places[0], difference=True)


def main() -> int:
    """Warms, and says how long it took."""
    begin = time.perf_counter()
    warm()
    print(f"The CPU kernels are ready ({time.perf_counter() - begin:.1f} s).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
