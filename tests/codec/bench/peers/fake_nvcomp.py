"""nvCOMP's functions on an emulated card: they take what ctypes would hand over, and pack with zlib."""

from __future__ import annotations

import ctypes
import zlib
from typing import Any

import numpy as np

from codec.bench.peers.nvcomp.library import Properties
from tests.codec.emulated_card import memory

CANNOT_DECOMPRESS = 12
MORE = 64
"""Bytes that a chunk may take beside its own length."""


def numbers(pointer: Any, count: int, dtype: str = "<u8") -> Any:
    """The array on the card that an argument points to."""
    return memory(pointer.value, count * np.dtype(dtype).itemsize).view(dtype)


class FakeLibrary:
    """Keeps the options that it was given, by the name of the function.

    Attributes:
        refuses: names of functions, behind the prefix, that return a status.
        breaks: whether decompressing changes a byte of every chunk.
    """

    def __init__(self, version: int = 6000) -> None:
        self.version = version
        self.options: dict[str, ctypes.Structure] = {}
        self.refuses: dict[str, int] = {}
        self.breaks = False
        self.calls: list[str] = []

    def nvcompGetProperties(self, properties: Any) -> int:  # noqa: N802
        ctypes.cast(properties, ctypes.POINTER(Properties)).contents.version = self.version
        return 0

    def __getattr__(self, name: str) -> Any:
        for ending, function in (
            ("CompressGetMaxOutputChunkSize", self._most),
            ("DecompressGetTempSize", self._room),
            ("CompressGetTempSize", self._room),
            ("DecompressAsync", self._decompress),
            ("CompressAsync", self._compress),
        ):
            if name.startswith("nvcompBatched") and name.endswith(ending):
                return lambda *arguments: self._called(name, ending, function, arguments)
        raise AttributeError(name)

    def _called(self, name: str, ending: str, function: Any, arguments: Any) -> int:
        self.calls.append(name)
        self.options[ending] = next(a for a in arguments if isinstance(a, ctypes.Structure))
        assert ctypes.sizeof(self.options[ending]) == 64
        return self.refuses.get(ending) or function(*arguments) or 0

    def _most(self, chunk: Any, options: Any, found: Any) -> None:
        set_number(found, chunk.value + MORE)

    def _room(
        self, chunks: Any, chunk: Any, options: Any, found: Any, total: Any, stream: Any
    ) -> None:
        assert (chunks.value - 1) * chunk.value < total.value <= chunks.value * chunk.value
        set_number(found, 16)

    def _compress(
        self, pointers: Any, sizes: Any, chunk: Any, chunks: Any, room: Any, room_size: Any,
        outputs: Any, written: Any, options: Any, statuses: Any, stream: Any,
    ) -> None:  # fmt: skip
        count = chunks.value
        for i, (at, size, to) in enumerate(
            zip(
                numbers(pointers, count),
                numbers(sizes, count),
                numbers(outputs, count),
                strict=True,
            )
        ):
            assert at % 16 == to % 16 == 0
            assert size <= chunk.value
            packed = np.frombuffer(
                zlib.compress(memory(at, int(size)).tobytes(), 1), dtype=np.uint8
            )
            assert len(packed) <= chunk.value + MORE
            memory(to, len(packed))[:] = packed
            numbers(written, count)[i] = len(packed)
        numbers(statuses, count, "<i4")[:] = 0

    def _decompress(
        self, pointers: Any, sizes: Any, room_of: Any, written: Any, chunks: Any, room: Any,
        room_size: Any, outputs: Any, options: Any, statuses: Any, stream: Any,
    ) -> None:  # fmt: skip
        count = chunks.value
        for i in range(count):
            at, size = numbers(pointers, count)[i], int(numbers(sizes, count)[i])
            try:
                plain = bytearray(zlib.decompress(memory(at, size).tobytes()))
            except zlib.error:
                numbers(statuses, count, "<i4")[i] = CANNOT_DECOMPRESS
                continue
            plain[0] ^= self.breaks
            assert len(plain) == numbers(room_of, count)[i]
            memory(numbers(outputs, count)[i], len(plain))[:] = np.frombuffer(plain, dtype=np.uint8)
            numbers(written, count)[i] = len(plain)
            numbers(statuses, count, "<i4")[i] = 0


def set_number(found: Any, value: int) -> None:
    ctypes.cast(found, ctypes.POINTER(ctypes.c_size_t)).contents.value = value
