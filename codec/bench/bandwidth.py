"""What a plain copy moves in a second on this machine: the roof under which every coder stays.

Williams, Waterman and Patterson, Roofline, 2009: who has to move so many bytes cannot take less time than the memory
takes to move them. Bytes read and bytes written both count, as they do in `Contender.moved_bytes`.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from codec.bench.result import Machine, Measurement
from codec.bench.statistics import summary
from codec.decoders.base import Tick, no_tick
from codec.threads import cores

ALL_CORES, ONE_CORE = "cpu", "cpu, 1 thread"
"""Keys of `Machine.bandwidth`, beside the names of cards."""

LARGE = 256 << 20
"""Bytes that are copied, where a sixteenth of the memory is more: more than any cache holds."""

LEAST = 8 << 20
RUNS = 7


def host_bandwidth(free: int | None, tick: Tick = no_tick) -> dict[str, float]:
    """Bytes a second, read and written together, by `ALL_CORES` and `ONE_CORE`: the best of some copies.

    The best, as STREAM has it (McCalpin 1995), for a roof is what cannot be passed.

    Args:
        free: bytes of memory that there are; None where that is not known.
        tick: told of each copy.

    Raises:
        Cancelled: `tick` says so.
    """
    size = max(min(LARGE, (free or LARGE) // 16), LEAST)
    source, target = np.ones(size, dtype=np.uint8), np.zeros(size, dtype=np.uint8)
    one = _copied(source, target, 1, tick)
    return {ALL_CORES: max(one, _copied(source, target, cores(), tick)), ONE_CORE: one}


def share_of_roof(measured: Measurement, machine: Machine) -> float | None:
    """How much of the bandwidth a median run uses, at least: 1 is the roof; None where one of the two is unknown."""
    bandwidth = machine.bandwidth.get(roof_of(measured))
    found = summary(measured.seconds)
    if not bandwidth or not found or found.median <= 0 or not measured.moved_bytes:
        return None
    return measured.moved_bytes / found.median / bandwidth


def roof_of(measured: Measurement) -> str:
    """Under which key of `Machine.bandwidth` the roof of a candidate stands.

    One between one thread and all cores is held against all.
    """
    if measured.device != "cpu":
        return measured.device
    return ONE_CORE if measured.threads == 1 else ALL_CORES


def _copied(
    source: np.ndarray[tuple[int], np.dtype[np.uint8]],
    target: np.ndarray[tuple[int], np.dtype[np.uint8]],
    threads: int,
    tick: Tick,
) -> float:
    """Bytes a second of copies by so many threads, each a part of its own."""
    bounds = [len(source) * part // threads for part in range(threads + 1)]
    parts = [slice(begin, end) for begin, end in pairwise(bounds)]

    def copy(part: slice) -> None:
        np.copyto(target[part], source[part])  # which gives the GIL back

    seconds = []
    with ThreadPoolExecutor(threads) as pool:
        for run in range(RUNS):
            tick(run, RUNS)
            begin = time.perf_counter()
            list(pool.map(copy, parts))
            seconds.append(time.perf_counter() - begin)
    return 2 * len(source) / min(seconds)
