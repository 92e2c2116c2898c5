"""What is wrong with one tile's stream, once a decoder has been through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import StreamFrame, Tensor
from codec.decoders.streams import DecodedStream, Status
from codec.prediction import undo_difference
from codec.problems import Problem


def stream_problems(tensor: Tensor, stream: DecodedStream) -> list[Problem]:
    """The problems that a decoded stream gives rise to; none where it ended as it should."""
    if stream.status is Status.OK:
        return _padding_problems(tensor, stream)
    if stream.frame is None:
        return _unreadable_problems(tensor, stream)
    describe = _DESCRIBED.get(stream.status)
    return [describe(tensor, stream, stream.frame)] if describe else []


def _problem(
    code: str,
    place: tuple[int, int],
    tensor: Tensor,
    stream: DecodedStream,
    message: str,
    expected: str,
    found: str,
) -> Problem:
    sentence = f"the stream of tile {stream.tile:,} {message}"
    return Problem(code, *place, sentence, expected, found, tensor=tensor.index, tile=stream.tile)


def _words(frame: StreamFrame) -> tuple[int, int]:
    return frame.words_begin, frame.words_end - frame.words_begin


def _where(tensor: Tensor, stream: DecodedStream) -> str:
    return f"at symbol {stream.decoded:,} of {tensor.symbol_count(stream.tile):,}"


def _symbol_count(tensor: Tensor, stream: DecodedStream, frame: StreamFrame) -> Problem:
    expected = tensor.symbol_count(stream.tile)
    sound = stream.final_state == tensor.coder.lower_bound and not stream.bytes_left
    but = "; decoded with the tile's own count it ends as it should" if sound else ""
    return _problem(
        "symbol-count",
        (frame.offset, 4),
        tensor,
        stream,
        f"says that it codes {frame.symbol_count:,} symbols where its tile has {expected:,}{but}",
        f"{expected:,}",
        f"{frame.symbol_count:,}",
    )


def _state_out_of_range(tensor: Tensor, stream: DecodedStream, frame: StreamFrame) -> Problem:
    low, high = tensor.coder.lower_bound, tensor.coder.upper_bound
    wrong = (lane for lane, state in enumerate(frame.states) if not low <= state < high)
    lane = next(wrong, 0)
    of_lane = f" of lane {lane:,}" if len(frame.states) > 1 else ""
    return _problem(
        "initial-state",
        (frame.states_begin + 4 * lane, 4),
        tensor,
        stream,
        f"starts from the state {frame.states[lane]:,}{of_lane}, which no encoder can have left",
        f"{low:,} ≤ state < {high:,}",
        f"{frame.states[lane]:,}",
    )


def _underrun(tensor: Tensor, stream: DecodedStream, frame: StreamFrame) -> Problem:
    return _problem(
        "stream-underrun",
        _words(frame),
        tensor,
        stream,
        f"runs out of bytes {_where(tensor, stream)}",
        "a byte for every renormalisation",
        "no byte left",
    )


def _unowned_slot(tensor: Tensor, stream: DecodedStream, frame: StreamFrame) -> Problem:
    slot = stream.final_state & (tensor.table.total - 1)
    place = (frame.words_begin + stream.bytes_left, 0)
    if frame.forward:
        place = (frame.words_end - stream.bytes_left, 0)
    points = f"points at slot {slot:,} {_where(tensor, stream)}"
    symbol = tensor.table.starved(slot)
    if symbol is None:
        message, expected = f"{points}, which no symbol owns", "a slot that a symbol owns"
        return _problem("unowned-slot", place, tensor, stream, message, expected, f"slot {slot:,}")
    return _problem(
        "zero-frequency",
        place,
        tensor,
        stream,
        f"{points}, which by its start is symbol {symbol}'s, but that has frequency 0",
        f"a frequency above 0 for symbol {symbol}",
        "frequency 0",
    )


def _final_state(tensor: Tensor, stream: DecodedStream, frame: StreamFrame) -> Problem:
    return _problem(
        "final-state",
        _words(frame),
        tensor,
        stream,
        f"ends in state {stream.final_state:,} with {stream.bytes_left:,} bytes left, so at least some of "
        "its weights are wrong",
        f"state {tensor.coder.lower_bound:,}, no byte left",
        f"state {stream.final_state:,}, {stream.bytes_left:,} bytes left",
    )


def _bytes_left(tensor: Tensor, stream: DecodedStream, frame: StreamFrame) -> Problem:
    return _problem(
        "bytes-left",
        (
            frame.words_end - stream.bytes_left if frame.forward else frame.words_begin,
            stream.bytes_left,
        ),
        tensor,
        stream,
        f"has {stream.bytes_left:,} bytes left when its last symbol is decoded",
        "no byte left",
        f"{stream.bytes_left:,} bytes left",
    )


def _checksum(tensor: Tensor, stream: DecodedStream, frame: StreamFrame) -> Problem:
    stored = int(tensor.tiles["checksum"][stream.tile])
    return _problem(
        "tile-checksum",
        (frame.offset, frame.size),
        tensor,
        stream,
        "decodes to weights whose checksum is not the one in its record",
        f"0x{stored:08X}",
        "another checksum",
    )


_DESCRIBED: dict[Status, Callable[[Tensor, DecodedStream, StreamFrame], Problem]] = {
    Status.SYMBOL_COUNT: _symbol_count,
    Status.STATE_OUT_OF_RANGE: _state_out_of_range,
    Status.UNDERRUN: _underrun,
    Status.UNOWNED_SLOT: _unowned_slot,
    Status.FINAL_STATE: _final_state,
    Status.BYTES_LEFT: _bytes_left,
    Status.CHECKSUM: _checksum,
}


def _unreadable_problems(tensor: Tensor, stream: DecodedStream) -> list[Problem]:
    """A stream that lay inside the file when it was parsed, and cannot be read any more."""
    if stream.status is not Status.UNREADABLE or not stream.detail:
        return []
    record = tensor.tiles[stream.tile]
    return [
        _problem(
            "unreadable",
            (int(record["offset"]), int(record["size"])),
            tensor,
            stream,
            f"cannot be read: {stream.detail}",
            "the bytes that were there when the file was opened",
            "fewer bytes, or an error",
        )
    ]


def _padding_problems(tensor: Tensor, stream: DecodedStream) -> list[Problem]:
    """An edge tile whose padding decodes to something else than 0."""
    place, shape = tensor.rectangle(stream.tile), tensor.coded_shape(stream.tile)
    if shape == (place.rows, place.cols) or stream.frame is None:
        return []
    values = undo_difference(stream.symbols).reshape(shape)
    wrong = np.count_nonzero(values) - np.count_nonzero(values[: place.rows, : place.cols])
    if not wrong:
        return []
    return [
        _problem(
            "tile-padding",
            (stream.frame.offset, stream.frame.size),
            tensor,
            stream,
            f"codes {wrong:,} values other than 0 as the padding of its tile",
            "0 right of and below the matrix",
            f"{wrong:,} other values",
        )
    ]


def growth_problems(tensor: Tensor, measures: NDArray[Any]) -> list[Problem]:
    """One warning where streams are larger than the weights that they code.

    Args:
        tensor: the tensor.
        measures: TILE_MEASURES[n], by `checks`.
    """
    sizes = tensor.tiles["size"].astype(np.int64)
    symbols = np.array([tensor.symbol_count(tile) for tile in range(len(sizes))], dtype=np.int64)
    grown = np.flatnonzero((measures["status"] == Status.OK) & (sizes > np.maximum(symbols, 64)))
    if not len(grown):
        return []
    first = int(grown[0])
    size, weights = int(sizes[first]), int(symbols[first])
    share = f"{len(grown):,} of {len(sizes):,} streams are" if len(sizes) > 1 else "the stream is"
    return [
        Problem(
            "not-compressed",
            int(tensor.tiles["offset"][first]),
            size,
            f"{share} larger than the weights in them: tile {first:,} takes {size:,} bytes for {weights:,} "
            "weights of one byte each",
            f"at most {weights:,} bytes",
            f"{size:,} bytes",
            tensor=tensor.index,
            tile=first,
        )
    ]
