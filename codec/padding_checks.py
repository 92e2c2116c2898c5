"""Are the bytes that must be zero zero? Where a layout has padding, this guards what no checksum covers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from codec.container import Container
from codec.errors import SourceError
from codec.problems import Problem

BYTES_AT_ONCE = 1 << 20
"""Most bytes that are read in one go."""


def padding_problems(container: Container) -> Iterator[Problem]:
    """One problem for each range of `Container.blank` that is not zero throughout."""
    for offset, size in container.blank.tolist():
        try:
            wrong = _first_other(container, offset, size)
        except SourceError as error:
            sentence = f"padding cannot be read: {error.sentence()}"
            yield Problem(
                "unreadable", offset, size, sentence, "the bytes that were there", "fewer"
            )
            return
        if wrong is not None:
            at, value = wrong
            span = container.root.leaf_at(at)
            yield Problem(
                "reserved-bytes",
                at,
                1,
                f"byte {at:,}, in {size:,} bytes of padding from byte {offset:,} on, is not zero",
                "00",
                f"{value:02X}",
                tensor=None if span is None else span.tensor,
            )


def _first_other(container: Container, offset: int, size: int) -> tuple[int, int] | None:
    """Where in a range the first byte stands that is not zero, and its value."""
    for begin in range(offset, offset + size, BYTES_AT_ONCE):
        data = container.source.read(begin, min(BYTES_AT_ONCE, offset + size - begin))
        if data.count(0) < len(data):
            at = int(np.flatnonzero(np.frombuffer(data, dtype=np.uint8))[0])
            return begin + at, data[at]
    return None
