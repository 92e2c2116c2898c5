"""A stand-in for `document.comparing`: what views read of it and hear from it, set by a test at will."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.jobs import Jobs
from codec.formats import open_file


class EncodeStepsFake(QObject):
    """Stands in for `app.encode_steps.EncodeSteps`."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.known: dict[int, Any] = {}
        self.asked: list[int] = []

    def of(self, tile: int) -> Any:
        return self.known.get(tile)

    def want(self, tile: int) -> None:
        self.asked.append(tile)


class ComparingFake(QObject):
    """Plain attributes with the names of `app.comparing.Comparing`, and its signals."""

    sides_changed = Signal()
    comparison_changed = Signal()
    findings_changed = Signal()
    traces_changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.left: Any = None
        self.right: Any = None
        self.running = False
        self.note = ""
        self.offers: tuple[Any, ...] = ()
        self.comparison: Any = None
        self.findings: Any = None
        self.findings_note = ""
        self.traces: tuple[Any, Any] = (None, None)
        self.trace_notes = ("", "")
        self.divergence: Any = None
        self.files: Any = None
        self.encode_steps = EncodeStepsFake(self)
        self.printed = ["", ""]
        self.files_note = ""
        self.asked: list[tuple[Any, ...]] = []
        """The calls that were made, in their order: a name and the arguments."""

    def use(self, left: Any, right: Any) -> None:
        self.asked.append(("use", left, right))
        self.left, self.right = left, right
        self.sides_changed.emit()

    def swap(self) -> None:
        self.use(self.right, self.left)

    def want_traces(self) -> None:
        self.asked.append(("want_traces",))

    def run_again(self, runs: int = 1) -> None:
        self.asked.append(("run_again", runs))

    def leave_tensor(self) -> None:
        self.asked.append(("leave_tensor",))

    def leave_tile(self) -> None:
        self.asked.append(("leave_tile",))

    def close(self) -> None:
        self.asked.append(("close",))

    def tell(self, **attributes: Any) -> None:
        """Sets attributes, and emits the signals that go with them, once each."""
        for name, value in attributes.items():
            setattr(self, name, value)
        for signal, names in (
            (self.sides_changed, ("left", "right", "running", "printed")),
            (self.comparison_changed, ("comparison", "note", "files", "files_note")),
            (self.findings_changed, ("findings", "findings_note")),
            (self.traces_changed, ("traces", "trace_notes", "divergence")),
        ):
            if attributes.keys() & set(names):
                signal.emit()


class ComparedDocument(Document):
    """A document whose comparison is a fake."""

    comparing: Any = None


def open_compared(path: Path, jobs: Jobs) -> tuple[ComparedDocument, ComparingFake]:
    """A document over a file, and the fake in it; the caller closes the document."""
    document = ComparedDocument(path, open_file(str(path)), jobs)
    fake = ComparingFake(document)
    document.comparing = fake
    return document, fake
