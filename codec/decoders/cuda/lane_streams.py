"""From what the card decoded of native tiles to the outcome of each stream, in the terms of every decoder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Container, StreamFrame, Tensor
from codec.decoders.cuda.lane_launch import DecodedLanes
from codec.decoders.cuda.plan import Trip
from codec.decoders.streams import DecodedStream, Status
from codec.prediction import BIAS


def lane_streams(
    container: Container,
    tensor: Tensor,
    trip: Trip,
    decoded: DecodedLanes,
    values: NDArray[np.uint8],
) -> list[DecodedStream]:
    """The outcomes of a flat trip's tiles.

    Args:
        container: the file.
        tensor: the tensor in it.
        trip: the trip.
        decoded: what it left on the card.
        values: u8[trip.output], copied from there: symbol - 128 of every symbol.
    """
    found = []
    for place, read in enumerate(decoded.reads):
        record = trip.records[place]
        begin, count = int(record["target"]), int(record["count"])
        part = values[begin : begin + count]
        found.append(_stream(container, tensor, read, part, decoded.details.get(place, "")))
    return found


def _stream(
    container: Container, tensor: Tensor, read: np.void, values: NDArray[np.uint8], detail: str
) -> DecodedStream:
    tile, status = int(read["tile"]), Status(int(read["status"]))
    if status in (Status.UNREADABLE, Status.TENSOR_REFUSED):
        nothing = np.zeros(len(values), dtype=np.uint8)
        return DecodedStream(tile, None, nothing, 0, 0, 0, status, detail)
    symbols, steps = values + BIAS, int(read["decoded"])
    if steps < len(symbols):
        symbols[tensor.interleaving.whole(steps) :] = 0
    return DecodedStream(
        tile, _frame(container, tensor, read), symbols, steps, int(read["final_state"]),
        int(read["bytes_left"]), status, detail,
    )  # fmt: skip


def _frame(container: Container, tensor: Tensor, read: np.void) -> StreamFrame:
    tile = int(read["tile"])
    if tensor.coding(tile) is Coding.RANS:
        return container.frame(tensor, tile)
    offset, size, count = (int(read[name]) for name in ("offset", "size", "symbol_count"))
    return StreamFrame(offset, size, count, (), tensor.framing)
