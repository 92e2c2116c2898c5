"""The first step at which two encoders went different ways within a stream.

An encoder walks a stream's symbols from last to first, so what a decoder does, read backwards, is what the encoder did:
the last decode step undoes the encoder's first. Two traces are therefore laid over each other from their ends. That
holds for streams that an encoder can have written; a damaged stream decodes to nothing that was ever encoded, so
for such a one there is only the step at which decoding parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Container, Framing, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import Decoder, Tick, no_tick
from codec.decoders.streams import Status
from codec.errors import InputError
from codec.trace import Trace

STEPS_AT_ONCE = 1 << 18
"""Steps of both streams that are traced at a time."""

ENCODED = {
    "state_after": "state_before",
    "symbol": "symbol",
    "freq": "freq",
    "start": "start",
    "bytes_read": "moved",
    "state_before": "state_after",
}
"""Columns of a trace, and what they are to an encoder: a decode step ends in the state that the encoder began with."""


@dataclass(frozen=True)
class EncodeStep:
    """What an encoder did for one symbol.

    Attributes:
        symbol_index: the symbol's place in the tile, row-major.
        row, col: of its weight in the matrix; None for padding.
        symbol: its value.
        freq, start: the slots that it owns.
        state_before, state_after: the lane's state.
        moved: the bytes that renormalisation moved out before the symbol was coded, first to last.
        offset: where the first of them stands in the file; where the next would where there are none.
    """

    symbol_index: int
    row: int | None
    col: int | None
    symbol: int
    freq: int
    start: int
    state_before: int
    state_after: int
    moved: bytes
    offset: int


@dataclass(frozen=True)
class EncodeDivergence:
    """Where two encoders part within a tile.

    Attributes:
        tiles: the tile's number in each file.
        step: number of the step; counted from the encoder's start, or, where `backwards`, from the decoder's.
        left, right: what was done there; None where a stream has no such step.
        differing: what differs, in the words of `EncodeStep`.
        backwards: whether a stream is damaged, so that decoding was followed instead.
        reason: what that says of the mistake, as a sentence.
    """

    tiles: tuple[int, int]
    step: int
    left: EncodeStep | None
    right: EncodeStep | None
    differing: tuple[str, ...]
    backwards: bool
    reason: str


@dataclass(frozen=True, eq=False)
class _Stream:
    """A stream to be traced, by whom."""

    container: Container
    tensor: Tensor
    tile: int
    decoder: Decoder

    @property
    def steps(self) -> int:
        return self.tensor.symbol_count(self.tile)

    def trace(self, first: int, last: int) -> Trace:
        return self.decoder.trace(self.container, self.tensor, self.tile, first, last)

    def damage(self) -> str:
        """How it ends otherwise than a sound stream; "" where it is sound."""
        (stream,) = self.decoder.decode_streams(self.container, self.tensor, [self.tile])
        return "" if stream.status is Status.OK else stream.detail or stream.status.word

    def step(self, trace: Trace, row: int) -> EncodeStep:
        """A row of a trace, as the encoder's step."""
        value = {name: int(column[row]) for name, column in trace.columns.items()}
        place = self.tensor.weight_of(self.tile, value["symbol_index"])
        offset, size = trace.bytes_of_row(row)
        moved = self.container.source.read(offset, size) if size else b""
        return EncodeStep(
            value["symbol_index"], place and place[0], place and place[1], value["symbol"],
            value["freq"], value["start"], value["state_after"], value["state_before"],
            self._as_moved(moved), offset,
        )  # fmt: skip

    def _as_moved(self, stored: bytes) -> bytes:
        """The bytes in the order in which they were moved out; a layout that is read forward has them reversed."""
        word = self.tensor.coder.word_bytes
        if self.tensor.framing is Framing.TRAILING_STATE:
            return stored
        return b"".join(stored[at : at + word] for at in range(len(stored) - word, -1, -word))


def encode_divergence(
    left: tuple[Container, Tensor, int],
    right: tuple[Container, Tensor, int],
    tick: Tick = no_tick,
) -> EncodeDivergence | None:
    """The first step at which the encoders of two streams part; None where they took the same steps.

    Args:
        left, right: file, tensor and tile of each stream.
        tick: told (steps compared, steps in all).

    Raises:
        DecodeError: a stream cannot be traced at all.
        InputError: one of the tiles is not coded by rANS, or their lanes are not the same.
        Cancelled: `tick` says so.
    """
    for _, tensor, tile in (left, right):
        if tensor.coding(tile) is not Coding.RANS:
            raise InputError(f"tile {tile:,} of {tensor.name} has no steps: it is no rANS stream")
    if left[1].interleaving != right[1].interleaving:
        raise InputError("steps of streams with other lanes do not stand for each other")
    decoder = choose()
    streams = _Stream(*left, decoder), _Stream(*right, decoder)
    damage = tuple(stream.damage() for stream in streams)
    if any(damage):
        return _parting(streams, _from_the_start, tick, backwards=True, damage=damage)
    return _parting(streams, _from_the_end, tick)


