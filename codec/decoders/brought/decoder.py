"""A decoder that was brought, as all that asks decoders anything sees it.

Such code gives weights and little else: whole tensors, perhaps what it read of each tile, perhaps the steps of one.
What it does not tell is taken from the file, and `tells_reads` says so.
"""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.container import Container, Tensor
from codec.decoders.base import DecodedTensor, DecodedTile, Decoder, Tick, no_tick
from codec.decoders.brought.code import Code, Stamp, stamp_of
from codec.decoders.brought.layer import Layer, layer_of
from codec.decoders.brought.output import Filled
from codec.decoders.brought.reads import reads_table, stream_of, told_frame
from codec.decoders.opening import open_for_trace, require_decodable, stream_read
from codec.decoders.platform import Platform
from codec.decoders.streams import DecodedStream, Status
from codec.errors import BroughtError, DecodeError
from codec.trace import Trace, empty_columns


@dataclass(frozen=True, eq=False)
class _Ran:
    """What the last run of some code gave, and of what.

    Attributes:
        code: that ran.
        container: the file; it may be gone.
        tensor: index of the tensor.
        filled: what it wrote.
        reads: `layer.READ`[tiles], what it told of the tiles; None where it told nothing.
    """

    code: Code
    container: weakref.ref[Container]
    tensor: int
    filled: Filled
    reads: NDArray[Any] | None


class BroughtDecoder(Decoder, ABC):
    """Runs code that was brought; its own module says how that is loaded.

    Attributes:
        notices: all that a person should know of the last run, a sentence each, without its name.
    """

    isolated = True
    tells_reads = False
    notices: tuple[str, ...] = ()

    def __init__(self, name: str, description: str) -> None:
        """Loads nothing yet.

        Args:
            name: the path of a file from the root, or the name of an entry point.
            description: what it is, in a few words.
        """
        self.name = name
        self.description = description

    @abstractmethod
    def _load(self) -> Code:
        """Loads the code.

        Raises:
            BroughtError: it cannot be loaded.
        """

    @property
    def stamp(self) -> Stamp | None:
        """What changes when its file is saved; None where there is none to watch, or it is gone."""
        try:
            return stamp_of(Path(self.name))
        except BroughtError:
            return None

    def unavailable(self) -> str:
        """As `Decoder.unavailable`; this loads it."""
        try:
            self._code()
        except BroughtError as error:
            return error.sentence()
        return ""

    def require_available(self) -> None:
        """As `Decoder.require_available`; the error has the traceback, or the compiler's log."""
        self._code()

    def platform(self) -> Platform:
        """As `Decoder.platform`."""
        return self._code().platform()

    def decode(self, container: Container, tensor: Tensor, tick: Tick = no_tick) -> DecodedTensor:
        """As `Decoder.decode`; the code is run anew every time.

        Raises:
            BroughtError: it cannot be loaded, or fails.
        """
        require_decodable(tensor)
        tick(0, len(tensor.tiles))
        layer = layer_of(container, tensor)
        ran = self._run(container, tensor, layer)
        reads = reads_table(tensor, layer, ran.filled.weights, ran.reads)
        if tensor.checksums and self.verify_checksums:
            self._hold_against_checksums(tensor, ran.filled.weights, reads)
        tick(len(tensor.tiles), len(tensor.tiles))
        return DecodedTensor(ran.filled.weights, reads)

    def decode_tiles(
        self,
        container: Container,
        tensor: Tensor,
        tiles: Sequence[int],
        known: Mapping[int, DecodedTile],
    ) -> dict[int, DecodedTile]:
        """As `Decoder.decode_tiles`; of an unchanged file by unchanged code, from the last run."""
        require_decodable(tensor)
        ran = self._ran(container, tensor)
        found = {}
        for tile in tiles:
            part = _part(tensor, tile, ran.filled.weights)
            stream = stream_of(container, tensor, tile, ran.filled.weights, ran.reads)
            stream = self._checked(tensor, stream, part)
            found[tile] = DecodedTile(part, stream)
        return found

    def decode_streams(
        self, container: Container, tensor: Tensor, tiles: Sequence[int]
    ) -> list[DecodedStream]:
        """The symbols that the weights of each of `tiles` stand for.

        Raises:
            BroughtError: the code fails, or cannot say how streams end.
        """
        if tensor.refusal:
            require_decodable(tensor)
        ran = self._ran(container, tensor)
        if ran.reads is None and not tensor.checksums:
            raise BroughtError(
                f"{ran.code.name} does not tell how streams end, and the file has no checksums to hold its weights "
                "against: add a function that tells what it reads"
            )
        found = []
        for tile in tiles:
            part = _part(tensor, tile, ran.filled.weights)
            stream = stream_of(container, tensor, tile, ran.filled.weights, ran.reads)
            found.append(self._checked(tensor, stream, part))
        return found

    def trace(
        self,
        container: Container,
        tensor: Tensor,
        tile: int,
        first: int = 0,
        last: int | None = None,
    ) -> Trace:
        """As `Decoder.trace`.

        Raises:
            DecodeError: the tensor or the stream cannot be decoded at all; the code fails, or records no steps.
        """
        frame, _ = open_for_trace(container, tensor, tile)
        code, layer = self._code(), layer_of(container, tensor)
        steps = code.steps(layer, tile)
        ran = self._last_run(container, tensor)
        reads = _checked_reads(code, layer) if ran is None else ran.reads
        read = stream_read(tensor, tile, frame)
        if reads is not None:
            read = told_frame(read, reads[tile])
        count = tensor.symbol_count(tile)
        stopped = (
            "" if len(steps) >= count else f"{code.name} recorded {len(steps):,} of {count:,} steps"
        )
        begin, end = max(first, 0), len(steps) if last is None else min(last, len(steps))
        columns = _columns(steps[begin:end], tile, begin)
        return Trace(columns, (read,), "" if last is not None and last <= len(steps) else stopped)

    def _code(self) -> Code:
        """The code, loaded, or loaded anew where a file of it has changed."""
        code = _loaded.get(self.name)
        if code is None or not code.is_current():
            code = self._load()
            _loaded[self.name] = code
        return code

    def _ran(self, container: Container, tensor: Tensor) -> _Ran:
        """The last run, where it was of this tensor and by this code; else one now."""
        ran = self._last_run(container, tensor)
        if ran is None:
            return self._run(container, tensor, layer_of(container, tensor))
        self._take(ran)
        return ran

    def _last_run(self, container: Container, tensor: Tensor) -> _Ran | None:
        """The last run, where it was of this tensor and by this code."""
        ran = _last_runs.get(self.name)
        if ran is None or ran.code is not self._code() or ran.container() is not container:
            return None
        return ran if ran.tensor == tensor.index else None

    def _run(self, container: Container, tensor: Tensor, layer: Layer) -> _Ran:
        """Runs the code on a tensor."""
        code = self._code()
        filled = code.decode(layer)
        self.timing = code.timing(filled.seconds)
        reads = _checked_reads(code, layer)
        ran = _Ran(code, weakref.ref(container), tensor.index, filled, reads)
        _last_runs.clear()  # one matrix is enough to keep
        _last_runs[self.name] = ran
        self._take(ran)
        return ran

    def _hold_against_checksums(
        self, tensor: Tensor, weights: NDArray[np.int8], reads: NDArray[Any]
    ) -> None:
        """Gives the tiles whose weights are not those that were encoded the status CHECKSUM."""
        for tile in np.flatnonzero(reads["status"] == Status.OK).tolist():
            found = self.checksum(tensor, _part(tensor, tile, weights))
            if found != int(tensor.tiles["checksum"][tile]):
                reads["status"][tile] = Status.CHECKSUM

    def _take(self, ran: _Ran) -> None:
        """Makes the attributes tell of a run."""
        self.written = ran.filled.written
        self.tells_reads = ran.reads is not None
        self.notices = ran.filled.notices
        self.notice = f"{ran.code.name}: {'; '.join(self.notices)}" if self.notices else ""


