"""A decoder as a side of a comparison: run once, or several times to see whether it always gives the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codec import decoders
from codec.comparison.determinism import Determinism, tile_hashes
from codec.comparison.output import Output, SideKind
from codec.container import Container, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import Decoder, Tick
from codec.errors import InputError
from codec.trace import Trace


def is_decoder_file(path: Path) -> bool:
    """Whether a file is a decoder that was brought, by what it ends in."""
    # Imported only when asked for, as `decoders.make` does.
    from codec.decoders import brought

    return brought.is_brought(str(path))


def known_name(text: str) -> str:
    """The name of the decoder that a text, which names no file, stands for.

    Raises:
        InputError: it stands for none.
    """
    from codec.decoders import brought

    if text not in decoders.DECODERS and not brought.is_brought(text):
        known = ", ".join((*decoders.DECODERS, *brought.entry_points()))
        raise InputError(
            f"{text or '(nothing)'} is neither a file nor a decoder; there are {known}"
        )
    return decoders.make(text).name


def decoded(name: str, runs: int, container: Container, tensor: Tensor, tick: Tick) -> Output:
    """What a decoder gives for a tensor; of several runs the first, and where the others differ.

    Raises:
        InputError: there is no such decoder, or it cannot run here.
        DecodeError, SourceError, Cancelled: as `Decoder.decode`.
    """
    decoder = choose(name)
    first = _run(decoder, container, tensor, _part_of(tick, 0, runs))
    if runs == 1:
        return first
    hashes, notices = [tile_hashes(tensor, first.weights)], list(first.notices)
    for number in range(1, runs):
        again = _run(decoder, container, tensor, _part_of(tick, number, runs))
        hashes.append(tile_hashes(tensor, again.weights))
        notices += again.notices
    found = Determinism(np.array(hashes))
    notices = list(dict.fromkeys([*notices, found.sentence]))
    return replace(first, varying=found.varying, determinism=found, notices=tuple(notices))


def traced(
    name: str, container: Container, tensor: Tensor, tile: int, first: int, last: int | None
) -> Trace:
    """The steps from `first` to before `last` of a tile.

    Raises:
        InputError: there is no such decoder, or it cannot run here.
        DecodeError: as `Decoder.trace`.
    """
    return choose(name).trace(container, tensor, tile, first, last)


def table_of(tensor: Tensor) -> NDArray[np.int64]:
    """int64[2, 256]: the frequencies and first slots of a decoder that believes the file."""
    return np.stack([tensor.table.frequencies, tensor.table.starts]).astype(np.int64)


def _run(decoder: Decoder, container: Container, tensor: Tensor, tick: Tick) -> Output:
    found = decoder.decode(container, tensor, tick)
    return Output(
        title=Path(decoder.name).name,
        kind=SideKind.DECODER,
        weights=found.weights,
        reads=found.reads if decoder.tells_reads else None,
        table=table_of(tensor) if decoder.name in decoders.DECODERS else None,
        written=decoder.written,
        timing=decoder.timing,
        notices=tuple(_notices(decoder)),
    )


def _notices(decoder: Decoder) -> Iterator[str]:
    """What a person should know of the last run: one notice, or those of a decoder that keeps several."""
    several = getattr(decoder, "notices", ())
    yield from several or filter(None, [decoder.notice])


def _part_of(tick: Tick, number: int, runs: int) -> Tick:
    """A tick of one run, which tells `tick` how much of all runs is done."""
    return lambda done, total: tick(number * total + done, runs * total)
