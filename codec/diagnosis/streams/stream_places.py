"""Front ends that look for a stream in the wrong place: `stream-offset`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from codec.container import Framing
from codec.diagnosis.finding import Fault
from codec.diagnosis.streams.candidate import (
    Candidate,
    Candidates,
    Mistake,
    Place,
    Placing,
    always,
)
from codec.diagnosis.streams.reading import Reader, Reading
from codec.diagnosis.streams.weighing import Shown

FARTHEST = 32
"""Bytes that an offset is tried to be off by, one by one."""

SIZES = (36, 40, 48, 64, 96, 128, 192, 256, 512, 1024, 1028, 1036, 1040, 1064)
"""Sizes of headers, tables and records, of these layouts and usual ones, that an offset may be off by."""

MOST_TILES = 4096
"""Tiles whose streams are tried for another tile."""

EVIDENT = 8
"""Tiles whose first symbols fit best that are looked at closely."""


def place_candidates(reader: Reader, shown: Shown) -> Candidates:
    """Every way known to look for a tile's stream in the wrong place, the likelier first."""
    for detail, placing in (*_systematic(reader), *_displaced(reader), *_other_bases(reader)):
        yield _placed(reader, detail, placing)
    for detail, mistake in _words_displaced(reader):
        yield Candidate(Fault.STREAM_OFFSET, detail, mistake)
    for detail, placing in _any_tile(reader, shown):
        yield _placed(reader, detail, placing)


def _placed(reader: Reader, detail: str, placing: Placing) -> Candidate:
    """The mistake of looking for streams in other places."""

    def mistake(tile: int) -> Reading | None:
        place = placing(tile) if reader.coded(tile) else None
        return None if place is None else reader.at(*place)

    return Candidate(Fault.STREAM_OFFSET, detail, mistake, placing)


def _of_tile(reader: Reader, source: Callable[[int], int]) -> Placing:
    """Looking for a tile's stream where another one's is."""
    return lambda tile: reader.place(source(tile))


def _moved(reader: Reader, offset: Callable[[int], int]) -> Placing:
    """Looking for a stream at another offset, its size being right."""

    def placing(tile: int) -> Place | None:
        place = reader.place(tile)
        return None if place is None else (offset(place[0]), place[1])

    return placing


def _systematic(reader: Reader) -> Iterator[tuple[str, Placing]]:
    tensor = reader.tensor
    last = len(tensor.tiles) - 1
    if not last:
        return
    row, col = tensor.tiles["row"].astype(np.int64), tensor.tiles["col"].astype(np.int64)
    transposed = col * tensor.grid_rows + row
    mirrored = col * tensor.grid_cols + row
    yield "decodes each tile from the stream of the next one", _of_tile(reader, lambda t: t + 1)
    yield (
        "decodes each tile from the stream of the one before it",
        _of_tile(reader, lambda t: t - 1),
    )
    yield "decodes every tile from the stream of tile 0", _of_tile(reader, lambda _: 0)
    yield (
        f"decodes every tile from the last stream, tile {last:,}'s",
        _of_tile(reader, lambda _: last),
    )
    yield (
        "takes the index to run from the last tile to the first",
        _of_tile(reader, lambda t: last - t),
    )
    exchanged = "exchanges row and column of the grid when it looks a tile's stream up in the index"
    yield exchanged, _of_tile(reader, lambda t: int(transposed[t]))
    yield exchanged, _of_tile(reader, lambda t: int(mirrored[t]))
    wide, narrow = tensor.grid_cols + 1, tensor.grid_cols - 1
    for across in (wide, narrow):
        yield (
            f"counts {across:,} tiles a row of the grid, where there are {tensor.grid_cols:,}, when it looks a "
            "tile's stream up in the index",
            _of_tile(reader, _in_grid(row * across + col)),
        )


