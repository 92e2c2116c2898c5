"""nvCOMP's ANS through its C functions, as the peer of our GPU decoder: they time more cleanly than its classes.

The library comes as a wheel, `nvidia-libnvcomp-cu12` or `-cu13`, which is not among our dependencies. Everything
is on the card: chunks of one length, a pointer and a size for each.
"""

from __future__ import annotations

import ctypes
import site
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

CHAR = 0
SUCCESS = 0


class CompressOptions(ctypes.Structure):
    """nvcompBatchedANSCompressOpts_t."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("data_type", ctypes.c_int),
        ("max_sub_chunk_count", ctypes.c_uint8),
        ("states_per_lane", ctypes.c_uint8),
        ("histogram_reduction_log2", ctypes.c_uint8),
        ("reserved", ctypes.c_char * 53),
    )


class DecompressOptions(ctypes.Structure):
    """nvcompBatchedANSDecompressOpts_t."""

    _fields_ = (
        ("backend", ctypes.c_int),
        ("data_type", ctypes.c_int),
        ("max_sub_chunk_count", ctypes.c_uint8),
        ("states_per_lane", ctypes.c_uint8),
        ("skip_validate", ctypes.c_uint8),
        ("reserved", ctypes.c_char * 53),
    )


@dataclass(frozen=True)
class Settings:
    """How nvCOMP is used.

    Attributes:
        chunk: bytes that are compressed at a time.
        states: rANS states of a lane: 1 or 2.
        sub_chunks: parts of a chunk at most; 0 for the library's own choice.
        trusting: whether it skips its validation of each chunk.
    """

    chunk: int
    states: int
    sub_chunks: int = 0
    trusting: bool = False

    @property
    def words(self) -> str:
        """The settings for a person."""
        checks = ", no validation" if self.trusting else ""
        parts = f", {self.sub_chunks} sub chunks" if self.sub_chunks else ""
        return f"{self.chunk >> 10} KiB chunks, {self.states} states a lane{parts}{checks}"


def library() -> ctypes.CDLL | None:
    """The library as its wheel installs it; None where there is none."""
    folders = [*sys.path, *site.getsitepackages()]
    for folder in map(Path, folders):
        for path in sorted((folder / "nvidia" / "libnvcomp" / "lib64").glob("libnvcomp.so.*")):
            return ctypes.CDLL(str(path))
    return None


class Ans:
    """One array on the card, compressed and decompressed.

    Attributes:
        compressed: bytes of all chunks, and of the sizes that a container would need: 4 a chunk.
    """

    def __init__(self, functions: ctypes.CDLL, cupy: Any, data: Any, settings: Settings) -> None:
        """Compresses.

        Args:
            functions: the library.
            cupy: the module.
            data: u8[any] on the card, a multiple of the chunk long.
            settings: of the library.
        """
        self._functions, self._cupy, self._settings = functions, cupy, settings
        self._chunks = len(data) // settings.chunk
        self._options = CompressOptions(0, CHAR, settings.sub_chunks, settings.states, 0, b"")
        most = self._number(
            "CompressGetMaxOutputChunkSize", ctypes.c_size_t(settings.chunk), self._options
        )
        self._room = -(-most // 256) * 256
        self._from = self._pointers(data, settings.chunk)
        self._sizes = cupy.full(self._chunks, settings.chunk, dtype=np.uint64)
        self._packed = cupy.zeros(self._chunks * self._room, dtype=np.uint8)
        self._to = self._pointers(self._packed, self._room)
        self._packed_sizes = cupy.zeros(self._chunks, dtype=np.uint64)
        self._statuses = cupy.zeros(self._chunks, dtype=np.int32)
        self._compress_room = self._temporary("CompressGetTempSize", self._options, len(data))
        self.compress()
        self._check()
        self.compressed = int(self._packed_sizes.sum()) + 4 * self._chunks
        self._decompress_options = DecompressOptions(
            0, CHAR, settings.sub_chunks, settings.states, int(settings.trusting), b""
        )
        self._decompress_room = self._temporary(
            "DecompressGetTempSize", self._decompress_options, len(data)
        )

    def compress(self) -> None:
        """Queues the compression of all chunks."""
        size = ctypes.c_size_t
        self._call(
            "CompressAsync", _at(self._from), _at(self._sizes), size(self._settings.chunk),
            size(self._chunks), _at(self._compress_room), size(len(self._compress_room)),
            _at(self._to), _at(self._packed_sizes), self._options, _at(self._statuses), self._stream(),
        )  # fmt: skip

    def decompress(self, output: Any) -> None:
        """Queues the decompression of all chunks into u8[as many as there were]."""
        if getattr(self, "_into", None) is not output:
            self._into, self._out = output, self._pointers(output, self._settings.chunk)
            self._written = self._cupy.zeros(self._chunks, dtype=np.uint64)
        size = ctypes.c_size_t
        self._call(
            "DecompressAsync", _at(self._to), _at(self._packed_sizes), _at(self._sizes),
            _at(self._written), size(self._chunks), _at(self._decompress_room),
            size(len(self._decompress_room)), _at(self._out), self._decompress_options,
            _at(self._statuses), self._stream(),
        )  # fmt: skip

    def _check(self) -> None:
        failed = int((self._statuses != SUCCESS).sum())
        if failed:
            raise RuntimeError(f"nvCOMP failed on {failed:,} of {self._chunks:,} chunks")

    def _pointers(self, array: Any, stride: int) -> Any:
        base = np.uint64(array.data.ptr)
        return self._cupy.asarray(
            base + np.arange(self._chunks, dtype=np.uint64) * np.uint64(stride)
        )

    def _temporary(self, name: str, options: ctypes.Structure, total: int) -> Any:
        chunk = ctypes.c_size_t(self._settings.chunk)
        found = ctypes.c_size_t()
        self._call(
            name, ctypes.c_size_t(self._chunks), chunk, options, ctypes.byref(found),
            ctypes.c_size_t(total), self._stream(),
        )  # fmt: skip
        return self._cupy.zeros(max(found.value, 1), dtype=np.uint8)

    def _number(self, name: str, *arguments: Any) -> int:
        found = ctypes.c_size_t()
        self._call(name, *arguments, ctypes.byref(found))
        return found.value

    def _stream(self) -> ctypes.c_void_p:
        return ctypes.c_void_p(self._cupy.cuda.get_current_stream().ptr)

    def _call(self, name: str, *arguments: Any) -> None:
        status = getattr(self._functions, f"nvcompBatchedANS{name}")(*arguments)
        if status != SUCCESS:
            raise RuntimeError(f"nvcompBatchedANS{name} returns {status}")


def _at(array: Any) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.data.ptr)
