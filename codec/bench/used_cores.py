"""Keeping work to so many cores: what takes all that it may use then takes no more, whatever started its threads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from codec.errors import InputError
from codec.threads import cores


def require_threads(threads: int) -> None:
    """Raises InputError where a candidate cannot use so many threads here."""
    if not 1 <= threads <= cores():
        raise InputError(
            f"{threads:,} threads are asked for, and this process may use {cores():,} cores"
        )
    if threads < cores() and not hasattr(os, "sched_setaffinity"):
        raise InputError("this system has no way to keep a candidate to some of the cores")


@contextmanager
def kept_to(threads: int) -> Iterator[None]:
    """Has this thread, and those that it starts meanwhile, stay on so many cores.

    They are the last ones: the first is where most systems handle interrupts. Meanwhile `threads.cores` says so many.
    """
    if threads >= cores():
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[-threads:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
