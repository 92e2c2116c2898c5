"""Passes over whole matrices, cut into parts that run on all cores at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

from codec.threads import cores

Result = TypeVar("Result")

WORTH_A_THREAD = 1 << 20
"""Weights below which a second thread costs more than it saves."""


def in_bands(work: Callable[[slice], Result], items: int, weights: int) -> list[Result]:
    """What `work` gives for consecutive parts of some items, in order.

    Args:
        work: takes the items of one part; gives the GIL back while it computes.
        items: rows or tiles, to be cut between.
        weights: in all items.
    """
    threads = max(min(cores(), items, weights // WORTH_A_THREAD), 1)
    bounds = [items * i // threads for i in range(threads + 1)]
    parts = [slice(*pair) for pair in pairwise(bounds)]
    if threads == 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, parts))
