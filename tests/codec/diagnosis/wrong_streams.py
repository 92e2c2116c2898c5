"""The front half of the faulty decoder: from a file's bytes to the symbols of a tile.

Written as one would write a decoder by hand, with a switch for each mistake that is easily made
in it; it shares no code with the diagnosis, nor with the decoders of the codec.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Container, Framing, Tensor
from tests.codec.diagnosis.slips import NOWHERE, Slips

Bytes = Any
"""u8[any]."""
PAD = 1024
"""Zero bytes that are put behind the file, so that wrong offsets still read something."""


@numba.njit(cache=True)
def _decode(data, at, step, end, states, run, count, table, owners, bits, lower, slip, missed):
    """The symbols of one stream.

    Args:
        data: u8, the file; `at`: the byte that is taken first; `step`: 1 or -1; `end`: where nothing is left.
        states: i64[lanes], one a lane.
        run: symbols side by side of a lane.
        count: symbols.
        table: i64[2, 256], frequencies and starts.
        owners: i64[slots], the symbol of each slot.
        bits: of the slots, and of a word.
        lower: L.
        slip: step before which some bytes are left out, how many, whether at most one word is
            taken at a time, and whether a word's bytes change places.
        missed: step behind which no word is taken.
    """
    symbols = np.zeros(count, dtype=np.uint8)
    scale_bits, word_bits = bits
    skip_at, skipped, at_most_one, swapped = slip
    mask = (1 << scale_bits) - 1
    lanes, number = len(states), 0
    for base in range(0, count, lanes * run):
        for turn in range(run):
            for lane in range(lanes):
                place = base + lane * run + turn
                if place >= count:
                    continue
                if number == skip_at:
                    at += step * skipped
                x = states[lane]
                slot = x & mask
                symbol = owners[slot]
                x = (table[0, symbol] * (x >> scale_bits) + slot - table[1, symbol]) & 0xFFFFFFFF
                while x < lower and number != missed:
                    if (end - at) * step < word_bits // 8:
                        break
                    word = np.int64(data[at])
                    if word_bits == 16:
                        other = np.int64(data[at + 1])
                        word = (word << 8 | other) if swapped else (other << 8 | word)
                    at += step * (word_bits // 8)
                    x = (x << word_bits | word) & 0xFFFFFFFF
                    if at_most_one:
                        break
                states[lane] = x
                symbols[place] = symbol
                number += 1
    return symbols


def table_of(container: Container, tensor: Tensor, slips: Slips) -> NDArray[np.int64]:
    """i64[2, 256]: the table as the faulty decoder takes it."""
    frequencies, starts = tensor.table.frequencies, tensor.table.starts
    match slips.table:
        case "shifted":
            return np.array([np.roll(frequencies, 1), np.roll(starts, 1)])
        case "shifted back":
            return np.array([np.roll(frequencies, -1), np.roll(starts, -1)])
        case "starts shifted":
            return np.array([frequencies, np.cumsum(frequencies)])
        case "half":
            kept = np.arange(256) < 128
            return np.array([frequencies * kept, starts * kept])
        case "last missing":
            kept = np.arange(256) < 250
            return np.array([frequencies * kept, starts * kept])
        case "exchanged":
            return np.array([starts, frequencies])
        case "other tensor":
            other = container.tensors[1 - tensor.index].table
            return np.array([other.frequencies, other.starts])
        case "even":
            even = np.full(256, tensor.table.total // 256)
            return np.array([even, np.cumsum(even) - even])
    return np.array([frequencies, starts])


def owners_of(table: NDArray[np.int64], scale_bits: int, slips: Slips) -> NDArray[np.int64]:
    """i64[slots]: the symbol that each slot is taken for; 0 where the table names none."""
    owners = np.zeros(1 << scale_bits, dtype=np.int64)
    for symbol, (frequency, start) in enumerate(table.T.tolist()):
        owners[start : start + frequency] = symbol
    if slips.search == "one too far":
        return np.append(owners[1:], owners[-1])
    if slips.search == "one too short":
        return np.append(owners[:1], owners[:-1])
    return owners


def _stream_of(tensor: Tensor, tile: int, slips: Slips) -> tuple[int, int]:
    """Offset and size of the stream that a tile is decoded from."""
    last = len(tensor.tiles) - 1
    source = {
        "next": min(tile + 1, last),
        "previous": max(tile - 1, 0),
        "first": 0,
        "swapped": {0: 1, 1: 0}.get(tile, tile) if last else tile,
        "one tile": 0 if tile == slips.only_tile else tile,
    }.get(slips.stream, tile)
    offset, size = int(tensor.tiles["offset"][source]), int(tensor.tiles["size"][source])
    if slips.only_tile in (NOWHERE, tile) and slips.stream != "one tile":
        offset += slips.offset
    return offset, size


def _u32(data: Bytes, at: int, order: str = "little") -> int:
    return int.from_bytes(data[max(at, 0) : max(at, 0) + 4].tobytes(), order)  # type: ignore[arg-type]


def _states(data: Bytes, tensor: Tensor, offset: int, size: int, slips: Slips) -> list[int]:
    """The state of each lane from which decoding starts."""
    lanes = tensor.interleaving.lanes
    forward = tensor.framing is Framing.LEADING_STATES
    at = offset if forward else offset + size - 4
    match slips.state:
        case "swapped":
            return [_u32(data, at + 4 * lane, "big") for lane in range(lanes)]
        case "wrong end":
            at = offset + size - 4 * lanes if forward else offset
        case "behind the count":
            at = offset + 4
        case "lower bound":
            return [tensor.coder.lower_bound] * lanes
        case "lanes reversed":
            return [_u32(data, at + 4 * lane) for lane in reversed(range(lanes))]
    return [_u32(data, at + 4 * lane) for lane in range(lanes)]


def symbols_of(container: Container, tensor: Tensor, tile: int, slips: Slips) -> Bytes:
    """u8[n]: the symbols of a tile as the faulty decoder takes them from the file."""
    count = tensor.symbol_count(tile)
    offset, size = _stream_of(tensor, tile, slips)
    data = _bytes(container)
    if tensor.coding(tile) is Coding.CONSTANT:
        return np.full(count, int(tensor.tiles["constant"][tile]) + 128, dtype=np.uint8)
    if tensor.coding(tile) is Coding.RAW:
        return data[offset : offset + count] + np.uint8(128)
    here = slips.only_tile in (NOWHERE, tile)
    states = np.array(_states(data, tensor, offset, size, slips), dtype=np.int64)
    forward = tensor.framing is Framing.LEADING_STATES
    at, end = (
        (offset + 4 * len(states), offset + size) if forward else (offset + size - 5, offset + 3)
    )
    table = table_of(container, tensor, slips).astype(np.int64)
    coder = tensor.coder
    lower = coder.lower_bound << slips.lower_bound if slips.lower_bound > 0 else coder.lower_bound
    lower = lower >> -slips.lower_bound if slips.lower_bound < 0 else lower
    return _decode(
        data, at, 1 if forward else -1, end, states, tensor.interleaving.run, count, table,
        owners_of(table, coder.scale_bits, slips), (coder.scale_bits, coder.word_bits), lower,
        (slips.skip_at if here else NOWHERE, slips.skip, slips.at_most_one_word, slips.swapped_words),
        slips.missed_at if here else NOWHERE,
    )  # fmt: skip


@cache
def _bytes(container: Container) -> Bytes:
    data = container.source.read(0, container.source.size) + bytes(PAD)
    return np.frombuffer(data, dtype=np.uint8)
