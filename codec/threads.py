"""Running batches of work on all cores, with progress and cancellation."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Batch = TypeVar("Batch", bound=Sized)
Result = TypeVar("Result")


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_in_order(
    work: Callable[[Batch], Result],
    batches: Sequence[Batch],
    threads: int,
    tick: Callable[[int, int], None],
    total: int,
) -> list[Result]:
    """The results of `work` on each batch, in order; the batches run at the same time.

    Args:
        work: must give the GIL back while it computes, or nothing is gained.
        batches: each is told to `tick` by its length as it ends.
        threads: batches that run at a time.
        tick: called with (items done, `total`); what it raises stops the rest.
        total: items in all batches.
    """
    results, done = [], 0
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        futures = [pool.submit(work, batch) for batch in batches]
        try:
            for batch, future in zip(batches, futures, strict=True):
                tick(done, total)
                results.append(future.result())
                done += len(batch)
            tick(total, total)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return results
