"""What is damaged in a stream, by the stream that it should be: which bytes, and from which symbol on it tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Container, Tensor
from codec.decoders.streams import Status
from codec.diagnosis.encoded_again import encoded, symbols_of
from codec.diagnosis.streams.reading import Reader
from codec.errors import SourceError

Bytes = NDArray[np.uint8]
Matrix = NDArray[np.int8]

LONGEST_SHARE = 0.25
"""The share of a stream that may be damaged, for the rest to prove which stream it was."""

LEAST_SAME = 12
"""Bytes that must be right at least, beside: chance does that once in 2^96."""

SHIFTS = 64
"""Bytes that are tried to be missing, or too many, at one place of a stream."""

SHOWN_BYTES = 8
"""Bytes that are told one by one."""


@dataclass(frozen=True)
class Damage:
    """What is wrong with one tile's stream.

    Attributes:
        tile: the tile.
        offset: file offset of the first byte that is not as it should be.
        says: what is wrong, a sentence without its subject: "byte 1,234 of the file is 5A where …".
        step: the first step whose symbol is wrong; None where none is, or none was taken.
        symbol: the place in the tile of its symbol.
    """

    tile: int
    offset: int
    says: str
    step: int | None
    symbol: int


def damage_of(container: Container, tensor: Tensor, weights: Matrix, tile: int) -> Damage | None:
    """The damage in a tile's stream, where these weights were in it; None where nothing shows that they were."""
    symbols = symbols_of(tensor, weights, tile)
    wanted = _wanted(tensor, tile, symbols)
    offset = int(tensor.tiles["offset"][tile])
    found = _found(container, tensor, tile)
    if wanted is None or not len(wanted):
        return _constant_damage(tensor, weights, tile)
    readable = bool(tensor.tiles["readable"][tile])
    place = _changed(found, wanted) if readable else _cut(found, wanted)
    if place is None:
        misplaced = _misplaced(container, tensor, tile, wanted)
        place = _shifted(found, wanted)
        if misplaced is not None or place is None:
            return misplaced
    at, says = place
    step = _first_wrong(container, tensor, tile, symbols)
    symbol = 0 if step is None else int(tensor.interleaving.order(len(symbols))[step])
    return Damage(tile, offset + at, says.replace("@", f"{offset + at:,}"), step, symbol)


def _wanted(tensor: Tensor, tile: int, symbols: Bytes) -> bytes | None:
    """The stream that weights should have; None where they cannot be coded."""
    coding = tensor.coding(tile)
    if coding is Coding.RANS:
        return encoded(tensor, symbols, tensor.table)
    if coding is Coding.RAW:
        return (symbols - np.uint8(128)).tobytes()
    return None


def _found(container: Container, tensor: Tensor, tile: int) -> bytes:
    """What the file has of a tile's stream."""
    record = tensor.tiles[tile]
    try:
        return container.source.read(int(record["offset"]), int(record["present"]))
    except SourceError:
        return b""


def _differing(found: bytes, wanted: bytes) -> NDArray[np.int64]:
    """The places at which two streams differ, as far as both go."""
    short = min(len(found), len(wanted))
    left = np.frombuffer(found[:short], dtype=np.uint8)
    return np.flatnonzero(left != np.frombuffer(wanted[:short], dtype=np.uint8))


def _cut(found: bytes, wanted: bytes) -> tuple[int, str] | None:
    """A stream of which the file has the first bytes; the place of the damage is written as @."""
    if len(found) < LEAST_SAME or found != wanted[: len(found)]:
        return None
    missing = len(wanted) - len(found)
    many = f"{missing:,} {'bytes' if missing > 1 else 'byte'}"
    return len(found), (
        f"the file ends at byte @, {many} before the stream does, so none of it can be decoded"
    )


def _changed(found: bytes, wanted: bytes) -> tuple[int, str] | None:
    """Bytes that are not as they should be, where most are; the place of the first is written as @."""
    wrong = _differing(found, wanted)
    few = 0 < len(wrong) <= LONGEST_SHARE * len(wanted)
    if len(found) != len(wanted) or not few or len(wanted) - len(wrong) < LEAST_SAME:
        return None
    first, last = int(wrong[0]), int(wrong[-1])
    if last - first < SHOWN_BYTES:
        has, should = found[first : last + 1], wanted[first : last + 1]
        what = "byte @ of the file is" if first == last else f"the {len(has)} bytes from @ on are"
        said = f"{what} {has.hex(' ').upper()} where {should.hex(' ').upper()} belongs"
        return first, said + _bits(has, should)
    has, should = found[first : first + SHOWN_BYTES], wanted[first : first + SHOWN_BYTES]
    zeros = " (all zeros)" if not any(found[first : last + 1]) else ""
    return first, (
        f"{len(wrong):,} of the {last - first + 1:,} bytes from @ on are not what belongs there{zeros}: they "
        f"begin {has.hex(' ').upper()} where {should.hex(' ').upper()} belongs"
    )


