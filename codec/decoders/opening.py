"""Opening a tile's stream: what every decoder does before its first step, and what becomes of a tile that has none.

A tile that is not coded by rANS, or that cannot be read, has an outcome at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codec.container import Coding, Container, StreamFrame, Tensor
from codec.decoders.streams import DecodedStream, Status
from codec.errors import DecodeError, SourceError
from codec.prediction import BIAS
from codec.trace import StreamRead


def require_decodable(tensor: Tensor) -> None:
    """Raises DecodeError where none of the tensor can be decoded."""
    if tensor.refusal:
        raise DecodeError(f"{tensor.name} cannot be decoded: {tensor.refusal}")


def failed_stream(
    tensor: Tensor, tile: int, frame: StreamFrame | None, status: Status, detail: str = ""
) -> DecodedStream:
    """The outcome of a stream of which nothing could be decoded."""
    count = 0 if tensor.refusal else tensor.symbol_count(tile)
    state = 0 if frame is None else frame.state
    left = 0 if frame is None else max(0, frame.words_end - frame.words_begin)
    return DecodedStream(
        tile, frame, np.zeros(count, dtype=np.uint8), 0, state, left, status, detail
    )


def closed_stream(container: Container, tensor: Tensor, tile: int) -> DecodedStream | None:
    """The outcome of a tile whose stream need not, or cannot, be decoded; None for a rANS stream."""
    if tensor.refusal:
        return failed_stream(tensor, tile, None, Status.TENSOR_REFUSED, tensor.refusal)
    if not tensor.tiles["readable"][tile]:
        return failed_stream(tensor, tile, None, Status.UNREADABLE)
    coding = tensor.coding(tile)
    if coding is None:
        detail = "its coding does not exist"
        return failed_stream(tensor, tile, None, Status.TENSOR_REFUSED, detail)
    return None if coding is Coding.RANS else uncoded_stream(container, tensor, tile)


def uncoded_stream(container: Container, tensor: Tensor, tile: int) -> DecodedStream:
    """The outcome of a raw or a constant tile."""
    record, count = tensor.tiles[tile], tensor.symbol_count(tile)
    offset, size = int(record["offset"]), int(record["size"])
    frame = StreamFrame(offset, size, count, (), tensor.framing)
    try:
        if tensor.coding(tile) is Coding.RAW:
            weights = container.source.array(offset, np.dtype("u1"), count)
        else:
            weights = np.full(count, int(record["constant"]) & 0xFF, dtype=np.uint8)
    except SourceError as error:
        return failed_stream(tensor, tile, None, Status.UNREADABLE, error.sentence())
    bound = tensor.coder.lower_bound
    return DecodedStream(tile, frame, weights + BIAS, count, bound, 0, Status.OK)


def open_frame(container: Container, tensor: Tensor, tile: int) -> StreamFrame | DecodedStream:
    """A rANS stream's frame, or its outcome where it need not, or cannot, be decoded."""
    closed = closed_stream(container, tensor, tile)
    if closed is not None:
        return closed
    try:
        frame = container.frame(tensor, tile)
    except SourceError as error:
        return failed_stream(tensor, tile, None, Status.UNREADABLE, error.sentence())
    low, high = tensor.coder.lower_bound, tensor.coder.upper_bound
    if not all(low <= state < high for state in frame.states):
        return failed_stream(tensor, tile, frame, Status.STATE_OUT_OF_RANGE)
    return frame


def open_stream(
    container: Container, tensor: Tensor, tile: int
) -> tuple[StreamFrame, Sequence[int]] | DecodedStream:
    """A rANS stream's frame and words, or its outcome where it need not, or cannot, be decoded."""
    opened = open_frame(container, tensor, tile)
    if isinstance(opened, DecodedStream):
        return opened
    try:
        return opened, container.words(tensor, opened)
    except SourceError as error:
        return failed_stream(tensor, tile, None, Status.UNREADABLE, error.sentence())


def stream_read(tensor: Tensor, tile: int, frame: StreamFrame) -> StreamRead:
    """What a decoder that believes the file takes for the frame of a stream."""
    return StreamRead(
        tile, frame.offset, frame.size, frame.symbol_count, frame.state, tensor.table.frequencies,
        frame.states, frame.forward,
    )  # fmt: skip


def open_for_trace(
    container: Container, tensor: Tensor, tile: int
) -> tuple[StreamFrame, Sequence[int]]:
    """A rANS stream's frame and words.

    Raises:
        DecodeError: there is no such tile, or nothing of it can be decoded.
    """
    _require_tile(tensor, tile)
    opened = open_stream(container, tensor, tile)
    if isinstance(opened, DecodedStream):
        raise _no_steps(tensor, opened)
    return opened


def frame_for_trace(container: Container, tensor: Tensor, tile: int) -> StreamFrame:
    """As `open_for_trace`, for who reads the words by itself."""
    _require_tile(tensor, tile)
    opened = open_frame(container, tensor, tile)
    if isinstance(opened, DecodedStream):
        raise _no_steps(tensor, opened)
    return opened


def _require_tile(tensor: Tensor, tile: int) -> None:
    require_decodable(tensor)
    if not 0 <= tile < len(tensor.tiles):
        raise DecodeError(f"there is no tile {tile:,}: the file has {len(tensor.tiles):,}")


def _no_steps(tensor: Tensor, stream: DecodedStream) -> DecodeError:
    """Why a tile has no steps, where its stream need not, or cannot, be decoded."""
    tile = stream.tile
    if stream.status is Status.OK:
        return DecodeError(
            f"tile {tile:,} has no steps: it is {_UNCODED[tensor.coding(tile) or Coding.RAW]}"
        )
    offset = int(tensor.tiles["offset"][tile])
    return DecodeError(f"tile {tile:,}: {stream.detail or stream.status.word}", offset)


_UNCODED = {Coding.RAW: "stored raw", Coding.CONSTANT: "constant"}
