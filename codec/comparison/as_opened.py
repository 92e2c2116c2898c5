"""The file without its edits, as a side of a comparison: what the edits have changed stands out against it.

It is read from where the edits lie upon, not from the path: that may lead to another file by now. What it decodes
to stays the same from edit to edit, and is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from codec.comparison.decoder_runs import table_of
from codec.comparison.other_files import OtherFile, same_tiles
from codec.comparison.output import Output, SideKind
from codec.comparison.touched_tiles import bring_up_to_date
from codec.container import Container, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import DecodedTensor, Tick, no_tick
from codec.edits.opening import original_of
from codec.edits.overlay import EditedSource, base_of
from codec.errors import FormatError, InputError
from codec.source import Source
from codec.trace import Trace

MOST_TOUCHED = 4
"""Where more than one tile in so many is touched, decoding all of them at once is faster."""

DECIDING = (
    "rows", "cols", "tile_rows", "tile_cols", "coder", "interleaving", "padded", "refusal", "prediction",
    "framing", "predictors", "checksums",
)  # fmt: skip
"""What, beside its tiles and its table, decides how a tensor is decoded."""

TITLE = "as opened"
"""What the side is called."""


@dataclass(frozen=True, eq=False)
class _Kept:
    """What is kept of a file: itself, and the tensor that was decoded last."""

    container: Container
    decoded: dict[int, DecodedTensor]


_kept: WeakKeyDictionary[Source, _Kept] = WeakKeyDictionary()


def without_edits(container: Container, tensor: Tensor) -> OtherFile:
    """The file as it was opened, and the tensor in it at the same place.

    Args:
        container: the file with its edits.
        tensor: one of its tensors.

    Raises:
        InputError: it has no such tensor, or one of another shape.
        SourceError: it cannot be read.
    """
    original = _original(container).container
    if tensor.index >= len(original.tensors):
        raise InputError(
            f"the file as opened has {len(original.tensors):,} tensors, and none for {tensor.name}"
        )
    found = original.tensors[tensor.index]
    if (found.rows, found.cols) != (tensor.rows, tensor.cols):
        raise InputError(
            f"edits have made {tensor.rows:,}×{tensor.cols:,} weights of {tensor.name}, which has "
            f"{found.rows:,}×{found.cols:,} in the file as opened: they cannot be held against each other"
        )
    return OtherFile(original, found)


def decoded(container: Container, tensor: Tensor, tick: Tick = no_tick) -> Output:
    """What a tensor decodes to without the edits, by the judge.

    Raises:
        InputError, SourceError: as `without_edits`.
        DecodeError: nothing of it can be decoded.
        Cancelled: `tick` says so.
    """
    other, kept = without_edits(container, tensor), _original(container).decoded
    found = kept.get(tensor.index)
    if found is None:
        found = choose().decode(other.container, other.tensor, tick)
        kept.clear()  # one tensor alone: a model may have hundreds
        kept[tensor.index] = found
    alike = same_tiles(other.tensor, tensor)
    return Output(
        title=TITLE,
        kind=SideKind.OPENED,
        weights=found.weights,
        reads=found.reads if alike else None,
        table=table_of(other.tensor),
        notices=()
        if alike
        else ("edits have changed the tiles, so what was read is not compared",),
    )


def is_decoded(container: Container, tensor: Tensor) -> bool:
    """Whether what a tensor decodes to without the edits is known already."""
    kept = _kept.get(base_of(container.source))
    return kept is not None and tensor.index in kept.decoded


def decoded_edited(container: Container, tensor: Tensor, tick: Tick = no_tick) -> Output:
    """What a tensor decodes to with the edits, by the judge: only what they touch is decoded anew.

    All of it is decoded where edits have changed more than streams, or many of those.

    Raises:
        InputError, DecodeError, SourceError, Cancelled: as `decoded`.
    """
    opened, decoder = decoded(container, tensor, tick), choose()
    touched = _tiles_touched(container, tensor)
    if touched is None or opened.reads is None:
        found = decoder.decode(container, tensor, tick)
        weights, reads = found.weights, found.reads
    else:
        weights, reads = opened.weights.copy(), opened.reads.copy()
        bring_up_to_date(decoder, container, tensor, touched, weights, reads, tick)
    return Output(decoder.name, SideKind.DECODER, weights, reads, table_of(tensor))


def _tiles_touched(container: Container, tensor: Tensor) -> list[int] | None:
    """The tiles whose streams edits have changed; None where they have changed more, or too many."""
    other, source = without_edits(container, tensor).tensor, container.source
    if not isinstance(source, EditedSource) or not _alike_but_for_streams(tensor, other):
        return None
    begins = tensor.tiles["offset"].astype(np.int64)
    ends = begins + tensor.tiles["present"].astype(np.int64)
    touched = np.zeros(len(begins), dtype=np.bool_)
    for first, last in source.ranges_changed(0, source.size):
        touched |= (begins < last) & (ends > first)
    found: list[int] = np.flatnonzero(touched).tolist()
    return found if len(found) <= max(len(begins) // MOST_TOUCHED, 1) else None


def _alike_but_for_streams(one: Tensor, other: Tensor) -> bool:
    """Whether two states of a tensor differ in the bytes of streams at most."""
    same = all(getattr(one, name) == getattr(other, name) for name in DECIDING)
    return (
        same
        and np.array_equal(one.tiles, other.tiles)
        and np.array_equal(table_of(one), table_of(other))
    )


def traced(container: Container, tensor: Tensor, tile: int, first: int, last: int | None) -> Trace:
    """The steps from `first` to before `last` of a tile without the edits, by the judge.

    Raises:
        InputError: as `without_edits`; or the tiles are others.
        SourceError: as `without_edits`.
        DecodeError: as `Decoder.trace`.
    """
    other = without_edits(container, tensor)
    if not same_tiles(other.tensor, tensor):
        raise InputError(
            f"edits have changed the tiles, so no stream as opened stands for tile {tile:,}"
        )
    return choose().trace(other.container, other.tensor, tile, first, last)


def _original(container: Container) -> _Kept:
    base = base_of(container.source)
    if base not in _kept:
        try:
            _kept[base] = _Kept(original_of(container), {})
        except FormatError as error:
            raise InputError(error.sentence()) from None
    return _kept[base]