_loaded: dict[str, Code] = {}
"""The code of each decoder that was used, by its name; kept, since loading may mean compiling."""

_last_runs: dict[str, _Ran] = {}
"""The last run, by the decoder's name, so that a tile more does not mean to decode all of a tensor again."""


def _checked_reads(code: Code, layer: Layer) -> NDArray[Any] | None:
    """What the code tells of the tiles.

    Raises:
        BroughtError: it fails, or a status is none.
    """
    reads = code.reads(layer)
    if reads is not None and len(reads) and int(reads["status"].max()) >= len(Status):
        raise BroughtError(
            f"{code.name}: a tile's status is {int(reads['status'].max())}, which is none; they go from 0 to "
            f"{len(Status) - 1}"
        )
    return reads


def _part(tensor: Tensor, tile: int, weights: NDArray[np.int8]) -> NDArray[np.int8]:
    """The weights of a tile."""
    place = tensor.rectangle(tile)
    return weights[place.row : place.row + place.rows, place.col : place.col + place.cols].copy()


def _columns(steps: NDArray[Any], tile: int, first: int) -> dict[str, NDArray[Any]]:
    """The columns of a trace from steps as they were recorded.

    Raises:
        DecodeError: a value does not fit its column.
    """
    columns = empty_columns(len(steps))
    columns["tile"][:] = tile
    columns["step"][:] = np.arange(first, first + len(steps))
    for name in steps.dtype.names or ():
        if name not in columns:
            continue
        most = np.iinfo(columns[name].dtype).max
        if len(steps) and int(steps[name].max()) > most:
            raise DecodeError(
                f"the trace holds {int(steps[name].max()):,} as {name}, which is at most {most:,}"
            )
        columns[name][:] = steps[name]
    return columns
