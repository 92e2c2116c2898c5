"""What can be asked of code that was brought, whatever it is written in, and how its file is watched."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from codec.decoders.brought.layer import Layer
from codec.decoders.brought.output import Filled
from codec.decoders.platform import Platform, processor
from codec.decoders.timing import Timing
from codec.errors import BroughtError

Stamp = tuple[int, int, int, int]
"""Device, inode, size and time of modification in ns."""


def stamp_of(path: Path) -> Stamp:
    """What changes when a file is saved.

    Raises:
        BroughtError: it cannot be looked at.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise BroughtError(f"{path.name} cannot be opened: {error.strerror}") from None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


class Code(ABC):
    """A decoder's code, loaded.

    Attributes:
        name: what messages call it: the name of its file.
        files: those that it was made of, with their stamps.
    """

    def __init__(self, name: str, files: Iterable[Path]) -> None:
        self.name = name
        self.files = {path: stamp_of(path) for path in files}

    def is_current(self) -> bool:
        """Whether its files are still those that it was made of."""
        try:
            return all(stamp_of(path) == stamp for path, stamp in self.files.items())
        except BroughtError:
            return False

    @abstractmethod
    def decode(self, layer: Layer) -> Filled:
        """Runs it.

        Raises:
            BroughtError: it fails.
        """

    def reads(self, layer: Layer) -> NDArray[Any] | None:
        """`layer.READ`[tiles], what it read of each tile; None where it does not tell.

        Raises:
            BroughtError: it fails, or tells what cannot be.
        """
        return None

    @abstractmethod
    def steps(self, layer: Layer, tile: int) -> NDArray[Any]:
        """`layer.STEP`[n], the steps of a tile.

        Raises:
            BroughtError: it fails, or records none.
        """

    def timing(self, seconds: float) -> Timing:
        """Where the time of its last run went."""
        return Timing(kernel=seconds)

    def platform(self) -> Platform:
        """What it runs on."""
        return processor()
