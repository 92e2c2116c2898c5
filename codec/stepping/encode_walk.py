"""The walk of an encoder: a tile's symbols from the last to the first, states growing, bytes moved out.

It is the mirror image of decoding. Of a sound stream of n symbols, encode step j undoes decode step n - 1 - j: the
same symbol and slot, `state_before` and `state_after` exchanged, and the bytes that the one moves out are those that
the other takes in. Between two steps, the moments k of the one and n - k of the other are the same.

Where a byte comes to stand that was moved out depends on the layout:

- legacy (`Framing.TRAILING_STATE`): in the order in which they were moved out, from `StreamFrame.words_begin` on. The
  encoder goes up in the file as the decoder goes down.
- native (`Framing.LEADING_STATES`): the word that is moved out first stands last, so the encoder goes down in the file
  as the decoder goes up. The stream begins where the tile's stream begins; so where the last word ends, and with it
  every other, follows from how many there are, which is known when the checkpoints are laid. Of a walk that stops
  early, those that there are come to stand next to the states. Within a word, the low byte comes first.

What a sound stream encodes to lands on its own bytes, one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Framing, Tensor
from codec.decoders.base import Tick, no_tick
from codec.decoders.opening import frame_for_trace
from codec.stepping.ahead import THREADS
from codec.stepping.encode_coders import EncodeCoder, Landing, Place, encode_coder
from codec.stepping.tile_symbols import decoded_symbols, symbols_of_weights
from codec.stepping.walk import Direction, Moment, Walk
from codec.trace import StreamRead, Trace

LEAST_INTERVAL = 1 << 12
"""Steps from one checkpoint to the next, at least."""

MOST_CHECKPOINTS = 1 << 11
"""At most; each is a state a lane, so all take no more than 8 MiB."""


def encode_walk(
    container: Container,
    tensor: Tensor,
    tile: int,
    tick: Tick = no_tick,
    weights: NDArray[np.int8] | None = None,
    coder: str = "cpu",
) -> Walk:
    """The steps of encoding a tile with its tensor's table.

    Args:
        container: the file.
        tensor: one of its tensors.
        tile: one of its tiles that is coded by rANS.
        tick: told (steps laid, steps to lay).
        weights: int8[rows, cols] of the tile, to encode in the place of those that it has.
        coder: "cpu" or "reference".

    Raises:
        DecodeError: there is no such tile, it has no rANS stream, or its symbols are not all known.
        InputError: the weights are of another shape, or there is no such coder.
        Cancelled: `tick` says so.
    """
    frame_for_trace(container, tensor, tile)
    if weights is None:
        symbols = decoded_symbols(container, tensor, tile)
    else:
        symbols = symbols_of_weights(container, tensor, tile, weights)
    return EncodeWalk(container, tensor, tile, symbols, coder, tick)


def mirrored(walk: Walk, step: int) -> int:
    """The moment of the other direction at which its coder stands where this one stands before `step`.

    The steps themselves mirror each other with one less: step j is undone by step mirrored(j) - 1.
    """
    return walk.tensor.symbol_count(walk.tile) - step


class EncodeWalk(Walk):
    """The steps of encoding one stream.

    `Moment.position` is that of the decoder in the mirrored moment: file offset of the byte that a decoder would
    take next. That is the byte moved out last; in a native stream, the first byte of that word. Where nothing was
    moved out yet, it is what lies just outside of the words.

    A trace's `streams` has the encoder's own stream: `size` is what it takes in the end, `initial_state` and
    `lane_states` are what it begins with, L; and `forward` says whether its bytes come to stand towards the end
    of the file, which makes `Trace.bytes_of_row` and `Trace.row_of_byte` true of it.
    """

    direction = Direction.ENCODE

    def __init__(
        self,
        container: Container,
        tensor: Tensor,
        tile: int,
        symbols: NDArray[np.uint8],
        coder: str = "cpu",
        tick: Tick = no_tick,
    ) -> None:
        self.container, self.tensor, self.tile, self.coder = container, tensor, tile, coder
        self.symbols = symbols
        self._coder: EncodeCoder = encode_coder(coder, tensor, symbols)
        self.threads = THREADS if coder == "cpu" else 1
        self.interval = interval_for(len(symbols))
        self._places = self._lay(tick)
        self._end = self._places.pop()
        self.steps = self._end.step
        self._landing = self._landed()
        if self.steps < len(symbols):
            symbol = int(symbols[self._symbol_of(self.steps)])
            self.stopped = f"symbol {symbol} has frequency 0 at step {self.steps:,}"

    def _lay(self, tick: Tick) -> list[Place]:
        """The places at multiples of the interval, and the one behind the last step."""
        places, total = [self._coder.begin()], len(self.symbols)
        while places[-1].step < total:
            wanted = min(places[-1].step + self.interval, total)
            tick(places[-1].step, total)
            places.append(self._coder.advance(places[-1], wanted))
            if places[-1].step < wanted:
                break
        if len(places) == 1:
            places.append(places[0])
        tick(total, total)
        return places

    def _landed(self) -> Landing:
        """Where bytes come to stand; see the head of this module."""
        offset = int(self.tensor.tiles["offset"][self.tile])
        if self.tensor.framing is Framing.TRAILING_STATE:
            return Landing(offset + 4, upward=True)
        begin = offset + 4 * self.tensor.interleaving.lanes
        return Landing(begin + self._end.moved - 1, upward=False)

    def _symbol_of(self, step: int) -> int:
        """The place of the symbol that a step codes."""
        count = len(self.symbols)
        return self.tensor.interleaving.symbol_of(count - 1 - step, count)

    def _place(self, step: int) -> Place:
        """Where the encoder stands before a step."""
        if step == self.steps:
            return self._end
        return self._coder.advance(self._places[step // self.interval], step)

    def moment(self, step: int) -> Moment:
        """As `Walk.moment`."""
        self.require_moment(step)
        place, lane = self._place(step), 0
        if step < self.steps:
            lane = self.tensor.interleaving.lane_of(self._symbol_of(step))
        after = self._landing.next(place.moved)
        position = after - 1 if self._landing.upward else after + 1
        return Moment(step, tuple(place.states.tolist()), position, lane)

    def trace(self, first: int, last: int) -> Trace:
        """As `Walk.trace`."""
        wanted, first = last, min(max(first, 0), self.steps)
        last = max(first, min(last, self.steps))
        columns = self._coder.record(self._place(first), last, self._landing)
        columns["tile"][:] = self.tile
        stopped = self.stopped if wanted > self.steps else ""
        return Trace(columns, (self._stream,), stopped)

    @property
    def _stream(self) -> StreamRead:
        tensor, bound = self.tensor, self.tensor.coder.lower_bound
        lanes = tensor.interleaving.lanes
        size = tensor.frame_bytes + self._end.moved
        return StreamRead(
            self.tile, int(tensor.tiles["offset"][self.tile]), size, len(self.symbols), bound,
            tensor.table.frequencies, (bound,) * lanes, self._landing.upward,
        )  # fmt: skip

    def moved_out(self, step: int) -> tuple[int, int]:
        """(offset, size) of the bytes that were moved out before a step, 0…steps, as they lie in the file."""
        return self._landing.span(self._place(step).moved)


def interval_for(steps: int) -> int:
    """Steps from one checkpoint to the next: a power of two, so that windows of a search begin at checkpoints."""
    least = -(-steps // MOST_CHECKPOINTS)
    return max(LEAST_INTERVAL, 1 << max(least - 1, 0).bit_length())


def bytes_moved(state_before: int, size: int) -> bytes:
    """The bytes of an encode step in the order in which they were moved out, whole words low byte first.

    They are the low bytes of the state, whatever the size of a word.

    Args:
        state_before: the lane's state before the step.
        size: how many: `bytes_read` of the step.
    """
    return (state_before & ((1 << 8 * size) - 1)).to_bytes(size, "little")
