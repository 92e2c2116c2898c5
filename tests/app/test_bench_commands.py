"""What the commands of benchmarks ask for and do with it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.bench_commands import COMPARISON, PANEL, BenchCommands
from app.bench_running import Known
from app.command_group import CommandContext
from app.messages import Messages
from app.models.bench_form import COMPOSED, BenchForm, kept_bench, taken_up_bench
from app.panels import Panels
from app.settings import Settings
from app.workspace import Workspace
from codec.bench.plan import Action, Candidate, Data
from codec.rerun.recipe import usual
from tests.app.bench_results import result_of

LONG_MS = 60_000


class Around:
    """What the commands need of a window, noted."""

    def __init__(self, qtbot, jobs, folder):
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.workspace = Workspace(jobs)
        self.went: list[str] = []
        self.said: list[str] = []
        self.failed: list[str] = []
        self.messages, self.panels = Messages(self.window), Panels(self.window)
        context = CommandContext(
            self.window, self.workspace, self.panels, self.went.append, self.messages, self.said.append
        )  # fmt: skip
        self.commands = BenchCommands(context, folder)
        self.bench = self.commands.benchmarking
        self.bench.failed.connect(self.failed.append)


@pytest.fixture
def around(qtbot, jobs, tmp_path):
    found = Around(qtbot, jobs, tmp_path / "history")
    yield found
    found.bench.close()
    found.workspace.close_all()


@pytest.fixture
def answers(monkeypatch):
    """Answers the dialogs that ask for a file with a path."""

    def answer(path):
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *_given: (str(path), ""))

    return answer


def test_a_wrong_output_is_opened_beside_the_judge(around, qtbot, tmp_path):
    data = Data("small", "generated:normal-10:64x64:1")
    candidate = Candidate("reference, native", "reference", usual("native"))
    around.bench.comparison_wanted.emit(data, candidate, Action.DECODE)
    qtbot.waitUntil(lambda: COMPARISON in around.went, timeout=LONG_MS)
    document = around.workspace.current
    assert document.path.parent == tmp_path / "history" / "cases"
    assert document.tensor.rows == document.tensor.cols == 64
    qtbot.waitUntil(lambda: document.comparing.right is not None, timeout=LONG_MS)
    assert document.comparing.right.name == "reference"
    qtbot.waitUntil(lambda: not around.workspace.jobs.busy, timeout=LONG_MS)


def test_what_has_a_format_of_its_own_cannot_be_opened(around, qtbot):
    around.bench.comparison_wanted.emit(
        Data("small", "generated:zeros:8x8"), Candidate("z", "zstandard"), Action.DECODE
    )
    qtbot.waitUntil(lambda: bool(around.failed), timeout=LONG_MS)
    assert "zstandard has a format of its own" in around.failed[0]


OFF_BY_ONE = """
from codec.rerun.encoding import encode_again
from codec.rerun.recipe import usual
from codec.rerun.sources import SourceWeights

def encode(weights, layer):
    wrong = weights.copy()
    wrong[5, 7] += 1
    return encode_again(SourceWeights("weights", "", wrong), usual("batched"))
"""


def wrong_encoder(around, tmp_path, text):
    brought = tmp_path / "mine.py"
    brought.write_text(text)
    around.bench.comparison_wanted.emit(
        Data("small", "generated:normal-10:64x64:1"),
        Candidate("mine", str(brought), usual("batched")),
        Action.ENCODE,
    )


def test_a_wrong_encoders_own_file_is_opened_beside_the_weights(around, qtbot, tmp_path):
    wrong_encoder(around, tmp_path, OFF_BY_ONE)
    qtbot.waitUntil(lambda: COMPARISON in around.went or bool(around.failed), timeout=LONG_MS)
    assert around.failed == []
    document = around.workspace.current
    assert "mine" in document.path.name
    comparing = document.comparing
    qtbot.waitUntil(lambda: comparing.comparison is not None, timeout=LONG_MS)
    assert comparing.right.name.endswith("-weights.npy")
    assert comparing.comparison.differing == 1


def test_an_encoder_of_nonsense_is_told_of_in_a_sentence(around, qtbot, tmp_path):
    told: list[str] = []
    around.workspace.failed.connect(told.append)
    wrong_encoder(around, tmp_path, "def encode(weights, layer):\n    return b'nonsense' * 9\n")
    qtbot.waitUntil(lambda: bool(told), timeout=LONG_MS)
    assert "mine.batched is no compressed layer: its first four bytes read" in told[0]
    wrong_encoder(
        around, tmp_path, "def encode(weights, layer):\n    raise ValueError('no idea')\n"
    )
    qtbot.waitUntil(lambda: bool(around.failed), timeout=LONG_MS)
    assert "no idea" in around.failed[0]


def test_files_are_chosen_for_what_they_are_wanted_for(
    around, answers, qtbot, jobs, tmp_path, monkeypatch
):
    added = []
    around.commands.path_chosen = lambda purpose, path: added.append((purpose, path))
    answers("/weights/a.npy")
    around.bench.file_wanted.emit("data")
    assert added == [("data", "/weights/a.npy")]
    assert around.went == [PANEL]
    answers("")
    around.bench.file_wanted.emit("coder")
    assert len(added) == 1
    around.commands.effects()["bench.export"]()
    assert around.said == ["Nothing has been measured"]
    around.bench.known = Known(result_of())
    answers(tmp_path / "out.csv")
    around.commands.effects()["bench.export"]()
    qtbot.waitUntil(lambda: not jobs.busy, timeout=LONG_MS)
    assert (tmp_path / "out.csv").exists()
    with monkeypatch.context() as patch:  # a dialog that leaves the ending to the chosen kind
        chosen = (str(tmp_path / "typed"), "Page (*.html)")
        patch.setattr(QFileDialog, "getSaveFileName", lambda *_given: chosen)
        around.commands.effects()["bench.export"]()
        qtbot.waitUntil(lambda: (tmp_path / "typed.html").exists(), timeout=LONG_MS)
    answers(tmp_path / "none.toml")
    around.commands.effects()["bench.plan"]()
    qtbot.waitUntil(lambda: bool(around.failed), timeout=LONG_MS)
    assert "none.toml" in around.failed[0]


def test_a_run_is_only_deleted_where_that_is_wanted(around, monkeypatch):
    forgotten: list[object] = []
    monkeypatch.setattr(around.bench.history, "forget", forgotten.append)
    result = result_of()
    for button in (QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes):
        monkeypatch.setattr(QMessageBox, "question", lambda *_given, button=button: button)
        around.bench.forget_wanted.emit(result)
    assert forgotten == [result]


def test_why_nothing_is_run_is_said(around):
    around.bench.choice.ask(BenchForm(plan=COMPOSED, kinds=""))
    around.commands.effects()["bench.run"]()
    around.commands.effects()["bench.resume"]()
    assert "There are no weights" in around.said[0]
    assert around.said[1] == "There is no run to go on with."


def test_the_form_is_kept(around, tmp_path):
    settings = Settings(tmp_path / "settings.ini")
    assert settings.benchmarks_folder == tmp_path / "benchmarks"
    around.commands.keep_in(settings)
    assert around.bench.choice.form == BenchForm()
    form = BenchForm(plan="cpu", seed=5, peers=())
    around.bench.choice.ask(form)
    assert taken_up_bench(Settings(tmp_path / "settings.ini").benchmarks) == form
    around.bench.choice.ask(BenchForm())
    settings.benchmarks = kept_bench(form)
    around.commands.keep_in(settings)
    assert around.bench.choice.form == form
