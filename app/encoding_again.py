"""Encoding anew as the window sees it: where the weights come from, what is asked for, and what came of it.

One for the window: a sweep goes on, and its rows stay, while other files are looked at. It knows no widget.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.document import Document
from app.jobs import Jobs
from app.models.rerun_form import FIRST, Form, read
from app.models.sweep_columns import named_settings, setting_texts
from app.pending import Pending
from app.rerun_requests import (
    ArrayFile,
    ArraysRequest,
    EncodeAgainRequest,
    OpenedTensor,
    Origin,
    SweepRequest,
)
from app.work import Response
from codec.container import Container
from codec.rerun.choices import Row
from codec.rerun.figures import settings_of
from codec.rerun.measured import Measured
from codec.rerun.recipe import Recipe

NO_ORIGIN = "There are no weights to encode: open a file, choose one, or have weights generated."


class EncodingAgain(QObject):
    """The form of "Encode again", its sweep, and its encodings.

    Attributes:
        origin: the weights that are encoded; None where none are chosen.
        form: the settings as they stand in the form.
        reading: what they ask for.
        rows: what the last sweep has measured, so far.
        swept: what the rows are about; "" before the first sweep.
        outcome: what was written last, and its size beside what it was made of; "" before the first time.
        arrays: of the file that was chosen, the arrays that can be encoded: shapes by names.
        arrays_of: the path of that file; "" where none was chosen, or it cannot be read.
    """

    changed = Signal()
    """`origin`, `form` or `reading` is another, or what is picked."""
    form_changed = Signal()
    """`form` is another."""
    rows_added = Signal(object)
    """Carries the rows that have come."""
    rows_cleared = Signal()
    """A new sweep begins."""
    running_changed = Signal()
    """`sweeping` or `encoding` is another."""
    arrays_changed = Signal()
    """`arrays` and `arrays_of` are others."""
    encode_wanted = Signal()
    """The user wants to encode: where to is to be asked."""
    file_wanted = Signal()
    """The user wants to choose a file of arrays."""
    opened_wanted = Signal()
    """The user wants the opened tensor and its settings in the form."""
    smallest_wanted = Signal()
    """The user wants the row of the smallest file."""
    written = Signal(object, object)
    """Carries the origin of weights, and the paths that were written of them."""
    failed = Signal(str)
    """Carries a sentence about work that could not be done."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.origin: Origin | None = None
        self.form = FIRST
        self.reading = read(FIRST)
        self.rows: list[Row] = []
        self.swept = ""
        self.outcome = ""
        self.arrays: dict[str, tuple[int, int]] = {}
        self.arrays_of = ""
        self._picked: Recipe | None = None
        self._row_last = False
        self._sweep: SweepRequest | None = None
        self._pending = Pending(jobs, self)
        self._pending.finished.connect(self._on_finished)
        self._pending.failed.connect(self._on_failed)
        jobs.progressed.connect(self._take_rows)

    # What is asked for

    def take_from(self, origin: Origin | None) -> None:
        """Chooses the weights."""
        self.origin = origin
        self._read()

    def take_tensor(self, document: Document | None) -> None:
        """Chooses the selected tensor of a document, if it has one."""
        tensor = document.tensor if document is not None else None
        if document is None or tensor is None:
            self.take_from(None)
        else:
            self.take_from(OpenedTensor(document.container, tensor.index))

    def ask(self, form: Form) -> None:
        """Takes up what stands in the form."""
        another, self.form = form != self.form, form
        if another:
            self._row_last = False
        self._read()
        if another:
            self.form_changed.emit()

    def pick(self, row: Row | None) -> None:
        """Takes note of the row that is selected in the table."""
        self._picked = row.recipe if isinstance(row, Measured) else None
        self._row_last = self._picked is not None
        self.changed.emit()

    def look_into(self, path: str) -> None:
        """Has a worker look which arrays a file holds; `arrays_changed` tells."""
        self._pending.submit(ArraysRequest(path))

    def _read(self) -> None:
        self.reading = read(self.form, self.origin.shape if self.origin else None)
        self.changed.emit()

    @property
    def target(self) -> Recipe | None:
        """What "Encode" would write: the row that is picked, or the form's one combination, whichever came last."""
        if self._row_last:
            return self._picked
        if not self.reading.wrong and len(self.reading.rows) == 1:
            return self.reading.sound[0]
        return self._picked

    @property
    def _no_weights(self) -> str:
        """Why there are no weights, as a sentence; "" where there are, as far as that is known."""
        return NO_ORIGIN if self.origin is None else self.origin.refusal

    @property
    def no_sweep(self) -> str:
        """Why a sweep cannot begin, as a sentence; "" where it can."""
        if self.sweeping:
            return "A sweep is running."
        if refusal := self._no_weights:
            return refusal
        return self.reading.says if self.reading.wrong else ""

    @property
    def no_encode(self) -> str:
        """Why nothing can be encoded, as a sentence; "" where it can."""
        if self.encoding:
            return "An encoding is being written."
        if refusal := self._no_weights:
            return refusal
        if self.target is not None:
            shape = self.origin.shape if self.origin is not None else None
            return self.target.refusal_for(*shape) if shape else ""
        if self.reading.wrong:
            return self.reading.says
        return "Leave one combination, or select a row of the table, to encode that."

    @property
    def target_says(self) -> str:
        """What "Encode" would write, or why it would write nothing, as a sentence."""
        if self.no_encode or self.target is None or self.origin is None:
            return self.no_encode
        (texts,) = setting_texts([settings_of(self.target)])
        settings = named_settings(texts)
        return f"Encode… writes these weights as {settings}."

    def is_about(self, container: Container, tensor: int) -> bool:
        """Whether the weights are those of this tensor."""
        origin = self.origin
        if not isinstance(origin, OpenedTensor):
            return False
        return origin.container is container and origin.tensor == tensor

    # Work

    @property
    def sweeping(self) -> bool:
        """Whether a sweep runs."""
        return SweepRequest.kind in self._pending

    @property
    def encoding(self) -> bool:
        """Whether a file is being written."""
        return EncodeAgainRequest.kind in self._pending

    def sweep(self) -> None:
        """Tries every combination; rows are added as they come."""
        choices = self.reading.choices
        if self.no_sweep or self.origin is None or choices is None:
            return
        self._sweep = SweepRequest(self.origin, choices)
        self.rows, self.swept, self._picked = [], self.origin.title, None
        self._row_last = False
        self.rows_cleared.emit()
        self._pending.submit(self._sweep)
        self.running_changed.emit()
        self.changed.emit()

    def encode(self, path: str | Path) -> None:
        """Writes the target to a file; `written` tells."""
        if self.no_encode or self.origin is None or self.target is None:
            return
        self._pending.submit(EncodeAgainRequest(self.origin, self.target, str(path)))
        self.running_changed.emit()
        self.changed.emit()

    def stop(self) -> None:
        """Stops what runs; the rows that there are stay."""
        self._take_rows()
        self._pending.withdraw((SweepRequest.kind, EncodeAgainRequest.kind))
        self._sweep = None
        self.running_changed.emit()
        self.changed.emit()

    def close(self) -> None:
        """Stops all work; no signal follows."""
        self._pending.close()

    # Answers

    @Slot()
    def _take_rows(self) -> None:
        if self._sweep is None:
            return
        rows: Sequence[Row] = self._sweep.rows.since(len(self.rows))
        if rows:
            self.rows.extend(rows)
            self.rows_added.emit(rows)

    @Slot(object)
    def _on_finished(self, response: Response) -> None:
        match response.request, response.result:
            case SweepRequest(), _:
                self._end_sweep()
            case EncodeAgainRequest(origin=origin), tuple() as paths:
                self.outcome = _outcome(origin, paths[0])
                self.running_changed.emit()
                self.changed.emit()
                self.written.emit(origin, paths)
            case ArraysRequest(path=path), dict() as arrays:
                self._take_arrays(path, arrays)

    @Slot(object)
    def _on_failed(self, response: Response) -> None:
        if isinstance(response.request, SweepRequest):
            self._end_sweep()
        else:
            self.running_changed.emit()
            self.changed.emit()
        if not response.cancelled:
            self.failed.emit(response.error or "")

    def _end_sweep(self) -> None:
        self._take_rows()
        self._sweep = None
        self.running_changed.emit()
        self.changed.emit()

    def _take_arrays(self, path: str, arrays: dict[str, tuple[int, int]]) -> None:
        self.arrays, self.arrays_of = arrays, path
        self.arrays_changed.emit()
        if not arrays:
            self.failed.emit(f"{Path(path).name} holds no array that can be encoded")

    def array(self, name: str, granularity: str) -> ArrayFile | None:
        """An array of the file that was chosen; None where it has none of that name."""
        if name not in self.arrays:
            return None
        return ArrayFile(self.arrays_of, name, granularity, self.arrays[name])


def _outcome(origin: Origin, path: Path) -> str:
    """What was written, and what it takes beside the tensor that it was made of."""
    size = path.stat().st_size if path.exists() else 0
    name = path.name.replace("_", "_\u200b")  # where a long name may be broken
    told = f"Wrote {name}: {_size(size, origin.shape)}"
    if not isinstance(origin, OpenedTensor):
        return f"{told}."
    tensor = origin.container.tensors[origin.tensor]
    before = tensor.own_bytes or origin.container.source.size
    return f"{told}, where the opened tensor takes {_size(before, origin.shape)}."


def _size(size: int, shape: tuple[int, int] | None) -> str:
    if shape is None:
        return f"{size:,} bytes"
    return f"{size:,} bytes, {8 * size / (shape[0] * shape[1]):.4f} bits a weight"
