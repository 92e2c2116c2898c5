"""What the commands of benchmarks do: ask for files, run, and open what was decoded wrong in the comparison.

Also what closing the window does to a run, and that the next one offers to go on with it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.benchmarking import Benchmarking
from app.command_group import CommandContext, CommandGroup
from app.messages import Answer
from app.models.bench_form import kept_bench, taken_up_bench
from app.panel_layouts import BENCHMARKING
from app.settings import Settings
from app.side_requests import RIGHT
from codec.bench.history import Entry
from codec.bench.merging import keys_of
from codec.bench.plan import Action, Candidate, Data
from codec.bench.result import Outcome, RunResult
from codec.problems import Severity

if TYPE_CHECKING:
    from codec.bench.case import Case  # with numba, which the first paint does not wait for

CUT_OFF = "benchmark that was cut off"
"""Topic of a message."""

PANEL, COMPARISON = "Benchmarks", "Comparison"
"""The panel in which all of it is chosen, and the one in which outputs are compared."""

FILTERS = {
    "plan": ("A plan", "Plans (*.toml)"),
    "data": (
        "Weights to measure with",
        "Weights (*.npy *.npz *.safetensors *.gguf *.batched *.wcdc *.rsc);;All files (*)",
    ),
    "coder": ("A decoder or an encoder of yours", "Coders (*.py *.so *.cu)"),
    "import": ("Results to take in", "Results (*.json)"),
}
"""Titles and filters of the dialogs that choose a file to read."""

EXPORTS = "Page (*.html);;Figures (*.csv);;Results (*.json);;Plan (*.toml)"


def suffix_of(kind: str) -> str:
    """What files of a kind of `EXPORTS` end in; of none of them, results do."""
    return kind.rpartition("*")[2].rstrip(")") if kind in EXPORTS.split(";;") else ".json"


class BenchCommands(CommandGroup):
    """The effects of the commands of benchmarks.

    Attributes:
        benchmarking: what is chosen, and what came of it.
        path_chosen: called with "data" or "coder" and a path, to be added to the form.
    """

    def __init__(self, context: CommandContext, folder: Path) -> None:
        """Takes what they need of the window, and the folder of the history."""
        super().__init__(context)
        self.benchmarking = Benchmarking(self._jobs, folder, self)
        self.path_chosen: Callable[[str, str], None] = lambda _purpose, _path: None
        self._waiting: dict[Path, str] = {}
        self.benchmarking.file_wanted.connect(self.choose_file)
        self.benchmarking.forget_wanted.connect(self._ask_to_forget)
        self.benchmarking.comparison_wanted.connect(self._write_case)
        self.benchmarking.history.case_written.connect(self._open_case)
        self.benchmarking.failed.connect(self._messages.tell)
        self.benchmarking.said.connect(self._say)
        self.benchmarking.history.cut_off.connect(self._on_cut_off)
        self.benchmarking.running_changed.connect(self._on_running)
        self._workspace.current_changed.connect(self._on_current)

    def effects(self) -> dict[str, Callable[[], object]]:
        """What each of the commands does, by name."""
        return {
            "bench.run": self.run,
            "bench.stop": self._stop,
            "bench.resume": self._resume,
            "bench.plan": lambda: self.choose_file("plan"),
            "bench.import": lambda: self.choose_file("import"),
            "bench.export": lambda: self.choose_file("export"),
            "view.bench_layout": self._arrange,
        }

    def keep_in(self, settings: Settings) -> None:
        """Takes up the form that was kept there, and keeps it there from now on."""

        def keep() -> None:
            settings.benchmarks = kept_bench(self.benchmarking.choice.form)

        self.benchmarking.choice.ask(taken_up_bench(settings.benchmarks))
        self.benchmarking.choice.changed.connect(keep)

    def begin(self) -> None:
        """Looks for runs that were cut off as their window closed or crashed, to offer them."""
        self.benchmarking.history.look_for_cut_off()

    def may_close(self) -> bool:
        """Whether the window may close: nothing is measured, or the user wants that to end."""
        if not self.benchmarking.running:
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("A benchmark is running")
        box.setText(cut_short(self.benchmarking.known.result))
        stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton("Go on measuring", QMessageBox.ButtonRole.RejectRole))
        box.exec()
        return box.clickedButton() is stop

    def close(self) -> None:
        """Ends a run, whose results are kept; the next window offers to go on with it."""
        self.benchmarking.close()

    def run(self) -> None:
        """Runs the plan, and shows what comes of it."""
        reason = self.benchmarking.no_run
        self.benchmarking.run()
        self._go(PANEL)
        if reason:
            self._say(reason)

    def _stop(self) -> None:
        if not self.benchmarking.running:
            self._say("No benchmark is running")
        self.benchmarking.stop()

    def _resume(self) -> None:
        reason = self.benchmarking.no_resume
        self.benchmarking.resume()
        self._go(PANEL)
        if reason:
            self._say(reason)

    @Slot(str)
    def choose_file(self, purpose: str) -> None:
        """Asks for a file, and does with it what it was wanted for."""
        self._go(PANEL)
        if purpose == "export":
            self._export()
            return
        title, kinds = FILTERS[purpose]
        current = self._workspace.current
        folder = "" if current is None else str(current.path.parent)
        path, _ = QFileDialog.getOpenFileName(self._window, title, folder, kinds)
        if not path:
            return
        if purpose == "plan":
            self.benchmarking.choice.read_plan(path)
        elif purpose == "import":
            self.benchmarking.history.take_in(path)
        else:
            self.path_chosen(purpose, path)

    def _export(self) -> None:
        result = self.benchmarking.known.result
        if result is None:
            self._say("Nothing has been measured")
            return
        suggested = str(Path.home() / f"{result.id}.html")
        path, kind = QFileDialog.getSaveFileName(self._window, "Export", suggested, EXPORTS)
        if path and not Path(path).suffix:
            path += suffix_of(kind)
        if path:
            self.benchmarking.export(path)

    def _arrange(self) -> None:
        self._panels.arrange(BENCHMARKING)
        self._go(PANEL)

    @Slot(object)
    def _on_cut_off(self, entry: Entry) -> None:
        """Offers to go on with a run that another window has left behind."""
        result = entry.result
        if result is None:
            return
        rest = Answer(
            "Measure the rest", "Go on with it where it was cut off", lambda: self._go_on(entry)
        )
        look = Answer("Show", "Show what was measured", lambda: self._look_at(entry))
        self._messages.tell(was_cut_off(result), Severity.WARNING, [rest, look], CUT_OFF)

    def _look_at(self, entry: Entry) -> None:
        self.benchmarking.show(entry)
        self._go(PANEL)

    def _go_on(self, entry: Entry) -> None:
        self._look_at(entry)
        self._resume()

    @Slot()
    def _on_running(self) -> None:
        """What was cut off can be gone on with from the history, once something else is measured."""
        if self.benchmarking.running:
            self._messages.withdraw(CUT_OFF)

    @Slot(object)
    def _ask_to_forget(self, result: RunResult) -> None:
        says = f"Delete the results of {result.plan.title}, {result.started}, from the disk?"
        if (
            QMessageBox.question(self._window, "Delete a run", says)
            == QMessageBox.StandardButton.Yes
        ):
            self.benchmarking.history.forget(result)

    @Slot(object, object, object)
    def _write_case(self, data: Data, candidate: Candidate, action: Action) -> None:
        what = "was to decode" if action is Action.DECODE else "makes of the weights"
        self._say(f"Writing what {candidate.name} {what}")
        self.benchmarking.history.write_case(data, candidate, action)

    @Slot(object)
    def _open_case(self, case: Case) -> None:
        self._waiting[case.file.resolve()] = case.beside
        self._workspace.open([case.file])
        self._on_current()

    @Slot()
    def _on_current(self) -> None:
        """Puts the decoder, or the weights, beside the judge as soon as the file is open."""
        document = self._workspace.current
        if document is not None and document.path in self._waiting:
            document.comparing.open(RIGHT, self._waiting.pop(document.path))
            self._go(COMPARISON)


def cut_short(result: RunResult | None) -> str:
    """What becomes of a run when the window closes now."""
    done = "Nothing of it is measured yet." if result is None else f"{progress_of(result)}."
    return (
        f"A benchmark is running. {done} What was measured is kept when the window closes, and the rest can be "
        "measured after Ranscope is opened again."
    )


def was_cut_off(result: RunResult) -> str:
    """That a run was cut off, and how far it had come."""
    return f"The benchmark “{result.plan.name}” was cut off when Ranscope ended. {progress_of(result)}."


def progress_of(result: RunResult) -> str:
    """How much of a plan has been measured to its end."""
    done = sum(each.outcome is not Outcome.CANCELLED for each in result.measurements)
    return f"{done:,} of {len(keys_of(result.plan)):,} measurements are done"
