"""Checkpoints by themselves: the side file that stands beside a file is used where it fits, and told where not."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from weakref import WeakKeyDictionary

from codec.checkpoints import Checkpoints, load, side_file, unsuited
from codec.container import Container, Tensor
from codec.errors import RanscopeError
from codec.source import FileSource


class Beside(NamedTuple):
    """What a file that is to be decoded has beside it.

    Attributes:
        checkpoints: those of its side file; None where there is none, or none that fits.
        notice: why the side file that is there is not used, as one sentence; else "".
    """

    checkpoints: Checkpoints | None = None
    notice: str = ""


def beside(container: Container, tensor: Tensor) -> Beside:
    """The checkpoints in the side file of a container's file, where they fit.

    To know that they fit takes reading all streams, so what was found is kept until the side file changes.
    """
    if not isinstance(container.source, FileSource) or unsuited(tensor):
        return Beside()
    path = side_file(container.source.path)
    try:
        status = path.stat()
    except OSError:
        return Beside()
    identity = (status.st_ino, status.st_size, status.st_mtime_ns)
    kept = _kept.get(tensor)
    if kept is None or kept[0] != identity:
        kept = _kept[tensor] = (identity, _loaded(path, container, tensor))
    return kept[1]


_kept: WeakKeyDictionary[Tensor, tuple[tuple[int, ...], Beside]] = WeakKeyDictionary()


def _loaded(path: Path, container: Container, tensor: Tensor) -> Beside:
    try:
        return Beside(load(path, container, tensor))
    except RanscopeError as error:
        name = container.source.name
        return Beside(
            notice=f"the checkpoints beside {name} are not used: {error.sentence()}; `ranscope checkpoints "
            f"{name}` makes them anew"
        )
