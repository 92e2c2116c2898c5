"""Writes docs/formats.md from the structs that the code uses, so that it cannot be wrong.

`python docs/write_formats.py` writes the document; with `--check` it exits with 1 where the document
is out of date, as a test does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from codec.formats import batched, wcdc
from codec.rans import LEGACY
from codec.struct_layout import Struct

DOCUMENT = Path(__file__).with_name("formats.md")

OPENING = f"""# The layouts, byte by byte

Written by `docs/write_formats.py` from the structs that the code reads and writes; do not edit.
All integers are little-endian, structs have no padding but what is listed.

A **stream** codes the symbols of one tile with rANS: a 32-bit state, {1 << LEGACY.scale_bits:,}
slots, lower bound L = 2^{LEGACY.lower_bound.bit_length() - 1}, renormalised by bytes. It is a `<u4`
symbol count, the renormalisation bytes in the order in which the encoder moved them out, and the
encoder's last state as a `<u4`. The decoder starts from that state, takes the bytes from the end,
and yields the symbols first to last; a sound stream ends in state L with no byte left.
`codec/rans.py` explains the coder.
"""

BATCHED = """## batched

One layer: header, frequency table, tile index, streams. Tiles are T×T, row-major; edge tiles are
filled up with 0 on the right and below, and their streams code T·T symbols. With x the tile as one
sequence, s[0] = x[0] + 128 and s[i] = x[i] - x[i-1] + 128, modulo 256; nothing restarts at a row.
"""

WCDC = """## wcdc

Header, one record a tile, frequencies, streams. Tiles are T×T, row-major, and cut at the right and
lower edge. A residual is the weight minus its prediction; s[i] = residual[i] - residual[i-1] + 128
over the tile's residuals in row-major order, modulo 256, the one before the first being 0. LEFT
predicts by the weight to the left, TOP by the one above, inside the tile. TOP's first row is
predicted by the row above in the matrix (0 at its upper edge). LEFT's first column is predicted by
the weight at the flat position row0·cols + col0 - 1 + r of the matrix (0 where col0 = 0): the
original encoder forgot the row stride there, and files are written so.
"""


def struct_table(struct: Struct, where: str) -> Iterator[str]:
    """The lines of one struct."""
    yield f"\n### {struct.name.capitalize()}, {struct.size:,} bytes\n"
    yield f"{where}\n"
    yield "| offset | type | field | meaning |"
    yield "|---|---|---|---|"
    for field, offset, _ in struct.placed():
        yield f"| {offset} | `{field.type}` | `{field.name}` | {field.meaning} |"


def lines() -> Iterator[str]:
    """The lines of the document."""
    yield OPENING
    yield BATCHED
    yield from struct_table(batched.HEADER, "At byte 0.")
    yield from struct_table(batched.TABLE_ENTRY, f"256 of them, at byte {batched.TABLE_OFFSET}.")
    yield from struct_table(batched.INDEX_ENTRY, "`num_tiles` of them, at `tile_index_offset`.")
    yield ""
    yield WCDC
    yield from struct_table(wcdc.HEADER, "At byte 0.")
    yield from struct_table(wcdc.TILE_RECORD, "One a tile, behind the header.")
    yield from struct_table(wcdc.TABLE_ENTRY, "256 of them, behind the tile records.")


def text() -> str:
    """The whole document."""
    return "\n".join(lines()) + "\n"


def main() -> int:
    """Writes or checks the document."""
    if "--check" in sys.argv[1:]:
        return 0 if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text() else 1
    DOCUMENT.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
