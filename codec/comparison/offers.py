"""Other ways to read a file that did not fit as a side: reshaped, or another of the tensors that it holds.

A message that says "it fits if it is reshaped" is half an answer; this is the other half, to be chosen.
"""

from __future__ import annotations

from dataclasses import replace

from codec.comparison import dumps
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.container import Container, Tensor
from codec.errors import FormatError, RanscopeError
from codec.formats import open_file

MOST_OFFERS = 8
"""Ways that are offered."""


def offers(side: Side, container: Container, tensor: Tensor) -> tuple[Side, ...]:
    """The ways to read a side that was refused, each of which has the number or the shape of weights that is asked.

    Args:
        side: what was refused.
        container: the file that is looked at.
        tensor: one of its tensors.

    Returns:
        Those that can be read, best first; none of a decoder, a capture, or a file that cannot be read at all.
    """
    try:
        if side.kind is SideKind.DUMP:
            return tuple(
                way for way in _dump_ways(side, tensor) if _is_read(way, container, tensor)
            )
        return _file_ways(side, tensor) if side.kind is SideKind.FILE and not side.isolated else ()
    except RanscopeError:
        return ()


def _dump_ways(side: Side, tensor: Tensor) -> list[Side]:
    """The arrays of a dump that have as many weights, each read row by row."""
    found = dumps.names_of_size(side.name, side.dtype, tensor)
    named = [name for name in found if side.tensor in ("", name)][:MOST_OFFERS]
    if side.reshape:
        return []
    if len(found) == 1 and not side.tensor:
        return [replace(side, reshape=True)]
    return [replace(side, tensor=name, reshape=True) for name in named]


def _is_read(side: Side, container: Container, tensor: Tensor) -> bool:
    """Whether its values can be taken for weights."""
    how = dumps.Reading(side.tensor, side.dtype, side.reshape)
    try:
        dumps.dumped(side.name, how, container, tensor)
    except RanscopeError:
        return False
    return True


def _file_ways(side: Side, tensor: Tensor) -> tuple[Side, ...]:
    """The tensors of another compressed file that have the same shape."""
    try:
        tensors = open_file(side.name).tensors
    except FormatError:
        return ()
    shape = tensor.rows, tensor.cols
    fitting = [other.name for other in tensors if (other.rows, other.cols) == shape]
    return tuple(
        replace(side, tensor=name) for name in fitting[:MOST_OFFERS] if name != side.tensor
    )
