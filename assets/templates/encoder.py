"""An encoder for Ranscope: plain Python that writes the batched layout. Replace what is yours.

    ranscope compare FILE --with THIS_FILE.py

`encode` gets the weights and the layer that they are from, whose tile size and table it may use, and returns the bytes
of a compressed file; that is then held against FILE field by field. docs/own-decoder.md says what `layer` holds,
docs/formats.md what the fields of the layout are.
"""

import struct

import numpy as np

SCALE_BITS = 12
LOWER_BOUND = 1 << 23


def encode(weights, layer):
    """Return the bytes of a compressed file that holds `weights`, int8[rows, cols]."""
    if layer.tile_rows != layer.tile_cols:
        raise ValueError("the batched layout knows square tiles alone")
    size, (rows, cols) = layer.tile_rows, weights.shape
    places = [(r, c) for r in range(-(-rows // size)) for c in range(-(-cols // size))]
    tiles = [tile_symbols(weights, r, c, size) for r, c in places]
    frequencies = table(layer, np.concatenate(tiles))
    starts = np.concatenate([[0], np.cumsum(frequencies)[:-1]]).tolist()
    streams = [stream(symbols.tolist(), frequencies.tolist(), starts) for symbols in tiles]
    index, offset = b"", 0
    for (r, c), data in zip(places, streams, strict=True):
        index += struct.pack("<IIHH", offset, len(data), r, c)
        offset += len(data)
    entries = b"".join(
        struct.pack("<HH", start, frequency)
        for start, frequency in zip(starts, frequencies.tolist(), strict=True)
    )
    index_offset = 40 + len(entries)
    data_offset = index_offset + len(index)
    header = struct.pack(
        "<IHHIIHHIIIIB3x",
        0xC0DEC111,
        1,
        size,
        rows,
        cols,
        places[-1][0] + 1,
        places[-1][1] + 1,
        len(places),
        data_offset + offset,
        index_offset,
        data_offset,
        0,
    )
    return header + entries + index + b"".join(streams)


def tile_symbols(weights, tile_row, tile_col, size):
    """Return the symbols of a tile: each weight less the one before it, over the whole tile, padded with 0."""
    tile = np.zeros((size, size), dtype=np.uint8)
    part = weights[tile_row * size : (tile_row + 1) * size, tile_col * size : (tile_col + 1) * size]
    tile[: part.shape[0], : part.shape[1]] = part.view(np.uint8)
    flat = tile.reshape(-1)
    symbols = flat + np.uint8(128)
    symbols[1:] -= flat[:-1]
    return symbols


def table(layer, symbols):
    """Return the frequencies: those of the layer where it is batched, else ones that fit the symbols."""
    if layer.format == "batched":
        return layer.frequencies
    counts = np.bincount(symbols, minlength=256)
    total = 1 << SCALE_BITS
    frequencies = np.where(counts, np.maximum(counts * (total - 256) // counts.sum(), 1), 0)
    frequencies[np.argmax(frequencies)] += total - frequencies.sum()
    return frequencies


def stream(symbols, frequencies, starts):
    """Return the rANS stream of a tile: its symbols, coded from the last to the first."""
    state, moved_out = LOWER_BOUND, bytearray()
    for symbol in reversed(symbols):
        frequency = frequencies[symbol]
        if not frequency:
            raise ValueError(f"symbol {symbol} occurs, and has the frequency 0")
        while state >= (LOWER_BOUND >> SCALE_BITS << 8) * frequency:
            moved_out.append(state & 255)
            state >>= 8
        state = (state // frequency << SCALE_BITS) + state % frequency + starts[symbol]
    return struct.pack("<I", len(symbols)) + bytes(moved_out) + struct.pack("<I", state)
