"""The long jobs of encoding anew: one encoding written to a file, and a sweep of many.

The weights are read where the work is done; what says which ones they are is frozen, as all of a request is.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from app.work import Progress, Request
from codec.container import Container
from codec.decoders.base import Tick
from codec.rerun.choices import Choices, Row, grid
from codec.rerun.encoding import write_again
from codec.rerun.recipe import Recipe
from codec.rerun.sources import (
    SourceWeights,
    encodable,
    generated,
    of_file,
    of_tensor,
    shape_refusal,
)


class Origin(Protocol):
    """Where weights come from, to be read by a worker."""

    @property
    def title(self) -> str:
        """What they are, for a person."""

    @property
    def shape(self) -> tuple[int, int] | None:
        """Rows and columns; None where that is not known before they are read."""

    @property
    def refusal(self) -> str:
        """Why they cannot be had, as one sentence, as far as that is known before they are read; "" otherwise."""

    def weights(self, tick: Tick) -> SourceWeights:
        """Reads them.

        Raises:
            RanscopeError: they cannot be had.
        """


@dataclass(frozen=True, eq=False)
class OpenedTensor:
    """A tensor of an opened file."""

    container: Container
    tensor: int

    @property
    def title(self) -> str:
        """The tensor and its file."""
        name, file = self.container.tensors[self.tensor].name, self.container.source.name
        return f"{name} of {file}" if len(self.container.tensors) > 1 else file

    @property
    def shape(self) -> tuple[int, int] | None:
        """As the file says."""
        tensor = self.container.tensors[self.tensor]
        return tensor.rows, tensor.cols

    @property
    def refusal(self) -> str:
        """As the file says."""
        tensor = self.container.tensors[self.tensor]
        return f"{tensor.name} cannot be decoded: {tensor.refusal}" if tensor.refusal else ""

    def weights(self, tick: Tick) -> SourceWeights:
        """Decodes it."""
        return of_tensor(self.container, self.container.tensors[self.tensor], tick)


@dataclass(frozen=True)
class ArrayFile:
    """An array of a .npy, .npz, .safetensors or .gguf file, and which weights share a scale where it holds floats."""

    path: str
    name: str | None = None
    granularity: str = "tensor"
    known_shape: tuple[int, int] | None = None

    @property
    def title(self) -> str:
        """The array and its file."""
        file = Path(self.path).name
        return file if self.name is None else f"{self.name} of {file}"

    @property
    def shape(self) -> tuple[int, int] | None:
        """As the file's header says, once it was read."""
        return self.known_shape

    @property
    def refusal(self) -> str:
        """Nothing is known before it is read."""
        return ""

    def weights(self, tick: Tick) -> SourceWeights:
        """Reads and quantises it."""
        return of_file(self.path, self.name, self.granularity)


@dataclass(frozen=True)
class GeneratedWeights:
    """Weights that are made: see `codec.rerun.sources.generated`."""

    kind: str
    rows: int
    cols: int
    seed: int = 0

    @property
    def title(self) -> str:
        """What is made."""
        if self.kind == "real":
            return "the bundled layer"
        return f"generated {self.kind}, {self.rows:,} × {self.cols:,}"

    @property
    def shape(self) -> tuple[int, int] | None:
        """As asked for; the bundled layer has its own."""
        return None if self.kind == "real" else (self.rows, self.cols)

    @property
    def refusal(self) -> str:
        """There are not too many."""
        return "" if self.kind == "real" else shape_refusal(self.rows, self.cols)

    def weights(self, tick: Tick) -> SourceWeights:
        """Makes them."""
        return generated(self.kind, self.rows, self.cols, self.seed)


class RowsSoFar:
    """The rows of a sweep that runs: a worker adds them, and the window takes them when it is told of progress."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Adds the next one."""
        with self._lock:
            self._rows.append(row)

    def since(self, count: int) -> list[Row]:
        """Those that came after the first so many."""
        with self._lock:
            return self._rows[count:]


@dataclass(frozen=True, eq=False)
class SweepRequest(Request):
    """Tries every combination on weights; rows are added to `rows` as they come, and the result is how many."""

    origin: Origin
    choices: Choices
    rows: RowsSoFar = field(default_factory=RowsSoFar)
    kind: ClassVar[str] = "sweep"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Trying {self.choices.count:,} encodings of {self.origin.title}"

    def run(self, progress: Progress) -> int:
        """Measures every recipe."""
        from codec.rerun.sweep import sweep  # numba takes most of a second to load

        recipes = grid(self.choices)
        for row in sweep(self.origin.weights(progress), recipes, progress):
            self.rows.add(row)
        return len(recipes)


@dataclass(frozen=True, eq=False)
class EncodeAgainRequest(Request):
    """Encodes weights into a file; the result is a tuple of the paths that were written, the file's first."""

    origin: Origin
    recipe: Recipe
    path: str
    kind: ClassVar[str] = "encode again"
    supersedes_running: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Encoding {self.origin.title} into {Path(self.path).name}"

    def run(self, progress: Progress) -> tuple[Path, ...]:
        """Encodes and writes; a file that is there already is replaced, but only by a whole one."""
        weights = self.origin.weights(progress)
        return tuple(write_again(self.path, weights, self.recipe, progress))


@dataclass(frozen=True, eq=False)
class ArraysRequest(Request):
    """Looks which arrays of a file can be encoded; the result is their shapes by their names."""

    path: str
    kind: ClassVar[str] = "arrays"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Looking into {Path(self.path).name}"

    def run(self, progress: Progress) -> dict[str, tuple[int, int]]:
        """Reads the file's headers; a file without such arrays is refused with what is wrong with the first."""
        found = encodable(self.path)
        if not found:
            of_file(self.path)  # whose complaint says why
        return found
