"""What the commands of the menu "Compare" do, on the document that is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from app.actions import Effect
from app.command_group import CommandContext, CommandGroup
from app.difference_steps import Order, next_difference
from app.document import Document
from app.panel_layouts import COMPARING
from app.report_request import ReportRequest, report_of
from app.side_requests import LEFT, RIGHT
from app.work import Response
from app.workspace import sample_path
from codec.comparison.comparison import Difference

FILTER = (
    "What can be compared (*.npy *.npz *.safetensors *.bin *.rscap *.py *.so *.cu *.batched *.wcdc *.rsc);;"
    "All files (*)"
)
"""For the file dialog. What a file is, its content decides, or its ending where it is a program."""

MANY_RUNS = 10
"""Runs of each decoder that "Run ten times" makes."""

RECORDED = "uniform_512x512_t256.batched", "uniform_512x512_t256.gpu-first.npy"
"""A bundled layer, and what a real GPU decoder made of it."""

ONLY_A_SIDE = (".npy", ".npz", ".safetensors", ".rscap", ".py", ".so", ".cu")
"""Endings of files that can be compared with an open one, but not opened themselves."""

COMPARISON = "Comparison"
"""The panel in which a comparison is looked at."""


class CompareCommands(CommandGroup):
    """The effects of the commands that compare."""

    def __init__(self, context: CommandContext) -> None:
        super().__init__(context)
        self._waiting: dict[Path, str] = {}
        self._workspace.current_changed.connect(self._on_current)
        for over in (self._jobs.finished, self._jobs.failed):
            over.connect(self._on_job)

    def effects(self) -> dict[str, Effect]:
        """What each of the commands does, by name."""
        return {
            "file.recorded": self.open_recorded,
            "view.compare_layout": self.arrange,
            "compare.with": lambda: self.choose_file(RIGHT),
            "compare.left": lambda: self.choose_file(LEFT),
            "compare.swap": lambda: self._with(lambda document: document.comparing.swap()),
            "compare.end": lambda: self._with(lambda document: document.comparing.use(None, None)),
            "compare.again": lambda: self._run(1),
            "compare.repeat": lambda: self._run(MANY_RUNS),
            "compare.report": self.save_report,
            "compare.first": self._select_first,
            "compare.next_coding": lambda: self._step(Order.CODING, forward=True),
            "compare.previous_coding": lambda: self._step(Order.CODING, forward=False),
            "compare.next_matrix": lambda: self._step(Order.MATRIX, forward=True),
            "compare.previous_matrix": lambda: self._step(Order.MATRIX, forward=False),
        }

    def choose_file(self, place: int) -> None:
        """Asks for a file, and puts it on a side (`LEFT` or `RIGHT`)."""
        document = self._workspace.current
        if document is None:
            return
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Compare with", str(document.path.parent), FILTER
        )
        if path:
            self.put_named(place, path)

    def put_named(self, place: int, name: str) -> None:
        """Puts a decoder by its name, or a file by its path, on a side, and shows the comparison."""
        document = self._workspace.current
        if document is not None:
            document.comparing.open(place, name)
            self._panels.go(COMPARISON)

    def save_report(self) -> None:
        """Asks where to save what was found as an HTML page, and has a worker write it."""
        document = self._workspace.current
        if document is None or document.comparing.comparison is None:
            self._say("Nothing is compared")
            return
        suggested = str(document.path.with_suffix(".comparison.html"))
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Save report", suggested, "HTML (*.html)"
        )
        request = report_of(document, path) if path else None
        if request is not None:
            self._jobs.submit(request, owner=self)

    @Slot(object)
    def _on_job(self, response: Response) -> None:
        if isinstance(response.request, ReportRequest):
            self._say(response.error or f"Saved {response.result}")

    def arrange(self) -> None:
        """Gives the comparison most of the window."""
        self._panels.arrange(COMPARING)

    def open_recorded(self) -> None:
        """Opens the bundled failure: a layer, and the output of a decoder that got it wrong."""
        layer, output = (sample_path(name) for name in RECORDED)
        self._waiting[layer.resolve()] = str(output)
        self._workspace.open([layer])
        self._on_current()

    def take_sides(self, paths: Sequence[str]) -> list[str]:
        """Puts the first of the files that cannot be opened themselves on the right side; returns the others."""
        only_sides = [path for path in paths if path.lower().endswith(ONLY_A_SIDE)]
        if self._workspace.current is None or not only_sides:
            return list(paths)
        self.put_named(RIGHT, only_sides[0])
        return [path for path in paths if path not in only_sides]

    @Slot()
    def _on_current(self) -> None:
        """Puts the side that waited for its file to be open."""
        document = self._workspace.current
        if document is not None and document.path in self._waiting:
            self.put_named(RIGHT, self._waiting.pop(document.path))

    def _run(self, runs: int) -> None:
        self._with(lambda document: document.comparing.run_again(runs))
        self._panels.go(COMPARISON)

    def _with(self, effect: Callable[[Document], object]) -> None:
        document = self._workspace.current
        if document is not None:
            effect(document)

    def _select_first(self) -> None:
        document = self._workspace.current
        comparison = document.comparing.comparison if document else None
        if document is not None and comparison is not None:
            self._select(document, comparison.first, "No weight differs")
        else:
            self._say("Nothing is compared")

    def _step(self, order: Order, *, forward: bool) -> None:
        document = self._workspace.current
        comparison = document.comparing.comparison if document else None
        if document is None or comparison is None:
            self._say("Nothing is compared")
            return
        found = next_difference(comparison, document.selection, order, forward=forward)
        where = "behind this" if forward else "before this"
        self._select(document, found, f"No weight differs {where} {order.value}")

    def _select(self, document: Document, found: Difference | None, otherwise: str) -> None:
        if found is None:
            self._say(otherwise)
        elif found.tile < 0:
            self._say(f"Row {found.row:,}, column {found.col:,} differs, but no tile covers it")
        else:
            document.select_weight(found.row, found.col)
