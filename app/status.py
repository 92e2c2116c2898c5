"""The status bar: what the current file amounts to, and the jobs that run, each with a stop button."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QDeadlineTimer, QMetaObject, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QStatusBar,
    QToolButton,
    QWidget,
)

from app.decoder_choice import DecoderChoice
from app.document import Document
from app.elided import ElidedLabel
from app.jobs import Jobs
from app.tensor_chooser import tiles_phrase
from app.work import Request
from codec.container import Container, Tensor, ratio

SHOWN_AFTER_MS = 200
"""A job that ends sooner is not shown: a bar that flashes tells nobody anything."""

SHOWN_JOBS = 2
"""Jobs that are shown each with a bar; the others are counted."""

MEANING = (
    "The selected tensor: its shape and its tiles. The file: its size, and how much smaller it is than the "
    "same weights, of all its tensors, as int8 and as FP16."
)

PARTS = 1000
"""Steps of a progress bar, since totals may be larger than Qt's 32-bit range."""


class Status(QStatusBar):
    """The jobs on the left, the current file's figures on the right."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._tensor: int | None = None
        self._connection: QMetaObject.Connection | None = None
        self._summary = ElidedLabel()
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumWidth(1)  # what is said here must not widen the window
        self._decoder = QToolButton()
        self._decoder.setAutoRaise(True)
        self._decoder.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._decoder.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._decoder.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._decoder.setToolTip(
            "The decoder of all tiles, weights and traces; click to choose another"
        )
        self._decoder.hide()
        self.addWidget(JobStrip(jobs, self))
        self.addPermanentWidget(self._decoder)
        self.addPermanentWidget(self._summary, 1)

    def show_choice(self, choice: DecoderChoice, menu: QMenu) -> None:
        """Shows which decoder is used, from now on; `menu` offers the others."""

        def show() -> None:
            asked = "" if choice.wanted == choice.used else f" ({choice.wanted} is being asked…)"
            self._decoder.setText(f"Decoder: {choice.used}{asked}")

        self._decoder.setMenu(menu)
        self._decoder.show()
        choice.changed.connect(show)
        show()

    def show_document(self, document: Document | None) -> None:
        """Shows the figures of a file and of its selected tensor, from now on."""
        if self._connection is not None:
            QObject.disconnect(self._connection)
            self._connection = None
        if document is not None:
            self._connection = document.selection_changed.connect(self._show_selected)
        self._document, self._tensor = document, None
        self._show_selected()

    def _show_selected(self) -> None:
        """Follows the selection; of another place in the same tensor there is nothing new to say."""
        document = self._document
        if document is None:
            self._summary.say("")
        elif document.selection.tensor != self._tensor:
            self._tensor = document.selection.tensor
            self._summary.say(summary(document.container, self._tensor), MEANING)


class JobStrip(QWidget):
    """The jobs that have run for a while."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._coming: dict[int, _Coming] = {}
        self._rows: dict[int, _JobRow] = {}
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self._show_due)
        self._more = QLabel()
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(4, 0, 4, 0)
        self._line.addWidget(self._more)
        self._arrange()
        jobs.started.connect(self._on_started)
        jobs.progressed.connect(self._on_progress)
        jobs.ended.connect(self._on_ended)

    @Slot(int, object)
    def _on_started(self, job_id: int, request: Request) -> None:
        self._coming[job_id] = _Coming(request.title, QDeadlineTimer(SHOWN_AFTER_MS))
        if not self._due.isActive():
            self._due.start(SHOWN_AFTER_MS)

    @Slot(int, object, object)
    def _on_progress(self, job_id: int, done: int, total: int) -> None:
        if job_id in self._coming:
            self._coming[job_id].progress = done, total
        elif job_id in self._rows:
            self._rows[job_id].show_progress(done, total)

    @Slot(int)
    def _on_ended(self, job_id: int) -> None:
        self._coming.pop(job_id, None)
        row = self._rows.pop(job_id, None)
        if row is not None:
            row.hide()
            row.deleteLater()
            self._arrange()

    @Slot()
    def _show_due(self) -> None:
        """Shows the jobs that have run for a while, and waits for the next."""
        due = [job_id for job_id, coming in self._coming.items() if coming.due.hasExpired()]
        for job_id in due:
            coming = self._coming.pop(job_id)
            row = _JobRow(job_id, coming.title, self._jobs, self)
            row.show_progress(*coming.progress)
            self._rows[job_id] = row
            self._line.insertWidget(self._line.count() - 1, row)
        if due:
            self._arrange()
        if self._coming:
            first = next(iter(self._coming.values()))
            self._due.start(max(int(first.due.remainingTime()), 1))

    @Slot()
    def _arrange(self) -> None:
        """Shows the jobs that run longest, and counts the rest."""
        for place, row in enumerate(self._rows.values()):
            row.setVisible(place < SHOWN_JOBS)
        others = len(self._rows) - SHOWN_JOBS
        self._more.setText(f"and {others} more" if others > 0 else "")
        self._more.setVisible(others > 0)


@dataclass
class _Coming:
    """A job that has not run long enough to be shown; most end before.

    Attributes:
        title: what it is called.
        due: expires when it is to be shown.
        progress: how much is done, and of how much.
    """

    title: str
    due: QDeadlineTimer
    progress: tuple[int, int] = (0, 0)


class _JobRow(QWidget):
    """One job: title, progress, a button that stops it."""

    def __init__(self, job_id: int, title: str, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)  # busy, until something is known
        self._bar.setFixedWidth(120)
        self._bar.setMaximumHeight(14)
        self._bar.setToolTip(f"How far it is: {title}")
        stop = QToolButton()
        stop.setText("✕")
        stop.setAutoRaise(True)
        stop.setToolTip(f"Stop: {title}")
        stop.setAccessibleName(f"Stop: {title}")
        stop.clicked.connect(lambda: jobs.cancel(job_id))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 8, 0)
        for widget in (QLabel(title), self._bar, stop):
            line.addWidget(widget)

    def show_progress(self, done: int, total: int) -> None:
        """Shows that `done` of `total` is done."""
        if total > 0:
            self._bar.setRange(0, PARTS)
            self._bar.setValue(done * PARTS // total)


def summary(container: Container, selected: int = 0) -> str:
    """The figures of a file in one line; `selected` is the index of the tensor whose shape stands there."""
    size, tensors = container.source.size, container.tensors
    parts = [container.format]
    if len(tensors) > 1:
        parts.append(f"tensor {selected + 1:,} of {len(tensors):,}")
    parts += [_shape(tensor) for tensor in tensors[selected : selected + 1]]
    parts.append(f"{size:,} bytes" if len(tensors) < 2 else f"the whole file {size:,} bytes")
    weights = sum(tensor.weights for tensor in container.tensors)
    if weights and size:
        int8 = sum(ratio(tensor, size) for tensor in container.tensors)
        fp16 = sum(ratio(tensor, size, bytes_per_weight=2) for tensor in container.tensors)
        parts += [f"{int8:.3f}× against int8", f"{fp16:.3f}× against FP16"]
        parts.append(f"{8 * size / weights:.3f} bits per weight")
    return "  ·  ".join(parts)


def _shape(tensor: Tensor) -> str:
    return f"{tensor.rows:,} × {tensor.cols:,} {tensor.dtype}  ·  {tiles_phrase(tensor)}"
