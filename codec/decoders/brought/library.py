"""Decoders in a shared library, called through the C functions of assets/templates/ranscope.h.

A library is loaded from a copy of its file: the linker gives a library out again as long as its file's inode is the
same, and one that is overwritten while it is loaded crashes.
"""

from __future__ import annotations

import ctypes
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.decoders.brought.code import Code
from codec.decoders.brought.layer import LAYER, READ, STEP, STRUCT_VERSION, Layer, struct_of
from codec.decoders.brought.output import Filled, GuardedBuffer, filled_twice, timed
from codec.errors import BroughtError

LINE_BUFFERED = 1
"""_IOLBF of C's `setvbuf`."""


class LibraryCode(Code):
    """A library with `ranscope_decode`, and perhaps `ranscope_reads`, `ranscope_trace` and `ranscope_error`."""

    def __init__(self, path: Path) -> None:
        """Loads it.

        Raises:
            BroughtError: it cannot be loaded, has no `ranscope_decode`, or was made for another struct.
        """
        super().__init__(path.name, (path,))
        flush_lines()
        self._library = _loaded(path)
        self._require_version()
        if self._function("ranscope_decode") is None:
            raise BroughtError(
                f"{self.name} has no function ranscope_decode: it must be exported under just this name, in C++ "
                'as extern "C"'
            )

    def decode(self, layer: Layer) -> Filled:
        """As `Code.decode`."""
        struct = _Struct(layer)
        function = self._function("ranscope_decode")

        def run(buffer: GuardedBuffer) -> tuple[float, str]:
            address = buffer.memory.ctypes.data + buffer.begin
            code, seconds = timed(lambda: function(struct.address, ctypes.c_void_p(address)))
            return seconds, self._complaint("ranscope_decode", code)

        filled = filled_twice(layer, self.name, run)
        if struct.changed:
            told = "it has overwritten what it was given to read"
            return replace(filled, notices=(*filled.notices, told))
        return filled

    def reads(self, layer: Layer) -> NDArray[Any] | None:
        """As `Code.reads`."""
        function = self._function("ranscope_reads")
        if function is None:
            return None
        struct, reads = _Struct(layer), np.zeros(len(layer.tiles), dtype=READ)
        code = function(struct.address, ctypes.c_void_p(reads.ctypes.data))
        if complaint := self._complaint("ranscope_reads", code):
            raise BroughtError(f"{self.name}: {complaint}")
        return reads

    def steps(self, layer: Layer, tile: int) -> NDArray[Any]:
        """As `Code.steps`."""
        function = self._function("ranscope_trace")
        if function is None:
            raise BroughtError(
                f"{self.name} records no steps: add a function ranscope_trace, as ranscope.h declares it"
            )
        function.restype = ctypes.c_int64
        capacity = int(layer.tiles["symbol_count"][tile])
        struct, steps = _Struct(layer), np.zeros(capacity, dtype=STEP)
        count = function(
            struct.address,
            ctypes.c_uint32(tile),
            ctypes.c_void_p(steps.ctypes.data),
            ctypes.c_uint64(capacity),
        )
        if count < 0:
            raise BroughtError(f"{self.name}: {self._complaint('ranscope_trace', int(count))}")
        if count > capacity:
            raise BroughtError(
                f"{self.name}: ranscope_trace returned {count:,} steps where there is room for {capacity:,}"
            )
        return steps[:count]

    def _function(self, name: str) -> Any:
        """A function of the library; None where it has none of that name."""
        try:
            return self._library[name]
        except AttributeError:
            return None

    def _complaint(self, function: str, code: int) -> str:
        """What it means that a function returned a number; "" for 0."""
        if not code:
            return ""
        told, meaning = self._function("ranscope_error"), ""
        if told is not None:
            told.restype = ctypes.c_char_p
            text = told(ctypes.c_int(code))
            meaning = f" ({text.decode('utf-8', 'replace')})" if text else ""
        return f"{function} returned {code}{meaning}"

    def _require_version(self) -> None:
        try:
            version = ctypes.c_uint32.in_dll(self._library, "ranscope_struct_version").value
        except ValueError:  # not compiled with our header; the struct itself says its version
            return
        if version != STRUCT_VERSION:
            raise BroughtError(
                f"{self.name} was compiled with a ranscope.h of version {version}, and version {STRUCT_VERSION} "
                "is spoken here: compile it with the ranscope.h that `ranscope new-decoder --kind c` writes"
            )


class _Struct:
    """The struct of a layer in this process's memory, with copies of all that it points to.

    Attributes:
        address: of the struct.
    """

    def __init__(self, layer: Layer) -> None:
        self._parts = {
            "file": layer.file,
            "tiles": layer.tiles.copy(),
            "frequencies": layer.frequencies.astype(np.uint32),
            "starts": layer.starts.astype(np.uint32),
        }
        self._wanted = {
            "tiles": layer.tiles,
            "frequencies": layer.frequencies,
            "starts": layer.starts,
        }
        addresses = {name: int(part.ctypes.data) for name, part in self._parts.items()}
        self._file_sum = _sum(layer.file)
        self._struct = struct_of(layer, **addresses)
        assert self._struct.nbytes == LAYER.itemsize
        self.address = ctypes.c_void_p(self._struct.ctypes.data)

    @property
    def changed(self) -> bool:
        """Whether somebody has written into what was only to be read."""
        same = (np.array_equal(self._parts[name], self._wanted[name]) for name in self._wanted)
        return not all(same) or _sum(self._parts["file"]) != self._file_sum


def _sum(data: NDArray[Any]) -> int:
    """A sum that changes with any one byte."""
    return int(np.sum(data, dtype=np.uint64))


def flush_lines() -> None:
    """Has C's stdout hand over each line: what it still holds when the process crashes is lost.

    Into a pipe it would only be written some thousand bytes at a time.
    """
    try:
        libc = ctypes.CDLL(None)
        stdout = ctypes.c_void_p.in_dll(libc, "stdout")
        libc.setvbuf(stdout, None, LINE_BUFFERED, ctypes.c_size_t(0))
    except (OSError, ValueError, AttributeError, TypeError):  # a C library that names it otherwise
        return


def _loaded(path: Path) -> ctypes.CDLL:
    """The library, from a copy of its file that has no name any more.

    Where the copy cannot be loaded, as one that looks for libraries beside it, the file itself is.

    Raises:
        BroughtError: it cannot be loaded.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="ranscope-") as folder:
            copy = Path(folder) / path.name
            shutil.copyfile(path, copy)
            return ctypes.CDLL(str(copy))
    except OSError:
        pass
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        reason = str(error).replace(str(path), path.name)
        raise BroughtError(f"{path.name} cannot be loaded: {reason}") from None
