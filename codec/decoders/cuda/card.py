"""The card: whether there is one that can be used, why not, how much memory it has left, and its kernels.

The only module that imports cupy and `kernels`. cupy is asked for memory, copies, events and launches alone,
never for arithmetic: so that a driver and NVRTC are all it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.errors import DeviceError, DeviceMemory
from kernels import compilation

DECODE_THREADS = 128
"""Threads of a block that decodes."""

UNDO_THREADS = 256
"""Threads of a block that undoes the prediction of a tile."""

SMALL_SOURCES = ("decode.cu", "trace.cu", "prediction.cu", "lanes_top.cu")
"""What is compiled when the card is opened; the rest takes seconds, and waits until it is needed."""

MOST_WARPS = 32
"""Warps of a block."""

DECLARED_SHARED_BYTES = 48 << 10
"""Shared memory that every card grants a block."""

SHARE_OF_FREE = 0.9
"""Of the memory that the card says is free, what is used at most: it is shared with other programs."""

INSTALL = 'pip install "cupy-cuda12x[ctk]", or "cupy-cuda13x[ctk]" with a driver for CUDA 13'


class NoCard(Exception):
    """No card can be used here; the message is one sentence that says why, and what to do."""


class Card:
    """The current CUDA device.

    Attributes:
        cupy: the module.
        kernels: by name.
        name: of the card.
        processors: its multiprocessors.
    """

    def __init__(self, cupy: Any, decode_threads: int = DECODE_THREADS) -> None:
        """Compiles the kernels, or finds them in cupy's cache.

        Args:
            cupy: the module.
            decode_threads: of a block that decodes.

        Raises:
            CompilationError: they do not compile.
        """
        self.cupy = cupy
        properties = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)
        self.name: str = properties["name"].decode()
        self.processors = int(properties["multiProcessorCount"])
        self.decode_threads = decode_threads
        threads = {"decode.cu": decode_threads, "prediction.cu": UNDO_THREADS}
        self.kernels: dict[str, Any] = {}
        for source in SMALL_SOURCES:
            defines = {"THREADS": threads[source]} if source in threads else {}
            self.kernels.update(compilation.load(source, defines))
        self._shared_bytes = int(properties.get("sharedMemPerBlockOptin", DECLARED_SHARED_BYTES))
        self._compiled: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._staging = np.zeros(0, dtype=np.uint8)

    def lane_kernels(self, scale_bits: int, *, narrow: bool) -> dict[str, Any]:
        """The kernels that decode native streams.

        Args:
            scale_bits: log2 of the slots of their tables.
            narrow: how those are packed: see kernels/lanes.cuh.

        Raises:
            CompilationError: they do not compile.
        """
        kernels = self._late("lanes_decode.cu", TABLE_BITS=scale_bits, NARROW=int(narrow))
        for kernel in kernels.values():
            kernel.max_dynamic_shared_size_bytes = self._shared_bytes
        return kernels

    def trace_kernels(self, scale_bits: int) -> dict[str, Any]:
        """The kernels that trace native streams.

        Raises:
            CompilationError: they do not compile.
        """
        return self._late("lanes_trace.cu", TABLE_BITS=scale_bits)

    def encode_kernels(self, scale_bits: int) -> dict[str, Any]:
        """The kernels that encode native streams.

        Raises:
            CompilationError: they do not compile.
        """
        return self._late("lanes_encode.cu", TABLE_BITS=scale_bits)

    def _late(self, source: str, **defines: int) -> dict[str, Any]:
        """Kernels that are compiled when they are first asked for."""
        key = (source, *sorted(defines.items()))
        if key not in self._compiled:
            self._compiled[key] = compilation.load(source, defines)
        return self._compiled[key]

    def lane_warps(self, tiles: int, table_bytes: int, ring_bytes: int) -> int:
        """Warps of a block that decodes native streams, a tile each.

        As many as share one table, but no more than it takes to give every multiprocessor a block.
        """
        fit = (self._shared_bytes - table_bytes) // ring_bytes
        wanted = -(-tiles // self.processors)
        warps = 1
        while warps * 2 <= min(fit, MOST_WARPS) and warps < wanted:
            warps *= 2
        return warps

    def staging(self, size: int) -> NDArray[np.uint8]:
        """u8[size] in pinned memory that is kept, for whoever copies through it and waits for the copy."""
        if len(self._staging) < size:
            self._staging = self.pinned(size)
        return self._staging[:size]

    def pinned(self, size: int) -> NDArray[np.uint8]:
        """u8[size] in memory that the card copies from and to without a detour; not cleared."""
        memory = self.cupy.cuda.alloc_pinned_memory(max(size, 1))
        return np.frombuffer(memory, dtype=np.uint8, count=size)

    def free_bytes(self) -> int:
        """Memory that can be asked for now: what the card has left, and what cupy keeps for us."""
        free, _ = self.cupy.cuda.Device().mem_info
        kept = self.cupy.get_default_memory_pool().free_bytes()
        return int(free * SHARE_OF_FREE) + int(kept)


@cache
def _found() -> Card | NoCard:
    """The card, or why there is none: the same for as long as the process lives."""
    try:
        import cupy
    except ImportError as error:
        if error.name == "cupy":
            return NoCard(f"cupy is not installed: {INSTALL}")
        return NoCard(f"cupy is installed but cannot be loaded: {error}")
    try:
        _require_device(cupy)
        return Card(cupy)
    except NoCard as reason:
        return reason
    except Exception as error:  # whatever cupy, the driver or the compiler come up with
        return NoCard(_unexpected(error))


def open_card() -> Card:
    """The card.

    Raises:
        NoCard: none can be used.
    """
    found = _found()
    if isinstance(found, NoCard):
        raise found
    return found


def _require_device(cupy: Any) -> None:
    """Raises NoCard where there is no driver, or no card, or the driver is too old."""
    runtime = cupy.cuda.runtime
    driver = int(runtime.driverGetVersion())
    if driver == 0:
        raise NoCard(
            "there is no NVIDIA driver on this machine: install the one for its card, or use a machine with a card"
        )
    try:
        devices = int(runtime.getDeviceCount())
    except runtime.CUDARuntimeError as error:
        wanted = int(runtime.runtimeGetVersion())
        if driver < wanted // 1000 * 1000:
            raise NoCard(
                f"the NVIDIA driver is for CUDA {cuda_version(driver)} but cupy for CUDA {cuda_version(wanted)}: "
                "update the driver, or install the cupy that fits it"
            ) from None
        raise NoCard(f"there is a driver but no NVIDIA card that CUDA can use: {error}") from None
    if devices == 0:
        raise NoCard("there is a driver but no NVIDIA card that CUDA can use")


def cuda_version(number: int) -> str:
    """CUDA's version number as people write it: 12040 is 12.4."""
    return f"{number // 1000}.{number % 1000 // 10}"


def _unexpected(error: Exception) -> str:
    """One sentence for an error of the driver or of the compiler."""
    text = "; ".join(line.strip() for line in str(error).splitlines() if line.strip())
    if isinstance(error, compilation.CompilationError):
        return f"the CUDA kernels do not compile on this machine: {text}"
    if "nvrtc" in text.lower():
        return f"cupy does not find CUDA's run-time compiler: {text}; {INSTALL}"
    return f"the card cannot be used: {type(error).__name__}: {text}"


@contextmanager
def reported(card: Card) -> Iterator[None]:
    """Turns what CUDA raises meanwhile into a DecodeError of one sentence: `DeviceMemory` or `DeviceError`.

    Too little memory can be freed; after any other error the process gets nothing from CUDA but errors.
    """
    cuda = card.cupy.cuda
    errors = (cuda.runtime.CUDARuntimeError, cuda.driver.CUDADriverError)
    try:
        yield
    except cuda.memory.OutOfMemoryError as error:
        free = card.free_bytes()
        raise DeviceMemory(f"the card is out of memory, {free:,} bytes are free: {error}") from None
    except errors as error:
        raise DeviceError(f"the card failed: {error}") from None
