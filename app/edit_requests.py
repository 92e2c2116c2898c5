"""The jobs of editing: reading a file with other edits, and writing it with them to another place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.work import Progress, Request
from codec.comparison import as_opened
from codec.comparison.comparison import Comparison, compare
from codec.container import Container, Tensor
from codec.edits.edit import Edit
from codec.edits.opening import parse_edited
from codec.edits.saving import save_edited
from codec.errors import Cancelled, RanscopeError
from codec.source import Source

COMPARED_AT_ONCE = 1 << 25
"""Weights of a tensor up to which it is compared before the edited file is shown, and not only then; a larger one is
where what it was as opened is known, since then what edits touch alone is decoded."""


@dataclass(frozen=True, eq=False)
class EditedFile:
    """A file with other edits, and what they did to the tensor that is looked at.

    Attributes:
        container: the file.
        comparison: of that tensor; None where it was not wanted, would take long, or cannot be had.
    """

    container: Container
    comparison: Comparison | None


@dataclass(frozen=True, eq=False)
class EditRequest(Request):
    """Parses an open file anew with other edits; the result is an `EditedFile`.

    Attributes:
        base: the file without edits.
        edits: all there are, in force or not.
        tensor: index of the tensor that is looked at.
        compared: whether it is held against the file as opened at once.
    """

    base: Source
    edits: tuple[Edit, ...]
    tensor: int
    compared: bool
    kind: ClassVar[str] = "edit"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Reading {self.base.name} with its edits"

    def run(self, progress: Progress) -> EditedFile:
        """Parses the file, and compares what is looked at."""
        container = parse_edited(self.base, self.edits)
        return EditedFile(container, self._compared(container, progress))

    def _compared(self, container: Container, progress: Progress) -> Comparison | None:
        if not self.compared or self.tensor >= len(container.tensors):
            return None
        tensor = container.tensors[self.tensor]
        if tensor.refusal or not _soon_compared(container, tensor):
            return None
        try:
            left = as_opened.decoded(container, tensor, progress)
            right = as_opened.decoded_edited(container, tensor, progress)
            return compare(tensor, left, right, progress)
        except Cancelled:
            raise
        except RanscopeError:  # whoever compares what is shown will say why
            return None


def _soon_compared(container: Container, tensor: Tensor) -> bool:
    return tensor.weights <= COMPARED_AT_ONCE or as_opened.is_decoded(container, tensor)


@dataclass(frozen=True, eq=False)
class SaveEditedRequest(Request):
    """Writes a file with its edits to another place; the result is its path.

    Attributes:
        source: the file with its edits.
        path: where to.
    """

    source: Source
    path: str
    kind: ClassVar[str] = "save edited"

    @property
    def title(self) -> str:
        """What a message calls this job."""
        return f"Writing {self.path}"

    def run(self, progress: Progress) -> str:
        """Writes it."""
        save_edited(self.source, self.path, progress)
        return self.path