def _in_grid(places: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Callable[[int], int]:
    return lambda tile: int(places[tile])


def _displaced(reader: Reader) -> Iterator[tuple[str, Placing]]:
    near = sorted((n for n in range(-FARTHEST, FARTHEST + 1) if n), key=abs)
    for off in (*near, *(sign * size for size in SIZES for sign in (1, -1))):
        yield (
            f"takes each stream from {_bytes(off)} {_side(off)} its offset, "
            f"{'from which on its words are read' if _forward(reader) else 'and so its end, with the state, too'}",
            _moved(reader, lambda offset, off=off: offset + off),  # type: ignore[misc]
        )


def _forward(reader: Reader) -> bool:
    return reader.tensor.framing is Framing.LEADING_STATES


def _other_bases(reader: Reader) -> Iterator[tuple[str, Placing]]:
    tensor = reader.tensor
    coded = tensor.tiles["offset"][tensor.tiles["size"] > 0]
    if not len(coded):
        return
    first = int(coded.min())
    table = sum(tensor.table_span)
    yield (
        f"takes the offsets in the index, which count from the first stream, byte {first:,}, as offsets in the file",
        _moved(reader, lambda offset: offset - first),
    )
    yield (
        f"adds the offset of the first stream, {first:,}, to offsets that count from the start of the file",
        _moved(reader, lambda offset: offset + first),
    )
    yield (
        f"counts the offsets of streams from the end of the table, byte {table:,}, instead of byte {first:,}",
        _moved(reader, lambda offset: offset - first + table),
    )
    if _forward(reader):
        yield (
            "takes the offsets in the index as bytes, where they are units of 16",
            _moved(reader, lambda offset: first + (offset - first) // 16),
        )
        yield (
            "multiplies offsets by 16 twice",
            _moved(reader, lambda offset: first + (offset - first) * 16),
        )


def _words_displaced(reader: Reader) -> Iterator[tuple[str, Mistake]]:
    """The states right, the words from elsewhere."""
    near = sorted((n for n in range(-FARTHEST, FARTHEST + 1) if n), key=abs)
    lanes = 4 * reader.tensor.interleaving.lanes
    for off in (*near, *(n for n in (-lanes, lanes) if abs(n) > FARTHEST)):
        yield (
            f"takes its first word {_bytes(off)} {_side(off)} the place where words begin; the state is right",
            always(reader, _word_moved(off)),
        )


def _word_moved(off: int) -> Callable[[Reading], Reading]:
    def change(right: Reading) -> Reading:
        at = right.at + off
        return replace(right, at=at, begin=min(right.begin, at), end=max(right.end, at))

    return change


def _any_tile(reader: Reader, shown: Shown) -> Iterator[tuple[str, Placing]]:
    """Another tile's stream, whichever: those whose first symbols fit, which takes a look at their states."""
    lanes = reader.tensor.interleaving.lanes
    first = shown.order[: min(lanes, len(shown.order))]
    known = shown.valid[first]
    if not known.any():
        return
    scores = []
    for tile in _nearest(len(reader.tensor.tiles), shown.tile):
        reading = reader.right(tile)
        if reading is None:
            continue
        slots = reading.states[: len(first)] & reading.rules.slot_mask
        symbols = reading.table.lookup.symbols[slots.astype(np.int64)]
        hits = int(np.count_nonzero((symbols == shown.implied[first]) & known))
        scores.append((hits, tile))
    least = max(1, int(np.count_nonzero(known)) * 9 // 10)
    for _, tile in sorted((s for s in scores if s[0] >= least), reverse=True):
        yield from _from_tile(reader, shown.tile, tile)


def _nearest(tiles: int, tile: int) -> list[int]:
    """At most `MOST_TILES` other tiles, those nearby first."""
    begin = max(0, min(tile - MOST_TILES // 2, tiles - MOST_TILES))
    nearby = range(begin, min(begin + MOST_TILES, tiles))
    return sorted((t for t in nearby if t != tile), key=lambda t: abs(t - tile))


def _from_tile(reader: Reader, tile: int, source: int) -> Iterator[tuple[str, Placing]]:
    """What may be behind it that a tile was decoded from the stream of another."""
    apart = source - tile
    if abs(apart) > 1:
        where = "behind" if apart > 0 else "before"
        yield (
            f"decodes each tile from the stream of the one {abs(apart):,} places {where} it in the index",
            _of_tile(reader, lambda t: t + apart),
        )
    exchanged = {tile: source, source: tile}
    yield (
        f"exchanges the streams of tiles {tile:,} and {source:,}",
        _of_tile(reader, lambda t: exchanged.get(t, t)),
    )
    yield (
        f"decodes from the stream of tile {source:,}, whichever tile it is",
        _of_tile(reader, lambda _: source),
    )


def _bytes(off: int) -> str:
    return f"{abs(off):,} {'bytes' if abs(off) > 1 else 'byte'}"


def _side(off: int) -> str:
    return "behind" if off > 0 else "before"
