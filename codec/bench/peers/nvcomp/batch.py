"""One array on the card, cut into chunks, compressed and decompressed by nvCOMP: buffers, pointers and calls."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np

from codec.bench.peers.nvcomp.formats import Format, Values
from codec.bench.peers.nvcomp.library import SUCCESS, call, words
from codec.bench.peers.options import number
from codec.errors import DecodeError

SIZE_BYTES = 4
"""What a container would need to say how long a compressed chunk is; counted with what is stored."""

ROOM_ALIGNMENT = 256
"""Of the chunks' places: more than any format asks for, and what the card likes best."""

OVERWRITTEN = 0xA5
"""What `Packed.clear` puts everywhere."""


@dataclass(frozen=True, eq=False)
class Packed:
    """Compressed chunks on the card.

    Attributes:
        data: u8[chunks × room].
        pointers: u64[chunks], where each begins.
        sizes: u64[chunks], how long each is.
    """

    data: Any
    pointers: Any
    sizes: Any

    def stored_bytes(self) -> int:
        """Of all chunks, and of their sizes."""
        sizes = self.sizes.get()
        return int(sizes.sum()) + SIZE_BYTES * len(sizes)

    def clear(self) -> None:
        """Overwrites it."""
        self.data.data.memset(OVERWRITTEN, self.data.nbytes)
        self.sizes.data.memset(0, self.sizes.nbytes)


class Batch:
    """Compresses one array, and decompresses what it was compressed to.

    Attributes:
        chunks: how many.
    """

    def __init__(self, library: Any, cupy: Any, data: Any, layout: Format, values: Values) -> None:
        """Makes all room; nothing is compressed yet.

        Args:
            library: nvCOMP.
            cupy: the module.
            data: u8[any but 0] on the card; the last chunk may be shorter than the others.
            layout: which of its formats.
            values: all options of it.

        Raises:
            DecodeError: nvCOMP refuses.
        """
        self._library, self._cupy, self._prefix = library, cupy, f"nvcompBatched{layout.prefix}"
        self._data, self._total, self._chunk = data, len(data), number(values, "chunk")
        self.chunks = -(-self._total // self._chunk)
        self._compress_options = layout.compress(values)
        self._decompress_options = layout.decompress(values)
        sizes = np.full(self.chunks, self._chunk, dtype=np.uint64)
        sizes[-1] = self._total - (self.chunks - 1) * self._chunk
        self._from, self._sizes = self._pointers(data, self._chunk), cupy.asarray(sizes)
        self._room = self._most_compressed()
        self._statuses = cupy.zeros(self.chunks, dtype=np.int32)
        self._written = cupy.zeros(self.chunks, dtype=np.uint64)
        self._compress_room = self._temporary("Compress", self._compress_options)
        self._decompress_room = self._temporary("Decompress", self._decompress_options)
        self._outputs: dict[int, Any] = {}

    def packed(self) -> Packed:
        """Room for all chunks, compressed."""
        data = self._cupy.zeros(self.chunks * self._room, dtype=np.uint8)
        sizes = self._cupy.zeros(self.chunks, dtype=np.uint64)
        return Packed(data, self._pointers(data, self._room), sizes)

    def compress(self, into: Packed) -> None:
        """Queues the compression of all chunks.

        Raises:
            DecodeError: nvCOMP refuses; what becomes of the chunks says `failure` when the card has done.
        """
        self._call(
            "CompressAsync", _at(self._from), _at(self._sizes), _size(self._chunk),
            _size(self.chunks), _at(self._compress_room), _size(len(self._compress_room)),
            _at(into.pointers), _at(into.sizes), self._compress_options, _at(self._statuses),
            self._stream(),
        )  # fmt: skip

    def decompress(self, packed: Packed, output: Any) -> None:
        """Queues the decompression of all chunks into u8[as many as there were] on the card; errors as `compress`."""
        self._call(
            "DecompressAsync", _at(packed.pointers), _at(packed.sizes), _at(self._sizes),
            _at(self._written), _size(self.chunks), _at(self._decompress_room),
            _size(len(self._decompress_room)), _at(self._pointers_into(output)),
            self._decompress_options, _at(self._statuses), self._stream(),
        )  # fmt: skip

    def failure(self) -> str:
        """What the last work that was queued failed at, as one sentence; "" where it did not. Waits for the card."""
        statuses = self._statuses.get()
        failed = statuses[statuses != SUCCESS]
        if not len(failed):
            return ""
        return f"nvCOMP fails on {len(failed):,} of {self.chunks:,} chunks: {words(int(failed[0]))}"

    def _most_compressed(self) -> int:
        """Bytes that a chunk may take, compressed."""
        found = ctypes.c_size_t()
        self._call(
            "CompressGetMaxOutputChunkSize", _size(self._chunk), self._compress_options,
            ctypes.byref(found),
        )  # fmt: skip
        if found.value < 1:
            raise DecodeError("nvCOMP says that a compressed chunk takes no bytes")
        return -(-found.value // ROOM_ALIGNMENT) * ROOM_ALIGNMENT

    def _temporary(self, way: str, options: ctypes.Structure) -> Any:
        """Memory of the card for itself."""
        found = ctypes.c_size_t()
        self._call(
            f"{way}GetTempSize", _size(self.chunks), _size(self._chunk), options,
            ctypes.byref(found), _size(self._total), self._stream(),
        )  # fmt: skip
        return self._cupy.zeros(max(found.value, 1), dtype=np.uint8)

    def _pointers_into(self, output: Any) -> Any:
        """Where each chunk of an output begins; kept, so that it is uploaded once."""
        address = int(output.data.ptr)
        if address not in self._outputs:
            self._outputs[address] = self._pointers(output, self._chunk)
        return self._outputs[address]

    def _pointers(self, array: Any, stride: int) -> Any:
        places = np.arange(self.chunks, dtype=np.uint64) * np.uint64(stride)
        return self._cupy.asarray(np.uint64(array.data.ptr) + places)

    def _stream(self) -> ctypes.c_void_p:
        return ctypes.c_void_p(self._cupy.cuda.get_current_stream().ptr)

    def _call(self, name: str, *arguments: Any) -> None:
        call(self._library, f"{self._prefix}{name}", *arguments)


def _size(value: int) -> ctypes.c_size_t:
    return ctypes.c_size_t(value)


def _at(array: Any) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.data.ptr)