Windows = Iterator[tuple[int, int]]
"""(first step, step behind the last) of the parts of a stream to look at."""


def _from_the_end(steps: int) -> Windows:
    for end in range(steps, 0, -STEPS_AT_ONCE):
        yield max(end - STEPS_AT_ONCE, 0), end


def _from_the_start(steps: int) -> Windows:
    for begin in range(0, steps, STEPS_AT_ONCE):
        yield begin, min(begin + STEPS_AT_ONCE, steps)


def _parting(
    streams: tuple[_Stream, _Stream],
    windows: Callable[[int], Windows],
    tick: Tick,
    *,
    backwards: bool = False,
    damage: tuple[str, ...] = ("", ""),
) -> EncodeDivergence | None:
    """The first difference of two streams, looked for window by window."""
    most, done = max(stream.steps for stream in streams), 0
    for spans in zip_longest(*(windows(stream.steps) for stream in streams), fillvalue=(0, 0)):
        tick(done, most)
        traces = [stream.trace(*span) for stream, span in zip(streams, spans, strict=True)]
        row = _first_difference(*traces, backwards=backwards)
        if row is not None:
            return _described(streams, traces, row, done + row, backwards, damage)
        done += max(map(len, traces))
    return None


def _first_difference(left: Trace, right: Trace, *, backwards: bool) -> int | None:
    """How many steps both traces have in common, counted from where the encoder (or decoder) began."""
    both = min(len(left), len(right))
    differs = np.zeros(both, dtype=np.bool_)
    for name in ENCODED:
        here, there = (_in_order(trace[name], backwards)[:both] for trace in (left, right))
        differs |= here != there
    if differs.any():
        return int(differs.argmax())
    return both if len(left) != len(right) else None


def _in_order(column: NDArray[Any], backwards: bool) -> NDArray[Any]:
    """A column from where the encoder began; or the decoder, where decoding is followed."""
    return column if backwards else column[::-1]


def _described(
    streams: tuple[_Stream, _Stream],
    traces: Sequence[Trace],
    row: int,
    step: int,
    backwards: bool,
    damage: tuple[str, ...],
) -> EncodeDivergence:
    steps = [
        stream.step(trace, row if backwards else len(trace) - 1 - row) if row < len(trace) else None
        for stream, trace in zip(streams, traces, strict=True)
    ]
    left, right = steps
    differing = tuple(
        name
        for name in ENCODED.values()
        if left and right and getattr(left, name) != getattr(right, name)
    )
    reason = _damage_reason(streams, damage) if backwards else _reason(left, right, differing)
    tiles = streams[0].tile, streams[1].tile
    return EncodeDivergence(tiles, step, left, right, differing, backwards, reason)


def _damage_reason(streams: tuple[_Stream, _Stream], damage: tuple[str, ...]) -> str:
    names = [
        f"that of {stream.container.source.name} is damaged ({how})"
        for stream, how in zip(streams, damage, strict=True)
        if how
    ]
    return (
        f"No encoder wrote both streams as they are: {' and '.join(names)}. Followed from the decoder's start "
        "instead, this is the first step that differs."
    )


def _reason(left: EncodeStep | None, right: EncodeStep | None, differing: tuple[str, ...]) -> str:
    """What the difference of two encode steps, which began alike, says of the encoders."""
    if left is None or right is None:
        return "One encoder coded more symbols than the other."
    if "state_before" in differing:
        return "The encoders did not begin with the same state."
    if "symbol" in differing:
        return (
            "The encoders coded different symbols from the same state: the weight differs here, or what "
            "predicts it."
        )
    if "freq" in differing or "start" in differing:
        return (
            "The encoders coded the same symbol with different slots: the frequency tables differ."
        )
    if "moved" in differing:
        return (
            "The encoders coded the same symbol from the same state, but moved out "
            f"{len(left.moved)} and {len(right.moved)} bytes first: renormalisation differs."
        )
    return "The encoders coded the same symbol from the same state to different states: the coding step differs."
