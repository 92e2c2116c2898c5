"""The reference decoder: the scalar coder of `rans`, one symbol at a time. Slow, plain, and the judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from codec import rans
from codec.container import Container, Prediction, StreamFrame, Tensor
from codec.decoders.base import Decoder
from codec.decoders.opening import open_for_trace, open_stream, stream_read
from codec.decoders.streams import DecodedStream, Status, bytes_left, end_state, strict_end
from codec.prediction import Lookup, within_tile_predictor
from codec.scalar_prediction import undo_differenced, undo_flat_left, undo_within_tile
from codec.trace import STEP_COLUMNS, Trace


class ReferenceDecoder(Decoder):
    """Decodes with `rans.steps`."""

    name = "reference"
    description = "scalar Python, one symbol at a time: the judge"

    def decode_streams(
        self, container: Container, tensor: Tensor, tiles: Sequence[int]
    ) -> list[DecodedStream]:
        """As `Decoder.decode_streams`."""
        return [self._decode(container, tensor, tile) for tile in tiles]

    def _decode(self, container: Container, tensor: Tensor, tile: int) -> DecodedStream:
        opened = open_stream(container, tensor, tile)
        if isinstance(opened, DecodedStream):
            return opened
        frame, words = opened
        symbols = np.zeros(tensor.symbol_count(tile), dtype=np.uint8)
        states, unread = list(frame.states), len(words)
        try:
            for step in _steps(tensor, frame, words, len(symbols)):
                symbols[step.symbol_index] = step.symbol
                states[step.lane], unread = step.state_after, step.unread - step.words
        except rans.Stuck as stuck:
            symbols[tensor.interleaving.whole(stuck.step) :] = 0
            left = stuck.unread * tensor.coder.word_bytes
            return DecodedStream(
                tile, frame, symbols, stuck.step, stuck.state, left, status_of(stuck)
            )
        state, left = end_state(tensor, states), bytes_left(tensor, frame, unread)
        status = strict_end(tensor, tile, frame, state, left)
        return DecodedStream(tile, frame, symbols, len(symbols), state, left, status)

    def undo_prediction(
        self, tensor: Tensor, stream: DecodedStream, lookup: Lookup
    ) -> NDArray[np.uint8]:
        """As `Decoder.undo_prediction`, by the scalar rules."""
        symbols, predictor = stream.symbols.tolist(), tensor.predictor(stream.tile)
        if tensor.prediction is Prediction.WITHIN_TILE:
            cols = tensor.coded_shape(stream.tile)[1]
            weights = undo_within_tile(symbols, cols, within_tile_predictor(tensor, stream.tile))
        elif tensor.prediction is Prediction.FLAT_LEFT or predictor is None:
            weights = undo_flat_left(symbols)
        else:
            place, cols = tensor.rectangle(stream.tile), tensor.cols

            def outside(row: int, col: int) -> int:
                return int(lookup(np.array([row * cols + col], dtype=np.int64))[0])

            weights = undo_differenced(symbols, place, predictor, cols, outside)
        return np.array(weights, dtype=np.uint8).reshape(tensor.coded_shape(stream.tile))

    def trace(
        self,
        container: Container,
        tensor: Tensor,
        tile: int,
        first: int = 0,
        last: int | None = None,
    ) -> Trace:
        """As `Decoder.trace`."""
        frame, words = open_for_trace(container, tensor, tile)
        count = tensor.symbol_count(tile)
        last = count if last is None else min(last, count)
        rows, stopped = [], ""
        try:
            walk = islice(_steps(tensor, frame, words, count), max(last, 0))
            for number, step in enumerate(walk):
                if number >= first:
                    rows.append((number, step))
        except rans.Stuck as stuck:
            stopped = f"{status_of(stuck).word} at step {stuck.step:,}"
        word = tensor.coder.word_bytes
        records = [step_row(tile, number, step, frame, word) for number, step in rows]
        columns = {
            name: np.array([record[i] for record in records], dtype=kind)
            for i, (name, kind) in enumerate(STEP_COLUMNS.items())
        }
        return Trace(columns, (stream_read(tensor, tile, frame),), stopped)


def _steps(
    tensor: Tensor, frame: StreamFrame, words: Sequence[int], count: int
) -> Iterator[rans.Step]:
    """All steps of a stream; the caller stops where it has enough."""
    return rans.lane_steps(
        words, frame.states, count, tensor.table, tensor.coder, tensor.interleaving
    )


def step_row(
    tile: int, number: int, step: rans.Step, frame: StreamFrame, word: int
) -> tuple[int, ...]:
    """One step in the order of `STEP_COLUMNS`; a word has so many bytes."""
    position = position_of(frame, step.unread, word)
    return (
        tile, 0, number, step.lane, step.symbol_index, step.state_before, step.slot, step.symbol,
        step.freq, step.start, step.state_after, position, step.words * word,
    )  # fmt: skip


def position_of(frame: StreamFrame, unread: int, word: int) -> int:
    """File offset of the next byte, where so many words of so many bytes are left."""
    if not frame.forward:
        return frame.words_begin + unread * word - 1
    half = (frame.words_end - frame.words_begin) % word
    return frame.words_end - half - unread * word


def status_of(stuck: rans.Stuck) -> Status:
    """What is said of a stream that stopped."""
    return Status.UNDERRUN if isinstance(stuck, rans.Underrun) else Status.UNOWNED_SLOT
