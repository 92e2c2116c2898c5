"""The text of docs/format.md: the native layout, written so that a stranger could make a decoder of it."""

from __future__ import annotations

from codec.formats.native import (
    LANES,
    LONGEST_NAME,
    LONGEST_SIDE,
    MAX_DIMENSIONS,
    QUANTISATIONS,
    READABLE_PAD,
    RUN,
    SCALE_BITS,
    SECTION_ALIGNMENT,
    SIGNATURE,
    SOURCE_DTYPES,
    STREAM_ALIGNMENT,
    SUFFIX,
    TILE_SIDE,
    VERSION,
)
from codec.limits import WEIGHTS_PER_BYTE


def _numbered(names: tuple[str, ...]) -> str:
    return ", ".join(f"{number} {name or 'none of these'}" for number, name in enumerate(names))


def _range(bounds: tuple[int, int]) -> str:
    return f"{bounds[0]:,} to {bounds[1]:,}"


OPENING = f"""# The native layout ({SUFFIX}), byte by byte

Written by `docs/write_formats.py` from the structs that the code reads and writes; do not edit.
[formats.md](formats.md) describes the two layouts of the original codec.

A file holds named tensors of int8 weights, each cut into tiles that are coded apart, so that any
tile can be decoded alone and all of them at once. Everything that describes them stands in front,
in records of one size:

    header | tensor records | names | for each tensor: frequency table, scales, tile records | streams of each tensor

- All integers are little-endian and unsigned, unless the type says otherwise; structs have no
  hidden padding.
- All offsets are counted in bytes from the start of the file, unless the meaning says otherwise.
- Every part begins at a multiple of {SECTION_ALIGNMENT}, every stream at a multiple of
  {STREAM_ALIGNMENT}. A writer keeps the order above, each part at the next such multiple; a reader
  goes by the offsets. No two parts overlap.
- **Every byte that belongs to no part, and every byte among a tensor's streams that belongs to no
  tile, is 0.** Behind each tensor's last stream lie at least {READABLE_PAD} such bytes, counted to
  its streams, so that a decoder may load whole words past the end of any stream.
- The first eight bytes are `{SIGNATURE.hex(" ").upper()}`. This is revision {VERSION}.
- The file ends with the last tensor's streams.
"""

LIMITS: tuple[tuple[str, str], ...] = (
    (
        "`rows`, `cols`",
        f"1 to {LONGEST_SIDE:,}; together at most {WEIGHTS_PER_BYTE:,} weights for "
        "each byte of the file",
    ),
    ("`tile_rows`, `tile_cols`", f"{_range(TILE_SIDE)}"),
    ("`tile_count`", "ceil(rows / tile_rows) × ceil(cols / tile_cols)"),
    ("`lanes`, `run`", f"{_range(LANES)}; {_range(RUN)}"),
    ("`scale_bits`", f"{_range(SCALE_BITS)}"),
    ("`word_bits`", "8 or 16"),
    ("`lower_bound_bits`", "`scale_bits` to 32 - `word_bits`"),
    (
        "`dimensions`",
        f"1 to {MAX_DIMENSIONS}; `shape_0` … hold as many axes, the others are 0; the "
        "last axis is `cols`, the product of all others is `rows`",
    ),
    ("`source_dtype`", f"{_numbered(SOURCE_DTYPES)}"),
    ("`quantisation`", f"{_numbered(QUANTISATIONS)}; `scale_count` is 0, 1 or `rows` accordingly"),
    ("a scale", "finite and above 0"),
    (
        "a name",
        f"1 to {LONGEST_NAME:,} bytes of UTF-8; names stand one behind the other in "
        "the order of the records, fill `names_size`, and differ",
    ),
    (
        "a frequency",
        "0 to 2^scale_bits - 1; all 256 sum to 2^scale_bits, even where no tile is coded by rANS",
    ),
    ("`coding`", "0 rANS, 1 raw, 2 constant"),
    ("`predictor`", "0 none, 1 left, 2 top; 0 unless the coding is rANS"),
    ("`constant`", "0 unless the coding is constant"),
    ("`offset` of a tile", "of a constant tile 0"),
    ("`size` of a stream", "rANS: at least 4 × lanes; raw: the weights of the tile; constant: 0"),
)
"""What each field may hold."""

