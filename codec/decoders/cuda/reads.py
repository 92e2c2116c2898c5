"""From what kernels report to what every decoder reports of a tile, for many tiles at once: `TILE_READ`.

The same outcomes as the reference's, which makes them one tile at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Tensor
from codec.decoders.cuda.plan import Trip, rectangles
from codec.decoders.streams import FIRST_VALUES, TILE_READ, Status
from codec.errors import DecodeError, SourceError
from codec.formats.streams import FRAME_BYTES
from codec.prediction import needs

COUNT_BYTES = 4
"""Bytes of a stream before its renormalisation bytes."""


def read_streams(
    container: Container, tensor: Tensor, trip: Trip, target: NDArray[np.uint8]
) -> tuple[NDArray[Any], dict[int, str]]:
    """Reads the streams of a trip, and what stands at their ends.

    Args:
        container: the file.
        tensor: the tensor in it.
        trip: which tiles.
        target: u8[trip.size], filled with the part of the file that the trip needs.

    Returns:
        TILE_READ[n] with status OK where decoding can start, and else the outcome of the tile; and
        more about the status, by place in the trip.
    """
    records = tensor.tiles[trip.tiles]
    readable = records["readable"].copy()
    details = _read(container, trip, records, readable, target)
    reads = np.zeros(len(records), dtype=TILE_READ)
    reads["tile"], reads["status"] = trip.tiles, np.where(readable, Status.OK, Status.UNREADABLE)
    good = np.flatnonzero(readable)
    begins = records["offset"][good].astype(np.int64) - trip.begin
    sizes = records["size"][good].astype(np.int64)
    states = _u32_at(target, begins + sizes - 4)
    reads["offset"][good], reads["size"][good] = records["offset"][good], sizes
    reads["symbol_count"][good], reads["initial_state"][good] = _u32_at(target, begins), states
    reads["final_state"][good], reads["bytes_left"][good] = states, sizes - FRAME_BYTES
    low, high = tensor.coder.lower_bound, tensor.coder.upper_bound
    reads["status"][good[(states < low) | (states >= high)]] = Status.STATE_OUT_OF_RANGE
    return reads, details


def _read(
    container: Container,
    trip: Trip,
    records: NDArray[Any],
    readable: NDArray[np.bool_],
    target: NDArray[np.uint8],
) -> dict[int, str]:
    """Fills `target`; where the file has shrunk, stream by stream, noting those that are gone."""
    try:
        container.source.read_into(trip.begin, target)
    except SourceError:
        return _read_one_by_one(container, trip, records, readable, target)
    return {}


def _read_one_by_one(
    container: Container,
    trip: Trip,
    records: NDArray[Any],
    readable: NDArray[np.bool_],
    target: NDArray[np.uint8],
) -> dict[int, str]:
    details = {}
    target[:] = 0
    for place in np.flatnonzero(readable).tolist():
        offset, size = int(records["offset"][place]), int(records["size"][place])
        begin = offset - trip.begin
        try:
            container.source.read_into(offset, target[begin : begin + size])
        except SourceError as error:
            readable[place], details[place] = False, error.sentence()
    return details


def finished(
    reads: NDArray[Any],
    outcomes: NDArray[Any],
    counts: NDArray[np.int64],
    lower_bound: int,
    *,
    sums: bool,
) -> NDArray[Any]:
    """TILE_READ[n] of streams that were decoded, as `streams.strict_end` judges them.

    Args:
        reads: TILE_READ[n], as they were read.
        outcomes: OUTCOME[n].
        counts: int64[n], symbols that the layout puts into each stream.
        lower_bound: L, the state that a sound stream ends in.
        sums: whether running sums were written, not symbols.

    Raises:
        DecodeError: decoding did not arrive at a checkpoint.
    """
    if outcomes["mismatch"].any():
        tile = int(reads["tile"][np.flatnonzero(outcomes["mismatch"])[0]])
        raise DecodeError(
            f"the checkpoints are not those of this file: tile {tile:,} does not pass them"
        )
    done = reads.copy()
    done["decoded"], done["final_state"] = outcomes["decoded"], outcomes["state"]
    done["bytes_left"] = outcomes["unread"].astype(np.int64) - COUNT_BYTES
    ends = [
        (outcomes["status"] != Status.OK, outcomes["status"]),
        (reads["symbol_count"] != counts, Status.SYMBOL_COUNT),
        (outcomes["state"] != lower_bound, Status.FINAL_STATE),
        (done["bytes_left"] != 0, Status.BYTES_LEFT),
    ]
    conditions, statuses = zip(*ends, strict=True)
    done["status"] = np.select(conditions, statuses, Status.OK)
    done["first_symbols"] = _first_symbols(outcomes, sums=sums)
    return done


def _first_symbols(outcomes: NDArray[Any], *, sums: bool) -> NDArray[np.uint8]:
    """u8[n, FIRST_VALUES]: the first symbols; 0 behind the last one decoded."""
    symbols = outcomes["first"].copy()
    if sums:
        symbols[:, 1:] -= outcomes["first"][:, :-1]
        symbols += np.uint8(128)
    symbols[np.arange(FIRST_VALUES) >= outcomes["decoded"][:, np.newaxis]] = 0
    return symbols


def log_first_rows(tensor: Tensor, weights: NDArray[np.int8], reads: NDArray[Any]) -> None:
    """Fills in the first weights of all tiles, and cuts their first symbols to the first row too."""
    row, col, rows, cols = rectangles(tensor, np.arange(len(tensor.tiles))).T[..., np.newaxis]
    number = np.arange(FIRST_VALUES)
    inside = (number < cols) & (rows > 0)
    places = np.where(inside, row * tensor.cols + col + number, 0)
    reads["first_weights"] = np.where(inside, weights.reshape(-1)[places], 0)
    reads["first_symbols"] = np.where(inside, reads["first_symbols"], 0)


def mark_neighbours(tensor: Tensor, reads: NDArray[Any]) -> None:
    """Sets the status of the tiles that are sound but predicted from one that is not; see `base`."""
    bad = {int(tile) for tile in np.flatnonzero(reads["status"] != Status.OK)}
    unknown = {t for t in range(len(reads)) if tensor.predictor(t) is None}
    if not bad and not unknown:
        return
    for tile in range(len(reads)):
        if tile in bad:
            continue
        if tile in unknown:
            reads["status"][tile] = Status.TENSOR_REFUSED
        elif bad.intersection(needs(tensor, tile)):
            reads["status"][tile] = Status.NEIGHBOUR
        else:
            continue
        bad.add(tile)


def _u32_at(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint32]:
    """u32[n]: the little-endian numbers at these offsets."""
    parts: NDArray[np.uint8] = data[offsets[:, np.newaxis] + np.arange(4)]
    return parts.view("<u4")[:, 0]
