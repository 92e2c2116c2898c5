"""The times of tiles as they are plotted against their entropy, and what they say in a sentence."""

from __future__ import annotations

import numpy as np

from app.models.bench_series import Line, Spot
from codec.bench.tile_times import TileTimes

NOT_TIMED = "No tiles have been timed: select a tensor of an opened file, and “Time tiles” times each of them."

MOST_SPOTS = 5000
"""Points that are plotted; of more tiles, those at equal distances in the order of their times."""


def tile_lines(times: TileTimes) -> list[Line]:
    """All tiles that have a time as points, in microseconds against bits a symbol; the key of each is its number."""
    timed = np.flatnonzero(np.isfinite(times.seconds))
    if len(timed) > MOST_SPOTS:
        order = timed[np.argsort(times.seconds[timed], kind="stable")]
        timed = order[np.linspace(0, len(order) - 1, MOST_SPOTS).round().astype(np.int64)]
    spots = [_spot(times, tile) for tile in timed.tolist()]
    return [Line("", tuple(sorted(spots, key=lambda spot: spot.x)))] if spots else []


def _spot(times: TileTimes, tile: int) -> Spot:
    entropy, micros = float(times.entropy[tile]), 1e6 * float(times.seconds[tile])
    says = f"tile {tile:,}: {micros:,.1f} µs, {entropy:.3f} bits a symbol, {times.bits[tile]:.3f} stored"
    return Spot(entropy, micros, tile, says)


def tiles_say(times: TileTimes) -> str:
    """How times and entropy go together (Spearman's rank correlation), and how many tiles came out wrong."""
    wrong = int(times.wrong.sum())
    said = (
        f"✕ {wrong:,} of {len(times.wrong):,} tiles came out wrong and have no time. "
        if wrong
        else ""
    )
    timed = np.isfinite(times.seconds)
    entropy, seconds = times.entropy[timed], times.seconds[timed]
    if len(seconds) < 3 or np.ptp(entropy) == 0 or np.ptp(seconds) == 0:
        return (
            f"{said}{len(seconds):,} tiles; too few that differ to say whether entropy costs time."
        )
    together = float(np.corrcoef(_ranks(entropy), _ranks(seconds))[0, 1])
    return f"{said}{len(seconds):,} tiles; rank correlation of time and entropy {together:+.2f}."


def _ranks(
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The rank of each value; equal ones share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[places], dtype=np.float64)