RULES = """
## Tiles

Tile n lies in row n div g and column n mod g of the grid, g = ceil(cols / tile_cols). It holds the
weights of its rectangle, cut at the right and the lower edge of the matrix: tiles are never filled
up. Within a tile weights are numbered row by row, x[0], x[1], …; n below is their number and c the
columns of the (cut) tile.

A **raw** tile's stream is its weights, one byte each, in that order. Every weight of a **constant**
tile is `constant`.

The weights of a **rANS** tile become symbols, modulo 256, from the tile alone:

    s[i] = x[i] - p[i] + 128;    none: p[i] = 0;    left: p[i] = x[i-1];    top: p[i] = x[i-c]

and p[i] = 0 where i-1, or i-c, is below 0. Left does not restart at a row.

## Streams

With M = 2^scale_bits, L = 2^lower_bound_bits, w = word_bits, f the frequencies and b[s] = f[0] + …
+ f[s-1], each of `lanes` lanes has a state, a number from L to before L × 2^w. A rANS stream is

    the state of each lane, lane 0 first, 4 bytes each | words of w bits, in the order in which they are taken

and fills its `size` to the last byte. Lane l codes the symbols

    s[block × lanes × run + l × run + step],    block = 0, 1, …,    step = 0 … run - 1

so a lane has runs of `run` symbols side by side. Decoding goes through the blocks, in a block
through the steps, in a step through the lanes from 0 on; symbols whose number is not below n are
left out. For each symbol, x being the state of its lane:

    slot = x mod M;  s is the symbol with b[s] ≤ slot < b[s] + f[s]
    x = f[s] × (x div M) + slot - b[s]
    while x < L: x = x × 2^w + the next word

The encoder undoes this from the last symbol to the first, from all states L on: it takes low words
from x while x ≥ (L / M × 2^w) × f[s], then x = (x div f[s]) × M + x mod f[s] + b[s].

**A stream ends strictly**: behind its last symbol every lane's state is L and no word is left.

## Checksums

- `header_checksum`, `directory_checksum`, `names_checksum`, `table_checksum`, `scales_checksum`,
  `index_checksum`: XXH64, seed 0, of the bytes of the part (of the header: those before the field).
  That of no bytes at all is of no bytes, EF46DB3751D8E999.
- `checksum` of a tile, whatever its coding and its lanes, is of its weights, one byte each. They are
  dealt out to 32 parts, 16 at a time: weight i belongs to part i div 16 mod 32. With p[k] the weights
  of part k, in the order of their numbers:

      checksum = XXH32(p[0], seed 0) xor XXH32(p[1], seed 1) xor … xor XXH32(p[31], seed 31)

  A part without weights counts too. So a decoder with many threads can make it while it decodes.

With the zero bytes and the strict ends no bit of a file can change unnoticed.

## What a reader must refuse

- **The file**, where `lowest_reader` is above the revision that it knows, or `features` has a bit
  that it does not know. A writer sets such a bit, or raises `lowest_reader`, for whatever an older
  reader would get wrong. A higher `version` alone is no reason.
- **A tensor**, where its record holds what it may not, a part of it lies outside the file, where it
  must not begin or inside another part, its frequencies do not sum to 2^scale_bits, or one of them
  is 2^scale_bits.
- **A tile**, where its record holds what it may not, its stream lies outside the tensor's streams,
  a first state is outside L … L × 2^w - 1, words run out, the end is not strict, or the checksum
  differs.

Every count and size must be held against the size of the file before memory is taken for it.
"""
