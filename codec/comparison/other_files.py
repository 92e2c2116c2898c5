"""Another compressed file that holds the same tensor, as a side of a comparison: perhaps made on the spot.

An encoder that was brought is such a side too: what it makes of the tensor's weights is taken for a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from codec.comparison.decoder_runs import table_of
from codec.comparison.named import chosen
from codec.comparison.output import Output, SideKind
from codec.container import Container, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import DecodedTensor, Tick, no_tick
from codec.errors import FormatError, InputError
from codec.formats import open_file
from codec.source import FileSource
from codec.trace import Trace


@dataclass(frozen=True, eq=False)
class OtherFile:
    """Another file, and the tensor in it that is compared.

    Attributes:
        container: the file.
        tensor: of the same shape as the tensor that it is held against.
    """

    container: Container
    tensor: Tensor


def is_python(name: str) -> bool:
    """Whether a side of another file is not that file itself, but Python code that makes it."""
    return Path(name).suffix.lower() == ".py"


def is_encoder(path: Path) -> bool:
    """Whether a file is an encoder that was brought: Python that defines `encode` and no `decode`.

    What is no sound Python is none: to run it as a decoder tells what is wrong with it.
    """
    if not is_python(path.name) or not path.is_file():
        return False
    from codec.decoders import brought

    try:
        functions = brought.defines(path)
    except InputError:
        return False
    return "encode" in functions and "decode" not in functions


def open_other(
    name: str,
    wanted: str,
    container: Container,
    tensor: Tensor,
    tick: Tick = no_tick,
    *,
    anew: bool = True,
) -> OtherFile:
    """The file at a path, or what the encoder there makes of a tensor.

    Args:
        name: the path.
        wanted: name of the tensor in it; "" for the one of the same name, or the only one.
        container: the file that it is held against.
        tensor: one of its tensors.
        tick: told (tiles done, tiles in all) while the weights for an encoder are decoded.
        anew: without it, what was opened last is taken where that was the same; an encoder is not run again.

    Raises:
        InputError: it is no compressed file, or holds no such tensor of that shape.
        DecodeError: there are no weights to encode, or the encoder failed.
        SourceError: it cannot be read.
        Cancelled: `tick` says so.
    """
    key = (name, FileSource(name).identity, wanted, tensor.index)
    kept = _kept.get(container)
    if anew or kept is None or kept[0] != key:
        kept = _kept[container] = (key, _opened(name, wanted, container, tensor, tick))
    return kept[1]


_kept: WeakKeyDictionary[Container, tuple[object, OtherFile]] = WeakKeyDictionary()


def _opened(name: str, wanted: str, container: Container, tensor: Tensor, tick: Tick) -> OtherFile:
    try:
        other = _encoded(name, container, tensor, tick) if is_python(name) else open_file(name)
    except FormatError as error:
        raise InputError(error.sentence()) from None
    source = other.source.name
    found = chosen(other.tensors, [t.name for t in other.tensors], wanted, tensor.name, source)
    shape, expected = (found.rows, found.cols), (tensor.rows, tensor.cols)
    if shape != expected:
        here, there = (f"{rows:,}×{cols:,}" for rows, cols in (shape, expected))
        raise InputError(
            f"{found.name} in {source} has {here} weights, and {tensor.name} has {there}"
        )
    return OtherFile(other, found)


def _encoded(name: str, container: Container, tensor: Tensor, tick: Tick) -> Container:
    """What an encoder that was brought makes of what the judge decodes."""
    from codec.decoders.brought.encoder import encoded_by

    weights = choose().decode(container, tensor, tick).weights
    return encoded_by(name, container, tensor, weights)


def decoded(name: str, wanted: str, container: Container, tensor: Tensor, tick: Tick) -> Output:
    """What another file holds for a tensor, decoded by the judge.

    Raises:
        InputError, SourceError: as `open_other`.
        DecodeError: nothing of it can be decoded.
        Cancelled: `tick` says so.
    """
    other = open_other(name, wanted, container, tensor)
    decoder = choose()
    found = decoder.decode(other.container, other.tensor, tick)
    alike = same_tiles(other.tensor, tensor)
    return Output(
        title=Path(name).name,
        kind=SideKind.FILE,
        weights=found.weights,
        reads=found.reads if alike else None,
        table=table_of(other.tensor),
        timing=decoder.timing,
        notices=tuple(_notices(other, tensor, found, alike)),
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
    """The steps of the tile with the same number in another file, by the judge.

    Raises:
        InputError, SourceError: as `open_other`; or its tiles are others.
        DecodeError: as `Decoder.trace`.
    """
    other = open_other(name, wanted, container, tensor, anew=False)
    if not same_tiles(other.tensor, tensor):
        raise InputError(f"{_tiled(other)}, so no stream of it stands for tile {tile:,}")
    return choose().trace(other.container, other.tensor, tile, first, last)


def same_tiles(one: Tensor, other: Tensor) -> bool:
    """Whether tiles with the same number hold the same weights of two tensors of one shape."""
    sizes = [(t.tile_rows, t.tile_cols, len(t.tiles)) for t in (one, other)]
    return sizes[0] == sizes[1] and all(
        np.array_equal(one.tiles[name], other.tiles[name]) for name in ("row", "col")
    )


def _notices(other: OtherFile, tensor: Tensor, found: DecodedTensor, alike: bool) -> list[str]:
    source, name = other.container.source.name, other.tensor.name
    notices = []
    if name not in (tensor.name, Path(source).stem):  # the legacy layouts call a tensor by its file
        notices.append(f"{name} in {source} is held against {tensor.name}")
    notices += [] if alike else [f"{_tiled(other)}, so what was read of each is not compared"]
    if failed := len(found.failed):
        notices.append(
            f"{failed:,} of its {len(other.tensor.tiles):,} tiles cannot be decoded and hold 0 where nothing came out"
        )
    return notices


def _tiled(other: OtherFile) -> str:
    tensor = other.tensor
    shape = f"{tensor.tile_rows:,}×{tensor.tile_cols:,}"
    return f"{other.container.source.name} has other tiles ({len(tensor.tiles):,} of {shape})"
