"""Windows of a trace made by several threads, ahead of who looks at them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from codec.threads import cores
from codec.trace import Trace

THREADS = min(cores(), 8)
"""Windows that compiled code makes at a time; each is some megabytes."""


def traces_ahead(
    trace: Callable[[int, int], Trace], windows: Iterable[tuple[int, int]], threads: int
) -> Generator[Trace]:
    """The trace of one window after the other.

    Args:
        trace: makes one, from a first step to before a last; it must give the GIL back while it computes, or nothing
            is gained by threads.
        windows: to be traced.
        threads: windows that are made at a time, beside the one that is looked at.
    """
    ahead: deque[Future[Trace]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for first, last in windows:
                ahead.append(pool.submit(trace, first, last))
                if len(ahead) > threads:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
