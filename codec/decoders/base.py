"""What every decoder can do, whatever runs it: decode streams, tiles and whole tensors, and trace.

A decoder that fails on a tile reports that tile and goes on. Prediction is undone here, in NumPy, unless a
decoder knows a faster way; so a new decoder needs no more than `decode_streams` and `trace`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.checksum import tile_checksum
from codec.container import Container, Prediction, Tensor
from codec.decoders.opening import require_decodable
from codec.decoders.platform import Platform, processor
from codec.decoders.streams import TILE_READ, DecodedStream, Status
from codec.decoders.timing import Timing
from codec.errors import DecodeError
from codec.frequency import histogram
from codec.prediction import (
    Lookup,
    needs,
    needs_all,
    undo_difference,
    undo_residuals,
    undo_within_tile,
    within_tile_predictor,
)
from codec.trace import Trace

Tick = Callable[[int, int], None]
"""Called with (done, total) now and then; raises `Cancelled` to stop the work."""


def no_tick(done: int, total: int) -> None:
    """A `Tick` that neither tells nor stops."""


@dataclass(frozen=True, eq=False)
class DecodedTile:
    """One tile: its weights, int8[rows, cols] without padding, and the stream that they came from."""

    weights: NDArray[np.int8]
    stream: DecodedStream


@dataclass(frozen=True, eq=False)
class DecodedTensor:
    """A whole tensor.

    Attributes:
        weights: int8[rows, cols]; 0 where a tile could not be decoded.
        reads: TILE_READ[n], what was read of each tile.
    """

    weights: NDArray[np.int8]
    reads: NDArray[Any]

    @property
    def failed(self) -> NDArray[np.int64]:
        """The tiles whose weights are not to be trusted."""
        return np.flatnonzero(self.reads["status"] != Status.OK)


class Decoder(ABC):
    """Turns streams into symbols, and symbols into weights.

    Attributes:
        name: what it is called everywhere.
        description: what it is, in a few words.
        isolated: whether the window runs it in a process of its own, since it may crash or hang.
        timing: where the time of the last run went; None before the first, or where it cannot tell.
        checkpoint_interval: symbols between the checkpoints that the last run started from; 0 without.
        notice: what a person should know of the last run beside its outcome, as one sentence; else "".
        verify_checksums: whether tiles' weights are held against their checksums; without, only to measure.
        written: bool[rows, cols], where the last run of `decode` wrote at all; None where that is not known.
        tells_reads: whether the `reads` of the last run are what it read; else they are the file's own words.
    """

    name: str
    description: str
    isolated: bool = False
    timing: Timing | None = None
    checkpoint_interval: int = 0
    notice: str = ""
    verify_checksums: bool = True
    written: NDArray[np.bool_] | None = None
    tells_reads: bool = True
    symbols_at_once: int = 1 << 16
    """Symbols that `decode` takes on between two looks at progress and cancellation."""

    def unavailable(self) -> str:
        """Why this decoder cannot run here, as one sentence; "" where it can."""
        return ""

    def require_available(self) -> None:
        """Raises DecodeError where this decoder cannot run here."""
        if reason := self.unavailable():
            raise DecodeError(f"the decoder {self.name} is not available here: {reason}")

    def unsupported(self, tensor: Tensor) -> str:
        """Why this decoder knows no streams like a tensor's, as one sentence; "" where it does.

        Decoding such a tensor raises DecodeError.
        """
        return ""

    def platform(self) -> Platform:
        """What it runs on, and through which versions of what, in detail."""
        return processor()

    @abstractmethod
    def decode_streams(
        self, container: Container, tensor: Tensor, tiles: Sequence[int]
    ) -> list[DecodedStream]:
        """The symbols of each of `tiles`. Never raises for what a file holds."""

    @abstractmethod
    def trace(
        self,
        container: Container,
        tensor: Tensor,
        tile: int,
        first: int = 0,
        last: int | None = None,
    ) -> Trace:
        """The steps from `first` to before `last` of a tile's stream.

        A stream that cannot be decoded to there gives the steps that it has, and says why it stopped.

        Raises:
            DecodeError: the tensor or the stream cannot be decoded at all.
        """

    def histogram(self, symbols: NDArray[np.uint8]) -> NDArray[np.int64]:
        """int64[256]: how often each symbol occurs."""
        return histogram(symbols)

    def checksum(self, tensor: Tensor, weights: NDArray[np.int8]) -> int:
        """The checksum of a tile's weights, int8[rows, cols]."""
        return tile_checksum(weights)

    def decode_tiles(
        self,
        container: Container,
        tensor: Tensor,
        tiles: Sequence[int],
        known: Mapping[int, DecodedTile],
    ) -> dict[int, DecodedTile]:
        """The weights of `tiles`, and of all the tiles that they need and that are not `known`.

        Args:
            container: the file.
            tensor: the tensor in it.
            tiles: the tiles wanted.
            known: tiles decoded before, by index; it is only read.
        """
        needed = {n for tile in tiles for n in needs_all(tensor, tile, known.__contains__)}
        order = sorted(needed - known.keys())
        found = ChainMap[int, DecodedTile]({}, dict(known))
        for stream in self.decode_streams(container, tensor, order):
            found[stream.tile] = self._tile(tensor, stream, found)
        return {tile: found[tile] for tile in {*order, *tiles}}

    def decode(self, container: Container, tensor: Tensor, tick: Tick = no_tick) -> DecodedTensor:
        """The whole tensor.

        Raises:
            DecodeError: none of it can be decoded.
            Cancelled: `tick` says so.
        """
        require_decodable(tensor)
        weights = np.zeros((tensor.rows, tensor.cols), dtype=np.int8)
        reads = np.zeros(len(tensor.tiles), dtype=TILE_READ)
        bad: set[int] = set()
        for batch in batches(tensor, range(len(tensor.tiles)), self.symbols_at_once):
            tick(batch[0], len(tensor.tiles))
            for stream in self.decode_streams(container, tensor, batch):
                stream = after_neighbours(tensor, stream, bad.__contains__)
                part = self.weights_of(tensor, stream, matrix_lookup(weights))
                stream = self._checked(tensor, stream, part)
                place = tensor.rectangle(stream.tile)
                row, col = place.row, place.col
                weights[row : row + place.rows, col : col + place.cols] = part
                reads[stream.tile] = stream.log(part)
                if stream.status is not Status.OK:
                    bad.add(stream.tile)
        tick(len(tensor.tiles), len(tensor.tiles))
        return DecodedTensor(weights, reads)

    def weights_of(self, tensor: Tensor, stream: DecodedStream, lookup: Lookup) -> NDArray[np.int8]:
        """int8[rows, cols]: the weights that a tile's symbols stand for, without padding.

        Args:
            tensor: the tensor.
            stream: of one of its tiles.
            lookup: gives the weights of the tiles that this one is predicted from.
        """
        if tensor.refusal:
            return np.zeros((0, 0), dtype=np.int8)
        place = tensor.rectangle(stream.tile)
        if not place.size:
            return np.zeros((place.rows, place.cols), dtype=np.int8)
        values = self.undo_prediction(tensor, stream, lookup)
        # Nothing behind the last symbol decoded is known; zeros say so better than sums of zeros.
        if stream.decoded < len(stream.symbols):
            values.reshape(-1)[tensor.interleaving.whole(stream.decoded) :] = 0
        return values[: place.rows, : place.cols].view(np.int8)

    def undo_prediction(
        self, tensor: Tensor, stream: DecodedStream, lookup: Lookup
    ) -> NDArray[np.uint8]:
        """u8[coded shape]: the weights of a tile, as unsigned bytes, padding included."""
        if tensor.prediction is Prediction.WITHIN_TILE:
            coded = stream.symbols.reshape(tensor.coded_shape(stream.tile))
            return undo_within_tile(coded, within_tile_predictor(tensor, stream.tile))
        values = undo_difference(stream.symbols).reshape(tensor.coded_shape(stream.tile))
        predictor = tensor.predictor(stream.tile)
        if tensor.prediction is Prediction.FLAT_LEFT or predictor is None:
            return values
        place = tensor.rectangle(stream.tile)
        return undo_residuals(values, place, predictor, tensor.cols, lookup)

    def _tile(
        self, tensor: Tensor, stream: DecodedStream, known: Mapping[int, DecodedTile]
    ) -> DecodedTile:
        """The tile that a stream gives, its neighbours looked up in `known`."""

        def bad(tile: int) -> bool:
            return tile not in known or known[tile].stream.status is not Status.OK

        stream = after_neighbours(tensor, stream, bad)
        weights = self.weights_of(tensor, stream, cache_lookup(tensor, known))
        return DecodedTile(weights, self._checked(tensor, stream, weights))

    def _checked(
        self, tensor: Tensor, stream: DecodedStream, weights: NDArray[np.int8]
    ) -> DecodedStream:
        """The stream with the status that the checksum of its weights leaves it."""
        wanted = tensor.checksums and self.verify_checksums
        if not wanted or stream.status is not Status.OK:
            return stream
        stored, found = int(tensor.tiles["checksum"][stream.tile]), self.checksum(tensor, weights)
        return stream if found == stored else replace(stream, status=Status.CHECKSUM)


