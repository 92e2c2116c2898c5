"""What brought code makes of a layer, taken in with distrust: how much it wrote, where, and of which type.

Native code writes into a buffer that lies between two guard bands. It is run twice, on buffers filled with
different bytes: a cell that still holds the fill of both was never written, and one that came out differently is
not decided by the file alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.decoders.brought.layer import Layer
from codec.errors import BroughtError

FILLS = (0x80, 0x55)
"""What the buffers of the two runs hold before. -128 comes first, since few layers hold it."""

LONGEST_FIRST_RUN = 10.0
"""Seconds; code that took longer is not run a second time."""

BAND = 1 << 16
"""Bytes of a guard band, at least."""

LARGEST_BAND = 1 << 26
"""Bytes of the band behind the output, at most: edge tiles that are not cut end in it, and are counted."""


@dataclass(frozen=True, eq=False)
class Filled:
    """What code made of a layer.

    Attributes:
        weights: int8[rows, cols]; 0 where nothing was written.
        written: bool[rows, cols]; None where that is not known.
        seconds: that its first run took.
        notices: what its author should know, a sentence each that the name of the code goes before.
    """

    weights: NDArray[np.int8]
    written: NDArray[np.bool_] | None
    seconds: float
    notices: tuple[str, ...] = field(default=())


# Native code


def band_behind(layer: Layer) -> int:
    """Bytes of the band behind the output: room for edge tiles that are not cut."""
    uncut = layer.grid_rows * layer.tile_rows * layer.grid_cols * layer.tile_cols
    return min(BAND + max(uncut - layer.rows * layer.cols, 0), LARGEST_BAND)


class GuardedBuffer:
    """An output with a guard band before and behind it, all filled with one byte.

    Attributes:
        memory: u8[n], bands included.
        begin: where the output begins in it.
    """

    def __init__(self, layer: Layer, fill: int) -> None:
        self.begin = BAND
        self.size = layer.rows * layer.cols
        self.fill = fill
        self.memory = np.full(BAND + self.size + band_behind(layer), fill, dtype=np.uint8)

    @property
    def output(self) -> NDArray[np.uint8]:
        """u8[rows * cols]."""
        return self.memory[self.begin : self.begin + self.size]

    def strays(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How far before the first byte, and behind the last, each stray byte lies; from 1 on."""
        before = np.flatnonzero(self.memory[: self.begin] != self.fill)
        behind = np.flatnonzero(self.memory[self.begin + self.size :] != self.fill)
        return self.begin - before, behind + 1


def filled_twice(
    layer: Layer, name: str, run: Callable[[GuardedBuffer], tuple[float, str]]
) -> Filled:
    """Has code fill buffers, and says what it did to them.

    Args:
        layer: what is decoded.
        name: of the code.
        run: fills a buffer; returns the seconds that took, and a complaint of the code's own or "".

    Raises:
        BroughtError: it complains and has written nothing.
    """
    buffers = [GuardedBuffer(layer, FILLS[0])]
    seconds, complaint = run(buffers[0])
    if seconds <= LONGEST_FIRST_RUN:
        buffers.append(GuardedBuffer(layer, FILLS[1]))
        run(buffers[1])
    written, notices = _written(buffers)
    nothing = written is not None and not written.any()
    if complaint and nothing:
        raise BroughtError(f"{name}: {complaint}")
    notices = [*([complaint] if complaint else []), *_stray_notices(buffers), *notices]
    weights = buffers[0].output.view(np.int8).copy()
    if written is not None:
        if not written.all():
            weights[~written] = 0
        notices += unwritten_notice(written)
        written = written.reshape(layer.rows, layer.cols)
    return Filled(weights.reshape(layer.rows, layer.cols), written, seconds, tuple(notices))


def _written(buffers: list[GuardedBuffer]) -> tuple[NDArray[np.bool_] | None, list[str]]:
    """bool[n], the cells that were written, where that is sure; and what else two runs showed."""
    first = buffers[0].output
    if len(buffers) == 1:  # a cell that holds the fill may have been given that value
        touched = first != buffers[0].fill
        return (touched if touched.all() else None), []
    second = buffers[1].output
    if np.array_equal(first, second):  # no cell holds two different fills
        return np.ones(len(first), dtype=np.bool_), []
    untouched = (first == buffers[0].fill) & (second == buffers[1].fill)
    varying = int(np.count_nonzero((first != second) & ~untouched))
    if not varying:
        return ~untouched, []
    return ~untouched, [
        f"{_count(varying, 'weight')} came out differently in a second run, into an output that held "
        "other bytes before: it reads cells that it has not written, or threads race"
    ]


