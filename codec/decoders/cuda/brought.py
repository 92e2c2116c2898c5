"""CUDA source that was brought: compiled for the card as it is saved, and launched with guard bands around its output.

The one place outside of our own kernels where somebody's code runs on the card; what it does wrong there costs
the process, which is why brought decoders have one of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.decoders.brought.code import Code
from codec.decoders.brought.layer import READ, READ_AHEAD, STEP, Layer, struct_of
from codec.decoders.brought.output import Filled, GuardedBuffer, filled_twice
from codec.decoders.cuda.card import Card, NoCard, open_card, reported
from codec.decoders.cuda.clock import Clock
from codec.decoders.cuda.download import download
from codec.decoders.cuda.platform import card_platform
from codec.decoders.cuda.upload import Upload
from codec.decoders.platform import Platform
from codec.decoders.timing import Timing
from codec.errors import BroughtError, DeviceError
from kernels import compilation

HEADER = "ranscope.h"
"""Found by every source, wherever that stands."""

BLOCK_SIZE = 32
"""Threads of a block where the source does not define RANSCOPE_BLOCK_SIZE."""

KERNELS = ("ranscope_decode", "ranscope_reads", "ranscope_trace")
"""That a source may have; the first it must."""

MOST_THREADS = 1024
MOST_SHARED_BYTES = 227 << 10
"""Of a block, on any card there is."""

_ERROR = re.compile(r"^(.+?)\((\d+)\): (?:catastrophic |fatal )?error[^:]*: (.*)$", re.MULTILINE)


class Source(NamedTuple):
    """A source as the compiler gets it.

    Attributes:
        text: with its headers in their places.
        files: that it was made of.
        block_size: threads of a block.
        shared_bytes: of dynamic shared memory.
    """

    text: str
    files: tuple[Path, ...]
    block_size: int
    shared_bytes: int


def read_source(path: Path) -> Source:
    """A source with the headers of its folder, and ours.

    Raises:
        BroughtError: it cannot be read, or defines a launch that no card can do.
    """
    used = []

    def text_of(name: str) -> str | None:
        file = path.parent / name
        if not file.is_file():
            ours = files("assets") / "templates" / HEADER
            return ours.read_text(encoding="utf-8") if name == HEADER else None
        used.append(file)
        try:
            return file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise BroughtError(f"{file.name} cannot be opened: {error.strerror}") from None

    text = compilation.inlined(path.name, text_of)
    if not used:
        raise BroughtError(f"{path.name} cannot be opened: there is no such file")
    block = _defined(text, "RANSCOPE_BLOCK_SIZE", BLOCK_SIZE, (1, MOST_THREADS), path.name)
    shared = _defined(text, "RANSCOPE_SHARED_BYTES", 0, (0, MOST_SHARED_BYTES), path.name)
    return Source(text, tuple(used), block, shared)


def _defined(text: str, macro: str, usual: int, bounds: tuple[int, int], name: str) -> int:
    """The number that a source defines a macro as."""
    found = re.search(rf"^[ \t]*#[ \t]*define[ \t]+{macro}[ \t]+(\S+)", text, re.MULTILINE)
    if found is None:
        return usual
    least, most = bounds
    if not found[1].isdecimal() or not least <= int(found[1]) <= most:
        raise BroughtError(
            f"{name} defines {macro} as {found[1]}; it must be a plain number from {least} to {most:,}"
        )
    return int(found[1])


def compiler_sentence(name: str, log: str) -> str:
    """The first error of a compiler's log as one sentence with its file and line."""
    found = _ERROR.findall(log)
    if not found:
        return f"{name} does not compile: {' '.join(log.split())[:500]}"
    file, line, message = found[0]
    others = len(found) - 1
    follow = "1 more error follows" if others == 1 else f"{others:,} more errors follow"
    more = f" ({follow})" if others else ""
    return f"{file}, line {line}: {message}{more}"


def load_kernel(path: Path, card: Card | None = None) -> KernelCode:
    """The kernels of a source, compiled for the card.

    Args:
        path: of the source.
        card: the card; by default the current one.

    Raises:
        BroughtError: there is no card, or it does not compile.
    """
    source = read_source(path)
    try:
        return KernelCode(path.name, source, card or open_card())
    except NoCard as reason:
        raise BroughtError(f"{path.name} needs a card, and {reason}") from None


