"""Writes docs/formats.md and docs/format.md from the structs that the code uses, so that they cannot be wrong.

`python docs/write_formats.py` writes the documents; with `--check` it exits with 1 where one of them
is out of date, as a test does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import native_format

from codec.formats import batched, native, wcdc
from codec.rans import LEGACY
from codec.struct_layout import Struct

FOLDER = Path(__file__).parent

OPENING = f"""# The layouts of the original, byte by byte

Written by `docs/write_formats.py` from the structs that the code reads and writes; do not edit.
[format.md](format.md) describes the native layout. All integers are little-endian, structs have
no padding but what is listed.

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
    for field, offset, _ in struct.places:
        yield f"| {offset} | `{field.type}` | `{field.name}` | {field.meaning} |"


def legacy_lines() -> Iterator[str]:
    """The lines of formats.md."""
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


def native_lines() -> Iterator[str]:
    """The lines of format.md."""
    yield native_format.OPENING
    yield "## Structs"
    yield from struct_table(native.HEADER, "At byte 0.")
    yield from struct_table(native.TENSOR, "`tensor_count` of them, at `directory_offset`.")
    yield from struct_table(
        native.TABLE_ENTRY, "256 of them, symbol 0 first, at a tensor's `table_offset`."
    )
    yield from struct_table(native.SCALE, "`scale_count` of them, at a tensor's `scales_offset`.")
    yield from struct_table(
        native.TILE_RECORD, "`tile_count` of them, at a tensor's `index_offset`."
    )
    yield "\n## What the fields may hold\n"
    yield "| field | may be |"
    yield "|---|---|"
    yield from (f"| {field} | {text} |" for field, text in native_format.LIMITS)
    yield native_format.RULES.rstrip("\n")


DOCUMENTS = {"formats.md": legacy_lines, "format.md": native_lines}


def main() -> int:
    """Writes or checks the documents."""
    stale = 0
    for name, lines in DOCUMENTS.items():
        document, text = FOLDER / name, "\n".join(lines()) + "\n"
        if "--check" not in sys.argv[1:]:
            document.write_text(text, encoding="utf-8")
        elif not document.exists() or document.read_text(encoding="utf-8") != text:
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