def _bits(found: bytes, wanted: bytes) -> str:
    """Told where a single bit makes the difference."""
    bits = [int(a ^ b).bit_count() for a, b in zip(found, wanted, strict=True)]
    return " (one bit is flipped)" if sum(bits) == 1 else ""


def _shifted(found: bytes, wanted: bytes) -> tuple[int, str] | None:
    """Bytes that are missing at a place, or too many: what follows is right, but has moved."""
    wrong = _differing(found, wanted)
    first = int(wrong[0]) if len(wrong) else min(len(found), len(wanted))
    for shift in range(1, SHIFTS + 1):
        for missing in (True, False):
            behind = wanted[first + shift :] if missing else wanted[first:]
            moved = found[first:] if missing else found[first + shift :]
            short = min(len(behind), len(moved))
            if short < LEAST_SAME or first + short < (1 - LONGEST_SHARE) * len(wanted):
                continue
            if behind[:short] == moved[:short]:
                many = f"{shift:,} {'bytes' if shift > 1 else 'byte'}"
                what = "missing" if missing else "too many"
                verb = "are" if shift > 1 else "is"
                return (
                    first,
                    f"{many} {verb} {what} at byte @ of the file, and what follows has moved",
                )
    return None


def _misplaced(container: Container, tensor: Tensor, tile: int, wanted: bytes) -> Damage | None:
    """A stream that is whole, but not where the index says."""
    record = tensor.tiles[tile]
    offset, size = int(record["offset"]), int(record["size"])
    at = _search(container, offset, wanted)
    if at is None or (at == offset and size == len(wanted)):
        return None
    says = (
        f"the index says {size:,} bytes at byte {offset:,}, but the stream of these weights, {len(wanted):,} "
        f"bytes, lies at byte {at:,}"
    )
    return Damage(tile, offset, says, None, 0)


SEARCHED = 1 << 24
"""Bytes before and behind a stream's place in which it is looked for."""


def _search(container: Container, offset: int, wanted: bytes) -> int | None:
    """Where in the file a stream lies, that should lie at an offset."""
    if len(wanted) < LEAST_SAME:
        return None
    begin = min(max(offset - SEARCHED, 0), container.source.size)
    end = min(offset + len(wanted) + SEARCHED, container.source.size)
    try:
        at = container.source.read(begin, max(end - begin, 0)).find(wanted)
    except SourceError:
        return None
    return begin + at if at >= 0 else None


def _constant_damage(tensor: Tensor, weights: Matrix, tile: int) -> Damage | None:
    """A tile of one value, which its record says wrongly."""
    place, record = tensor.rectangle(tile), tensor.tiles[tile]
    part = weights[place.row : place.row + place.rows, place.col : place.col + place.cols]
    if tensor.coding(tile) is not Coding.CONSTANT or not part.size or (part != part[0, 0]).any():
        return None
    stored, should = int(record["constant"]), int(part[0, 0])
    if stored == should:
        return None
    return Damage(
        tile, 0, f"its record says that all weights are {stored} where they are {should}", 0, 0
    )


def _first_wrong(container: Container, tensor: Tensor, tile: int, symbols: Bytes) -> int | None:
    """The first step of a damaged stream that gives a wrong symbol, or cannot be taken."""
    reader = Reader(container, tensor)
    reading = reader.right(tile)
    if reading is None:
        return None
    played = reader.play(reading, tile)
    order = reader.layout(tile).order
    wrong = np.flatnonzero(played.symbols[order] != symbols[order])
    return int(wrong[0]) if len(wrong) else None


def sentence(damage: Damage, tensor: Tensor) -> str:
    """What is damaged and what comes of it, as one sentence."""
    count = tensor.symbol_count(damage.tile)
    said = f"In the stream of tile {damage.tile:,}, {damage.says}"
    if damage.step is None:
        return f"{said}."
    row, col = tensor.weight_of(damage.tile, damage.symbol) or (-1, -1)
    where = f", row {row:,}, column {col:,}" if row >= 0 else ""
    if damage.step == 0:
        return f"{said}: its symbols are wrong from the first on."
    return (
        f"{said}: its symbols are wrong from symbol {damage.symbol:,} of {count:,} on (step {damage.step:,}{where}), "
        "all decoded before are right."
    )


FAILED = frozenset(Status) - {Status.OK, Status.NEIGHBOUR, Status.TENSOR_REFUSED}
"""Ways to fail that are a tile's own."""