def _stray_notices(buffers: list[GuardedBuffer]) -> list[str]:
    """What was written outside of the output."""
    found = []
    for side, place in enumerate(("before the first", "behind the last")):
        strays = np.unique(np.concatenate([buffer.strays()[side] for buffer in buffers]))
        if len(strays):
            found.append(
                f"wrote outside of its output: {_count(len(strays), 'byte')} {place}, as far as "
                f"{_count(int(strays[-1]), 'byte')} from it"
            )
    return found


def unwritten_notice(written: NDArray[np.bool_]) -> list[str]:
    """What to say of cells that were never written: a sentence, or none."""
    missing = int(written.size - np.count_nonzero(written))
    if not missing:
        return []
    return [f"{_count(missing, 'weight')} of {written.size:,} were never written, and count as 0"]


# Arrays


def taken(found: object, layer: Layer, name: str, seconds: float) -> Filled:
    """What came of Python code, made int8[rows, cols] as far as that goes.

    Raises:
        BroughtError: it is no array of numbers, or holds none.
    """
    array = _array(found, layer, name)
    values, notices = _bytes_of(array, name)
    weights = np.zeros((layer.rows, layer.cols), dtype=np.int8)
    written = np.zeros((layer.rows, layer.cols), dtype=np.bool_)
    wanted = (layer.rows, layer.cols)
    if values.shape != wanted:
        notices.append(
            f"returned an array of shape {_shape(values.shape)} where {_shape(wanted)} was expected; "
            f"{_fit(values, weights, written)}"
        )
    else:
        weights[:], written[:] = values, True
    notices += unwritten_notice(written)
    # A whole array tells nothing: what made it may have filled it with zeros and left some of them.
    known = None if written.all() else written
    return Filled(weights, known, seconds, tuple(notices))


def _fit(values: NDArray[np.int8], weights: NDArray[np.int8], written: NDArray[np.bool_]) -> str:
    """Puts an array of another shape where it belongs most likely; says where that is."""
    if values.ndim == 2 and values.size != weights.size:
        rows, cols = (min(a, b) for a, b in zip(values.shape, weights.shape, strict=True))
        weights[:rows, :cols], written[:rows, :cols] = values[:rows, :cols], True
        return "its upper left corner is taken"
    count = min(values.size, weights.size)
    weights.reshape(-1)[:count] = values.reshape(-1)[:count]
    written.reshape(-1)[:count] = True
    return f"its first {_count(count, 'value')} are taken, row by row"


def _array(found: object, layer: Layer, name: str) -> NDArray[Any]:
    expected = f"where an array int8{_shape((layer.rows, layer.cols))} was expected"
    if found is None:
        raise BroughtError(f"{name}: decode returned nothing {expected}: is there a return?")
    try:
        array = np.asarray(found)
    except Exception as error:  # whatever an object's own conversion comes up with
        raise BroughtError(
            f"{name}: decode returned a {type(found).__name__} {expected} ({error})"
        ) from None
    if array.dtype.kind not in "iufb" or not array.size:
        what = f"{array.dtype}{_shape(array.shape)}"
        raise BroughtError(f"{name}: decode returned a {type(found).__name__}, {what}, {expected}")
    return array


def _bytes_of(array: NDArray[Any], name: str) -> tuple[NDArray[np.int8], list[str]]:
    """The values as int8, and what was done to them for that."""
    if array.dtype == np.int8:
        return array, []
    if array.dtype.kind == "f":
        _require_whole(array, name)
    low, high = array.min(), array.max()
    told = f"returned {array.dtype} where int8 was expected"
    if low >= -128 and high <= 127:
        return array.astype(np.int8), [f"{told}; every value fits"]
    wide = array.astype(np.int64)
    return wide.astype(np.uint8).view(np.int8), [
        f"{told}, with values from {low:,} to {high:,}; of each the low byte is taken"
    ]


def _require_whole(array: NDArray[Any], name: str) -> None:
    """Raises BroughtError where floats are no whole numbers that an int64 holds."""
    whole = np.isfinite(array) & (np.abs(array) < 1 << 53)
    whole[whole] &= array[whole] == np.trunc(array[whole])
    if not whole.all():
        place = np.unravel_index(int(np.argmin(whole)), array.shape)
        raise BroughtError(
            f"{name}: decode returned {array.dtype} where int8 was expected, and "
            f"{array[place]} at {_shape(tuple(int(i) for i in place))} is no weight"
        )


def _shape(shape: tuple[int, ...]) -> str:
    return f"[{', '.join(f'{length:,}' for length in shape)}]"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What some work returns, and the seconds that it took."""
    begin = time.perf_counter()
    result = work()
    return result, time.perf_counter() - begin
