"""nvCOMP's formats as its headers of version 6 declare them: the options of each, byte for byte, and its bounds.

Each structure names the type of the header. All are 64 bytes long and are handed over by value; what is reserved has
to be 0, as ctypes makes it. A chunk is a power of two of at least a KiB, so that all chunks lie as aligned as any
format asks for, which is 16 bytes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass

from codec.bench.peers.options import Choice, Number, Option, Switch, Value, number

TYPES = {"int8": 0, "uint8": 1}
"""nvcompType_t: NVCOMP_TYPE_CHAR and NVCOMP_TYPE_UCHAR."""

BITSHUFFLES = {"none": 0, "msb": 1, "lsb": 2}
"""nvcompBitshuffleMode_t: which bit of a byte comes first."""

ALGORITHMS = {"default": 0, "sparse": 1}
"""Of bitcomp."""

USUAL_CHUNK = 1 << 16
"""Bytes: what its headers recommend."""

LEAST_CHUNK = 1 << 10


class AnsCompress(ctypes.Structure):
    """nvcompBatchedANSCompressOpts_t."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("data_type", ctypes.c_int),
        ("max_sub_chunk_count", ctypes.c_uint8),
        ("states_per_lane", ctypes.c_uint8),
        ("histogram_reduction_log2", ctypes.c_uint8),
        ("reserved", ctypes.c_char * 53),
    )


class AnsDecompress(ctypes.Structure):
    """nvcompBatchedANSDecompressOpts_t."""

    _fields_ = (
        ("backend", ctypes.c_int),
        ("data_type", ctypes.c_int),
        ("max_sub_chunk_count", ctypes.c_uint8),
        ("states_per_lane", ctypes.c_uint8),
        ("skip_validate", ctypes.c_uint8),
        ("reserved", ctypes.c_char * 53),
    )


class Lz4Compress(ctypes.Structure):
    """nvcompBatchedLZ4CompressOpts_t."""

    _fields_ = (
        ("data_type", ctypes.c_int),
        ("bitshuffle_mode", ctypes.c_int),
        ("reserved", ctypes.c_char * 56),
    )


class Lz4Decompress(ctypes.Structure):
    """nvcompBatchedLZ4DecompressOpts_t."""

    _fields_ = (
        ("backend", ctypes.c_int),
        ("sort_before_hw_decompress", ctypes.c_int),
        ("data_type", ctypes.c_int),
        ("bitshuffle_mode", ctypes.c_int),
        ("reserved", ctypes.c_char * 48),
    )


class ZstdCompress(ctypes.Structure):
    """nvcompBatchedZstdCompressOpts_t."""

    _fields_ = (("reserved", ctypes.c_char * 64),)


class BackendDecompress(ctypes.Structure):
    """nvcompBatchedZstdDecompressOpts_t and nvcompBatchedBitcompDecompressOpts_t, which are alike."""

    _fields_ = (("backend", ctypes.c_int), ("reserved", ctypes.c_char * 60))


class BitcompCompress(ctypes.Structure):
    """nvcompBatchedBitcompCompressOpts_t; mode 0 is lossless."""

    _fields_ = (
        ("algorithm", ctypes.c_int),
        ("data_type", ctypes.c_int),
        ("delta", ctypes.c_double),
        ("mode", ctypes.c_int),
        ("reserved", ctypes.c_char * 44),
    )


Values = dict[str, Value]


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        prefix: of the names of its functions, behind `nvcompBatched`.
        meaning: what it is, in a few words.
        options: that a plan may give; all have `chunk`, in bytes.
        compress, decompress: the structure of either way, out of all options.
    """

    prefix: str
    meaning: str
    options: tuple[Option, ...]
    compress: Callable[[Values], ctypes.Structure]
    decompress: Callable[[Values], ctypes.Structure]


def _chunk(most: int) -> Number:
    meaning = "bytes that are compressed by themselves"
    return Number("chunk", meaning, USUAL_CHUNK, LEAST_CHUNK, most, power_of_two=True)


def _ans_compress(values: Values) -> ctypes.Structure:
    return AnsCompress(
        data_type=TYPES["int8"],
        max_sub_chunk_count=number(values, "sub_chunks"),
        states_per_lane=number(values, "states"),
    )


def _ans_decompress(values: Values) -> ctypes.Structure:
    return AnsDecompress(
        data_type=TYPES["int8"],
        max_sub_chunk_count=number(values, "sub_chunks"),
        states_per_lane=number(values, "states"),
        skip_validate=int(bool(values["trusting"])),
    )


def _lz4_compress(values: Values) -> ctypes.Structure:
    return Lz4Compress(bitshuffle_mode=BITSHUFFLES[str(values["bitshuffle"])])


def _lz4_decompress(values: Values) -> ctypes.Structure:
    return Lz4Decompress(bitshuffle_mode=BITSHUFFLES[str(values["bitshuffle"])])


def _bitcomp_compress(values: Values) -> ctypes.Structure:
    return BitcompCompress(
        algorithm=ALGORITHMS[str(values["algorithm"])], data_type=TYPES[str(values["type"])]
    )


FORMATS: dict[str, Format] = {
    "ans": Format(
        "ANS",
        "nvCOMP's rANS",
        (
            _chunk(1 << 24),
            Number("states", "rANS states of a lane", 2, 1, 2),
            Number(
                "sub_chunks",
                "parts of a chunk at most; 0: its choice",
                0,
                4,
                64,
                0,
                power_of_two=True,
            ),
            Switch("trusting", "whether it skips its validation of each chunk"),
        ),
        _ans_compress,
        _ans_decompress,
    ),
    "lz4": Format(
        "LZ4",
        "nvCOMP's LZ4",
        (
            _chunk(1 << 24),
            Choice("bitshuffle", "of the bits before, and from which", "none", tuple(BITSHUFFLES)),
        ),
        _lz4_compress,
        _lz4_decompress,
    ),
    "zstd": Format(
        "Zstd",
        "nvCOMP's Zstandard",
        (_chunk(1 << 24),),
        lambda _: ZstdCompress(),
        lambda _: BackendDecompress(),
    ),
    "bitcomp": Format(
        "Bitcomp",
        "nvCOMP's bitcomp",
        (
            _chunk(1 << 24),
            Choice("algorithm", "sparse is for many zeros", "default", tuple(ALGORITHMS)),
            Choice("type", "what it takes a weight for", "int8", tuple(TYPES)),
        ),
        _bitcomp_compress,
        lambda _: BackendDecompress(),
    ),
}
"""By the names of the peers, behind `nvcomp-`."""