class KernelCode(Code):
    """A source with the kernel `ranscope_decode`, and perhaps `ranscope_reads` and `ranscope_trace`.

    Attributes:
        source: that it was compiled from.
    """

    def __init__(self, name: str, source: Source, card: Card) -> None:
        """Compiles it.

        Raises:
            BroughtError: it does not compile, or has no kernel `ranscope_decode`.
            DeviceError: the card cannot load it.
        """
        super().__init__(name, source.files)
        self.source = source
        self._card = card
        self._timing: Timing | None = None
        try:
            with self._named():
                self._kernels = compilation.compiled(source.text, KERNELS)
        except compilation.CompilationError as error:
            raise BroughtError(compiler_sentence(name, str(error)), str(error)) from None
        if "ranscope_decode" not in self._kernels:
            raise BroughtError(
                f"{name} has no kernel ranscope_decode: it must be declared as "
                'extern "C" __global__ void ranscope_decode(ranscope_layer layer, int8_t *weights)'
            )

    def decode(self, layer: Layer) -> Filled:
        """As `Code.decode`; of its time the first run is told.

        Raises:
            DeviceError: it did what the card does not allow.
        """
        self._timing = None

        def run(buffer: GuardedBuffer) -> tuple[float, str]:
            clock = Clock(self._card)
            self._launch("ranscope_decode", layer, buffer.memory, buffer.begin, clock=clock)
            timing = clock.timing
            self._timing = self._timing or timing
            return timing.total, ""

        with self._named():
            return filled_twice(layer, self.name, run)

    def reads(self, layer: Layer) -> NDArray[Any] | None:
        """As `Code.reads`."""
        if "ranscope_reads" not in self._kernels:
            return None
        reads = np.zeros(len(layer.tiles), dtype=READ)
        with self._named():
            self._launch("ranscope_reads", layer, reads.view(np.uint8))
        return reads

    def steps(self, layer: Layer, tile: int) -> NDArray[Any]:
        """As `Code.steps`."""
        if "ranscope_trace" not in self._kernels:
            raise BroughtError(
                f"{self.name} records no steps: add a kernel ranscope_trace, as ranscope.h describes it"
            )
        capacity = int(layer.tiles["symbol_count"][tile])
        memory = np.zeros(8 + capacity * STEP.itemsize, dtype=np.uint8)
        with self._named():
            self._launch("ranscope_trace", layer, memory, 8, tile=(tile, capacity))
        count = int(memory[:8].view("<u8")[0])
        if count > capacity:
            raise BroughtError(
                f"{self.name}: ranscope_trace counted {count:,} steps where there is room for {capacity:,}"
            )
        return memory[8:].view(STEP)[:count]

    def timing(self, seconds: float) -> Timing:
        """As `Code.timing`."""
        return self._timing or super().timing(seconds)

    def platform(self) -> Platform:
        """As `Code.platform`."""
        return card_platform(self._card)

    def _launch(
        self,
        kernel: str,
        layer: Layer,
        memory: NDArray[np.uint8],
        begin: int = 0,
        *,
        tile: tuple[int, int] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Has a kernel fill memory: a block for each tile, or, for the trace of one `(tile, capacity)`, one block.

        Args:
            kernel: its name.
            layer: its first argument.
            memory: u8[n], copied to the card before and back behind.
            begin: where in it the kernel's output begins; of a trace the count stands at the start.
            tile: of a trace.
            clock: counts the time.
        """
        card, clock = self._card, clock or Clock(self._card)
        if not len(layer.tiles) or not memory.size:
            return
        with clock.reading():
            upload = _upload(card, layer)
        device = card.cupy.empty(memory.size, dtype=np.uint8)
        device.set(memory)
        with clock.timed("transfer"):
            upload.device.data.copy_from_host_async(upload.host.ctypes.data, upload.host.nbytes)
        names = ("file", "tiles", "frequencies", "starts")
        struct = struct_of(layer, **{name: upload.address(name) for name in names})
        address = int(device.data.ptr)
        arguments: tuple[Any, ...] = (struct, np.uint64(address + begin))
        if tile is not None:
            number, capacity = np.uint32(tile[0]), np.uint64(tile[1])
            arguments = (struct, number, arguments[1], capacity, np.uint64(address))
        blocks = len(layer.tiles) if tile is None else 1
        with clock.timed("kernel"):
            self._run(kernel, blocks, arguments)
        with clock.copying_back():
            download(card, device, memory)

    def _run(self, kernel: str, blocks: int, arguments: tuple[Any, ...]) -> None:
        found, shared = self._kernels[kernel], self.source.shared_bytes
        if shared:
            found.max_dynamic_shared_size_bytes = shared
        found((blocks,), (self.source.block_size,), arguments, shared_mem=shared)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Has errors of the card name the code that ran."""
        try:
            with reported(self._card):
                yield
        except DeviceError as error:
            raise DeviceError(f"{self.name}: {error}") from None


def _upload(card: Card, layer: Layer) -> Upload:
    """All that the struct points to."""
    parts: dict[str, NDArray[Any]] = {
        "tiles": layer.tiles,
        "frequencies": layer.frequencies.astype(np.uint32),
        "starts": layer.starts.astype(np.uint32),
    }
    sizes = {
        "file": len(layer.file) + READ_AHEAD,
        **{name: part.nbytes for name, part in parts.items()},
    }
    upload = Upload.of_sections(card, sizes)
    upload.put("file", layer.file)
    end = upload.offsets["file"] + len(layer.file)
    upload.host[end : end + READ_AHEAD] = 0
    for name, part in parts.items():
        upload.put(name, part)
    return upload
