"""The reference decoder: the scalar coder of `rans`, one symbol at a time. Slow, plain, and the judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from codec import rans
from codec.container import Container, Prediction, StreamFrame, Tensor
from codec.decoders.base import Decoder, open_for_trace, open_stream, stream_read
from codec.decoders.streams import DecodedStream, Status, strict_end
from codec.prediction import Lookup
from codec.scalar_prediction import undo_differenced, undo_flat_left
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
        state, unread = frame.state, len(words)
        try:
            for index, step in enumerate(_steps(tensor, frame, words, len(symbols))):
                symbols[index] = step.symbol
                state, unread = step.state_after, step.unread - step.words
        except rans.Stuck as stuck:
            status = _status(stuck)
            return DecodedStream(
                tile, frame, symbols, stuck.step, stuck.state, stuck.unread, status
            )
        status = strict_end(tensor, tile, frame, state, unread)
        return DecodedStream(tile, frame, symbols, len(symbols), state, unread, status)

    def undo_prediction(
        self, tensor: Tensor, stream: DecodedStream, lookup: Lookup
    ) -> NDArray[np.uint8]:
        """As `Decoder.undo_prediction`, by the scalar rules."""
        symbols, predictor = stream.symbols.tolist(), tensor.predictor(stream.tile)
        if tensor.prediction is Prediction.FLAT_LEFT or predictor is None:
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
            for number, step in enumerate(_steps(tensor, frame, words, last)):
                if number >= first:
                    rows.append((number, step))
        except rans.Stuck as stuck:
            stopped = f"{_status(stuck).word} at step {stuck.step:,}"
        records = [_row(tile, number, step, frame) for number, step in rows]
        columns = {
            name: np.array([record[i] for record in records], dtype=kind)
            for i, (name, kind) in enumerate(STEP_COLUMNS.items())
        }
        return Trace(columns, (stream_read(tensor, tile, frame),), stopped)


def _steps(tensor: Tensor, frame: StreamFrame, words: bytes, count: int) -> Iterator[rans.Step]:
    return rans.steps(words, frame.state, count, tensor.table, tensor.coder)


def _row(tile: int, number: int, step: rans.Step, frame: StreamFrame) -> tuple[int, ...]:
    """One step in the order of `STEP_COLUMNS`."""
    position = frame.words_begin + step.unread - 1
    return (
        tile, 0, number, 0, number, step.state_before, step.slot, step.symbol,
        step.freq, step.start, step.state_after, position, step.words,
    )  # fmt: skip


def _status(stuck: rans.Stuck) -> Status:
    return Status.UNDERRUN if isinstance(stuck, rans.Underrun) else Status.UNOWNED_SLOT
