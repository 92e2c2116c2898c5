"""What decoders do for the window, as plain data: the same work in a worker thread or in the child.

`child_tasks` has what the child needs beside them. Nothing here imports Qt.
"""

from __future__ import annotations

import time
import zlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from app.debug_place import Course
from app.debug_walks import WalkOf, Walks
from app.trace_window import TRACE_STEPS
from codec import decoders
from codec.container import Container, Tensor
from codec.decoders.base import DecodedTile, Decoder, Tick
from codec.decoders.brought.naming import is_brought, title_of
from codec.decoders.timing import Run
from codec.prediction import needs, needs_all
from codec.trace import Trace

WALKED = ("cpu", "reference")
"""Decoders whose walks lay checkpoints: from those, any stretch of a long stream is quickly traced."""


@dataclass(frozen=True, eq=False)
class DecodedTiles:
    """Some tiles by index, those that they need included, and the run that they came of.

    Attributes:
        notice: what the decoder had to say beside them, as one sentence; else "".
    """

    tiles: dict[int, DecodedTile]
    run: Run
    notice: str = ""


@dataclass(frozen=True, eq=False)
class DecodedWhole:
    """What is left of a whole tensor that was decoded to be measured; the weights themselves are not kept.

    Attributes:
        run: how long it took.
        tiles: how many there are.
        failed: int64[any], those whose weights are not to be trusted.
        checksum: CRC-32 of the weights, row by row: equal weights have equal ones.
        checkpoint_interval: symbols between the checkpoints that it started from; 0 without.
        notice: what the decoder had to say beside the weights, as one sentence; else "".
    """

    run: Run
    tiles: int
    failed: tuple[int, ...]
    checksum: int
    checkpoint_interval: int = 0
    notice: str = ""


@dataclass(frozen=True, eq=False)
class TracedTile:
    """Steps of a tile.

    Attributes:
        notice: what the decoder had to say beside them, as one sentence; else "".
    """

    trace: Trace
    notice: str = ""


def brought_name(decoder: str) -> str:
    """What messages call a decoder that the user brought; "" for one of ours."""
    return title_of(decoder) if is_brought(decoder) else ""


@dataclass(frozen=True, eq=False)
class FileTask(ABC):
    """Work on one tensor of a file.

    Attributes:
        tensor: its index.
    """

    tensor: int

    @property
    def brought(self) -> str:
        """As `Task.brought`."""
        return ""

    @abstractmethod
    def run_on(self, container: Container, tick: Tick) -> object:
        """Does the work.

        Raises:
            RanscopeError: it cannot be done, for a reason that a person can be told.
            Cancelled: `tick` said so.
        """


@dataclass(frozen=True, eq=False)
class DecoderTask(FileTask):
    """Work on one tensor of a file by one decoder.

    Attributes:
        decoder: the decoder's name.
    """

    decoder: str

    @property
    def brought(self) -> str:
        """As `Task.brought`."""
        return brought_name(self.decoder)

    def run_on(self, container: Container, tick: Tick) -> object:
        """Does the work.

        Raises:
            DecodeError: the decoder cannot run here, or nothing can be decoded.
            Cancelled: `tick` said so.
        """
        decoder = decoders.make(self.decoder)
        # Asked first, so that opening a card and loading its kernels is not counted as decoding.
        decoder.require_available()
        return self._work(decoder, container, container.tensors[self.tensor], tick)

    @abstractmethod
    def _work(self, decoder: Decoder, container: Container, tensor: Tensor, tick: Tick) -> object:
        """Does the work with the decoder, on the tensor."""


@dataclass(frozen=True, eq=False)
class DecodeTiles(DecoderTask):
    """Decodes some tiles; the result is `DecodedTiles`.

    Attributes:
        tiles: their indices.
        known: tiles decoded before, which they may be predicted from.
    """

    tiles: tuple[int, ...]
    known: Mapping[int, DecodedTile] = field(default_factory=dict)

    def without_needless(self, tensor: Tensor) -> DecodeTiles:
        """The same with only those known tiles that the wanted ones are predicted from."""
        known = self.known
        wanted = {n for tile in self.tiles for n in needs_all(tensor, tile, known.__contains__)}
        read = {n for tile in wanted for n in needs(tensor, tile)} | set(self.tiles)
        return replace(self, known={tile: known[tile] for tile in read if tile in known})

    def _work(
        self, decoder: Decoder, container: Container, tensor: Tensor, tick: Tick
    ) -> DecodedTiles:
        begin = time.perf_counter()
        tiles = decoder.decode_tiles(container, tensor, self.tiles, self.known)
        seconds = time.perf_counter() - begin
        weights = sum(tile.weights.size for n, tile in tiles.items() if n not in self.known)
        return DecodedTiles(tiles, _run(decoder, weights, seconds), decoder.notice)


@dataclass(frozen=True, eq=False)
class DecodeWhole(DecoderTask):
    """Decodes a whole tensor, to measure how long it takes; the result is `DecodedWhole`."""

    def _work(
        self, decoder: Decoder, container: Container, tensor: Tensor, tick: Tick
    ) -> DecodedWhole:
        begin = time.perf_counter()
        decoded = decoder.decode(container, tensor, tick)
        run = _run(decoder, decoded.weights.size, time.perf_counter() - begin)
        failed = tuple(int(tile) for tile in decoded.failed)
        checksum = zlib.crc32(np.ascontiguousarray(decoded.weights).data)
        return DecodedWhole(
            run, len(tensor.tiles), failed, checksum, decoder.checkpoint_interval, decoder.notice
        )


@dataclass(frozen=True, eq=False)
class TraceTile(DecoderTask):
    """Traces the steps from `first` to before `last` of one tile; the result is a `TracedTile`."""

    tile: int
    first: int
    last: int

    def serves(self, tensor: Tensor, tile: int | None, symbol: int | None) -> bool:
        """Whether it brings the step of a symbol, or of none in particular."""
        if (self.tensor, self.tile) != (tensor.index, tile):
            return False
        count = tensor.symbol_count(self.tile)
        step = self.first if symbol is None else tensor.interleaving.step_of(symbol, count)
        return self.first <= step < self.last

    def run_with(self, walks: Walks, container: Container, tick: Tick) -> TracedTile:
        """Does the work here; of a long stream a walk is kept, which is quick anywhere."""
        tensor = container.tensors[self.tensor]
        if self.decoder in WALKED and tensor.symbol_count(self.tile) > TRACE_STEPS:
            walk = walks.of(container, WalkOf(Course(self.tensor, self.tile), self.decoder), tick)
            return TracedTile(walk.trace(self.first, self.last))
        return self.run_on(container, tick)

    def run_on(self, container: Container, tick: Tick) -> TracedTile:
        """As `DecoderTask.run_on`."""
        return cast(TracedTile, super().run_on(container, tick))

    def _work(
        self, decoder: Decoder, container: Container, tensor: Tensor, tick: Tick
    ) -> TracedTile:
        trace = decoder.trace(container, tensor, self.tile, self.first, self.last)
        return TracedTile(trace, decoder.notice)


_devices: dict[str, str] = {}
"""What each decoder runs on, by its name: finding that out may take longer than decoding a tile."""


def _run(decoder: Decoder, weights: int, seconds: float) -> Run:
    if decoder.name not in _devices:
        _devices[decoder.name] = decoder.platform().device["name"]
    return Run(decoder.name, _devices[decoder.name], weights, seconds, decoder.timing)