def batches(tensor: Tensor, tiles: Sequence[int], symbols_at_once: int) -> list[list[int]]:
    """The tiles in runs of at least `symbols_at_once` symbols (the last may have less), in their order."""
    runs: list[list[int]] = []
    symbols = symbols_at_once
    for tile in tiles:
        if symbols >= symbols_at_once:
            runs.append([])
            symbols = 0
        runs[-1].append(tile)
        symbols += tensor.symbol_count(tile)
    return runs


def matrix_lookup(weights: NDArray[np.int8]) -> Lookup:
    """Looks weights up in a matrix that is being filled."""
    flat = weights.reshape(-1).view(np.uint8)
    return lambda positions: flat[positions]


def cache_lookup(tensor: Tensor, cache: Mapping[int, DecodedTile]) -> Lookup:
    """Looks weights up in tiles decoded before; 0 where a tile is not there."""

    def look(positions: NDArray[np.int64]) -> NDArray[np.uint8]:
        found = np.zeros(len(positions), dtype=np.uint8)
        for i, position in enumerate(positions.tolist()):
            row, col = divmod(position, tensor.cols)
            tile = tensor.tile_at(row, col)
            if tile is not None and tile in cache:
                place = tensor.rectangle(tile)
                found[i] = cache[tile].weights.view(np.uint8)[row - place.row, col - place.col]
        return found

    return look


def after_neighbours(
    tensor: Tensor, stream: DecodedStream, bad: Callable[[int], bool]
) -> DecodedStream:
    """The stream with the status that the tiles it is predicted from leave it."""
    if stream.status is not Status.OK:
        return stream
    if tensor.predictor(stream.tile) is None:
        return replace(stream, status=Status.TENSOR_REFUSED, detail="its predictor does not exist")
    for tile in needs(tensor, stream.tile):
        if bad(tile):
            return replace(
                stream, status=Status.NEIGHBOUR, detail=f"it is predicted from tile {tile:,}"
            )
    return stream
