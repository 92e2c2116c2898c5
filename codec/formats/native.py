"""The native container (.rsc), stated once: its structs, its constants and its rules.

    header | tensor records | names | for each tensor: frequency table, scales, tile records | streams

Everything before the streams is small and lies together, so that a file is opened with a few reads. Sections
begin at multiples of `SECTION_ALIGNMENT`, streams at multiples of `STREAM_ALIGNMENT`; bytes between them are 0. Behind
each tensor's last stream lie at least `READABLE_PAD` bytes of 0, counted to its streams, so that a decoder may load
whole words past the end of any stream. No byte is unguarded: XXH64 checksums cover the header, the tensor
records, the names, each table, the scales and the tile records; every tile has a checksum of its weights
(`codec.checksum`), a stream ends strictly, and what is left must be 0.

A stream is the last state of each lane, u32, in lane order, and the words in the order in which the decoder
takes them; its size may leave no byte unused. What each lane codes is told by `codec.interleaving`.
"""

from __future__ import annotations

from codec.struct_layout import Field, Struct

NAME = "native"
SUFFIX = ".rsc"

SIGNATURE = b"\x89RSC\r\n\x1a\n"
"""Not text, and damaged by whatever changes line ends: the idea is PNG's."""

MAGIC = int.from_bytes(SIGNATURE[:4], "little")

VERSION = 1
"""Revision of the layout that we write, and the highest that we read."""

KNOWN_FEATURES = 0
"""Bits of `features` that this reader knows; it refuses a file that has others."""

SECTION_ALIGNMENT = 64
STREAM_ALIGNMENT = 16
READABLE_PAD = 64

HEADER = Struct(
    "file header",
    (
        Field("signature", "V8", "89 52 53 43 0D 0A 1A 0A.", "bytes"),
        Field("version", "<u4", "Revision of the layout that the file was written in: 1."),
        Field("lowest_reader", "<u4", "Lowest revision that a reader must know: 1."),
        Field("features", "<u8", "Bits of features that a reader must know; none so far.", "hex"),
        Field("file_size", "<u8", "Bytes of the whole file."),
        Field("tensor_count", "<u4", "Tensor records."),
        Field("tensor_record_size", "<u4", "Bytes of a tensor record: 192."),
        Field("directory_offset", "<u8", "File offset of the tensor records."),
        Field("names_offset", "<u8", "File offset of the names: UTF-8, one behind the other."),
        Field("names_size", "<u8", "Bytes of all names."),
        Field("directory_checksum", "<u8", "XXH64 of the tensor records.", "hex"),
        Field("names_checksum", "<u8", "XXH64 of the names.", "hex"),
        Field("reserved", "V8", "Zero.", "bytes"),
        Field("header_checksum", "<u8", "XXH64 of the header up to here.", "hex"),
    ),
)

MAX_DIMENSIONS = 6

TENSOR = Struct(
    "tensor record",
    (
        Field("name_offset", "<u4", "Where the name begins, counted from `names_offset`."),
        Field("name_size", "<u4", "Bytes of the name."),
        Field("rows", "<u8", "Rows of the matrix: all axes of the source but the last."),
        Field("cols", "<u8", "Columns of the matrix."),
        Field("tile_rows", "<u4", "Rows of a whole tile; tiles at the edge are cut."),
        Field("tile_cols", "<u4", "Columns of a whole tile."),
        Field("tile_count", "<u8", "Tile records: the grid's tiles, row by row."),
        Field("lanes", "<u2", "Interleaved rANS states of a stream: 1 to 1,024."),
        Field("run", "<u2", "Weights side by side that a lane codes: 1 to 1,024."),
        Field("lower_bound_bits", "<u1", "log2 of L: from scale_bits up to 32 - word_bits."),
        Field("word_bits", "<u1", "Bits of a renormalisation word: 8 or 16."),
        Field("scale_bits", "<u1", "log2 of the slots of the table: 8 to 15."),
        Field("quantisation", "<u1", "0: none, 1: one scale a tensor, 2: one a row."),
        Field("source_dtype", "<u2", "What the weights were: see the table of dtypes."),
        Field("dimensions", "<u2", "Axes of the source: 1 to 6."),
        Field("reserved_1", "V4", "Zero.", "bytes"),
        *(
            Field(f"shape_{axis}", "<u8", f"Length of axis {axis} of the source; 0 without one.")
            for axis in range(MAX_DIMENSIONS)
        ),
        Field("table_offset", "<u8", "File offset of the frequency table."),
        Field("index_offset", "<u8", "File offset of the tile records."),
        Field("scales_offset", "<u8", "File offset of the scales."),
        Field("scale_count", "<u8", "Scales: float32; 0, 1, or one a row."),
        Field("streams_offset", "<u8", "File offset from which the tiles' streams are counted."),
        Field(
            "streams_size", "<u8", "Bytes of the streams, what lies between and behind included."
        ),
        Field("table_checksum", "<u8", "XXH64 of the frequency table.", "hex"),
        Field("index_checksum", "<u8", "XXH64 of the tile records.", "hex"),
        Field("scales_checksum", "<u8", "XXH64 of the scales.", "hex"),
        Field("reserved_2", "V16", "Zero.", "bytes"),
    ),
)

TABLE_ENTRY = Struct(
    "table entry",
    (
        Field(
            "freq",
            "<u2",
            "Slots that the symbol owns: less than all of them, 0 for one that never occurs.",
        ),
    ),
)
"""256 of them, symbol 0 first. They sum to 2^scale_bits; a symbol's first slot is the sum of those before it.
No symbol owns all slots: where only one symbol occurs, all tiles are constant."""

TILE_RECORD = Struct(
    "tile record",
    (
        Field("offset", "<u4", "Where its stream begins: units of 16 bytes from `streams_offset`."),
        Field("size", "<u4", "Bytes of its stream: 0 of a constant tile."),
        Field("checksum", "<u4", "Checksum of its weights.", "hex"),
        Field("coding", "<u1", "0: rANS, 1: raw, 2: constant."),
        Field("predictor", "<u1", "0: none, 1: left, 2: top; 0 unless the coding is rANS."),
        Field("constant", "<i1", "Every weight of a constant tile; else 0."),
        Field("reserved", "<u1", "Zero."),
    ),
)

SCALE = Struct(
    "scale", (Field("scale", "<f4", "weight × scale is the value before quantisation."),)
)

SOURCE_DTYPES: tuple[str, ...] = ("", "int8", "float16", "bfloat16", "float32", "float64")
"""By their number in `source_dtype`; 0 is none of them."""

QUANTISATIONS: tuple[str, ...] = ("none", "tensor", "row")
"""By their number in `quantisation`."""

LANES = (1, 1024)
RUN = (1, 1024)
SCALE_BITS = (8, 15)
TILE_SIDE = (1, 0xFFFF)
"""Least and most of `lanes`, `run`, `scale_bits`, and of both `tile_rows` and `tile_cols`."""

WORD_BITS = (8, 16)
"""What `word_bits` may be."""

LONGEST_SIDE = 0xFFFFFFFF
"""Most rows, and most columns, of a matrix."""

LONGEST_NAME = 4096
"""Most bytes of a name."""


def lower_bounds(scale_bits: int, word_bits: int) -> tuple[int, int]:
    """Least and most of `lower_bound_bits`: L is a multiple of the slots, and a state fits 32 bits."""
    return scale_bits, 32 - word_bits


def aligned(offset: int, alignment: int = SECTION_ALIGNMENT) -> int:
    """The first multiple of `alignment` from `offset` on."""
    return -(-offset // alignment) * alignment
