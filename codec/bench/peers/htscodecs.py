"""The rANS coders of CRAM, through the C functions of the system's library: 4 lanes of scalars, or 32 in vectors."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from codec.bench.data import Matrix
from codec.bench.peers.options import Option, Switch, Value
from codec.errors import DecodeError, InputError

LIBRARIES = ("libhtscodecs.so.2", "libhtscodecs.so")
"""By the names under which the system's loader knows it; Debian and Ubuntu have it as `libhtscodecs2`."""

MISSING = "the system has no htscodecs: apt install libhtscodecs2, or your system's package of it"

SCALARS, VECTORS = 0x00, 0x04
"""Of `order`: order 0 with 4 lanes, or with 32 (`RANS_ORDER_X32` in htscodecs' rANS_static4x16.h)."""

MOST_BYTES = 1 << 30
"""That are coded at once: its sizes are of 32 bits, and it refuses far less than all of them."""

OPTIONS: tuple[Option, ...] = (
    Switch("vectors", "32 lanes in the widest vectors of the processor; else 4 of scalars", True),
)


def open_library() -> Any:
    """The library, its functions declared.

    Raises:
        OSError, AttributeError: there is none, or it is another.
    """
    found = None
    for name in LIBRARIES:
        try:
            found = ctypes.CDLL(name)
            break
        except OSError:
            continue
    if found is None:
        raise OSError(MISSING)
    bytes_, count = ctypes.c_void_p, ctypes.c_uint
    found.rans_compress_bound_4x16.argtypes = (count, ctypes.c_int)
    found.rans_compress_bound_4x16.restype = count
    size = ctypes.POINTER(count)
    found.rans_compress_to_4x16.argtypes = (bytes_, count, bytes_, size, ctypes.c_int)
    found.rans_compress_to_4x16.restype = bytes_
    found.rans_uncompress_to_4x16.argtypes = (bytes_, count, bytes_, size)
    found.rans_uncompress_to_4x16.restype = bytes_
    found.htscodecs_version.argtypes = ()
    found.htscodecs_version.restype = ctypes.c_char_p
    return found


def missing() -> str:
    """Why it cannot run here; "" where it can."""
    try:
        open_library()
    except OSError as error:
        return str(error)
    except AttributeError as error:
        return f"the system's htscodecs is another than is known here: {error}"
    return ""


def version() -> str:
    """Of the library; "" where there is none."""
    return "" if missing() else str(open_library().htscodecs_version().decode("ascii", "replace"))


class Htscodecs:
    """A `processor.Coder`: order 0, one stream for the whole matrix, its table within it."""

    name = "htscodecs"
    threads = 1

    def __init__(self, library: Any, options: dict[str, Value]) -> None:
        self._library, self._order = library, VECTORS if options["vectors"] else SCALARS

    def encode(self, weights: Matrix) -> Matrix:
        """As `Coder.encode`; raises InputError for what it refuses."""
        if weights.size > MOST_BYTES:
            raise InputError(f"htscodecs codes at most {MOST_BYTES:,} weights at once")
        room = self._library.rans_compress_bound_4x16(weights.size, self._order)
        stored, size = np.empty(room, dtype=np.int8), ctypes.c_uint(room)
        done = self._library.rans_compress_to_4x16(
            weights.ctypes.data, weights.size, stored.ctypes.data, ctypes.byref(size), self._order
        )
        if not done:
            raise InputError("htscodecs cannot encode these weights")
        return stored[: size.value]

    def decode(self, stored: Matrix, shape: tuple[int, int]) -> Matrix:
        """As `Coder.decode`; raises DecodeError for what it refuses."""
        weights, size = np.empty(shape, dtype=np.int8), ctypes.c_uint(shape[0] * shape[1])
        done = self._library.rans_uncompress_to_4x16(
            stored.ctypes.data, stored.size, weights.ctypes.data, ctypes.byref(size)
        )
        if not done or size.value != weights.size:
            raise DecodeError("htscodecs refuses what it has encoded")
        return weights

    def size(self, stored: Matrix) -> int:
        """As `Coder.size`."""
        return int(stored.size)

    def parts(self, stored: Matrix) -> int:
        """As `Coder.parts`: one stream."""
        return 1
