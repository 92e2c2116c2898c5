"""A capture as a side of a comparison: what a decoder gave on another machine, of the very same file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from codec.capture import Capture, CapturedTensor, open_capture
from codec.capture.archive import MAGIC, Archive
from codec.capture.members import METADATA, SUFFIX
from codec.capture.metadata import RunTiming, parts_of
from codec.comparison.named import chosen
from codec.comparison.output import Output, SideKind
from codec.container import Container, Tensor
from codec.decoders.base import Tick, no_tick
from codec.decoders.timing import Timing
from codec.errors import InputError, RanscopeError
from codec.source import FileSource
from codec.trace import Trace


def looks_captured(source: FileSource) -> bool:
    """Whether a file is meant to be a capture, sound or cut short; an .npz file is a zip archive too."""
    if source.read(0, min(source.size, len(MAGIC))) != MAGIC:
        return False
    suffix = source.path.suffix.lower()
    try:
        return METADATA in Archive(source) or suffix == SUFFIX
    except RanscopeError:
        return suffix != ".npz"


def captured(name: str, wanted: str, container: Container, tensor: Tensor, tick: Tick) -> Output:
    """What a capture holds of a tensor.

    Args:
        name: path of the capture.
        wanted: name of the tensor in it; "" for the one of the same name, or the only one.
        container: the file that was captured.
        tensor: one of its tensors.
        tick: told (bytes of the file hashed, bytes in all).

    Raises:
        InputError: it is no capture of this file, a damaged one, or one without this tensor.
        SourceError: a file cannot be read.
        Cancelled: `tick` says so.
    """
    capture = _opened(name, container, tick)
    found = _tensor(capture, wanted, container, tensor)
    varying: NDArray[np.bool_] = np.logical_or.reduce(found.varying(), axis=0)
    return Output(
        title=Path(name).name,
        kind=SideKind.CAPTURE,
        weights=found.weights(),
        reads=found.reads,
        table=found.table(),
        varying=varying if len(found.record.timings) > 1 else None,
        timing=_timing(found.record.timings),
        notices=tuple(_notices(capture, found)),
    )


def traced(
    name: str,
    wanted: str,
    container: Container,
    tensor: Tensor,
    tile: int,
    first: int,
    last: int | None,
) -> Trace:
    """The steps from `first` to before `last` of a tile that was traced.

    Raises:
        InputError: as `captured`; or there is no trace of the tile, and the sentence says of which there are.
        SourceError: a file cannot be read.
    """
    found = _tensor(_opened(name, container), wanted, container, tensor)
    return found.trace(tile, first, last)


def _opened(name: str, container: Container, tick: Tick = no_tick) -> Capture:
    """A capture of just this file; that it is one takes hashing the file, so the last one is kept."""
    identity = (name, FileSource(name).identity)
    kept = _kept.get(container)
    if kept is not None and kept[0] == identity:
        return kept[1]
    capture = open_capture(name)
    if reason := capture.matches(container.source, tick):
        raise InputError(reason)
    _kept[container] = (identity, capture)
    return capture


_kept: WeakKeyDictionary[Container, tuple[object, Capture]] = WeakKeyDictionary()


def _tensor(capture: Capture, wanted: str, container: Container, tensor: Tensor) -> CapturedTensor:
    """What a capture holds of a tensor; its tiles are the tensor's, or the capture is wrong about the file.

    A file with one tensor may have been renamed, and its tensor with it. Of several tensors each has the name that
    stands in the file, and that alone tells which of them was captured.
    """
    names = [captured.name for captured in capture.tensors]
    if len(container.tensors) > 1:
        wanted = wanted or tensor.name
    found = chosen(capture.tensors, names, wanted, tensor.name, capture.source.name)
    stated = (found.record.rows, found.record.cols, found.record.tiles)
    if stated != (tensor.rows, tensor.cols, len(tensor.tiles)):
        rows, cols, tiles = stated
        raise InputError(
            f"{found.name} in {capture.source.name} has {rows:,}×{cols:,} weights in {tiles:,} tiles, and "
            f"{tensor.name} has {tensor.rows:,}×{tensor.cols:,} in {len(tensor.tiles):,}"
        )
    return found


def _timing(runs: tuple[RunTiming, ...]) -> Timing | None:
    """Where the time of the first run went; None where the capture does not tell."""
    parts = parts_of(runs[0]) if runs else {}
    return Timing(**parts) if parts else None


def _notices(capture: Capture, tensor: CapturedTensor) -> Iterator[str]:
    metadata = capture.metadata
    device = metadata.device.get("name", "a device without a name")
    yield f"{metadata.decoder} decoded it on {device} at {metadata.date}"
    if varying := len(tensor.outcome.varying):
        runs = len(tensor.record.timings)
        yield f"{varying:,} of {tensor.record.tiles:,} tiles did not come out alike in all {runs:,} runs"
