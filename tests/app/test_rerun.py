"""The panel "Encode again" in the whole window: choose, try, encode, open beside, compare."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app import theme
from app.encoding_again import EncodingAgain
from app.main_window import MainWindow
from app.models.divergence_files import summary
from app.models.rerun_form import Form
from app.rerun_commands import free_name
from app.rerun_requests import ArrayFile, GeneratedWeights, OpenedTensor
from app.settings import Settings
from app.theme import Choice
from app.views.rerun import RerunView
from codec.formats import open_file
from codec.rerun.measured import Measured, Outcome
from codec.rerun.sources import of_tensor
from tests.app.conftest import LEGACY
from tests.app.windows import trigger

LAYER = LEGACY / "gaussian10_300x200_t64.batched"


@pytest.fixture
def layer(tmp_path):
    path = tmp_path / "layer.batched"
    path.write_bytes(LAYER.read_bytes())
    return path


@pytest.fixture
def document(window, settled, layer):
    window.workspace.open([layer])
    settled()
    return window.workspace.current


@pytest.fixture
def view(window, document) -> RerunView:
    found = window.panels.view("Encode again")
    assert isinstance(found, RerunView)
    return found


@pytest.fixture
def encoding(window):
    return window.rerun.encoding


def saves_to(monkeypatch, path):
    asked = []

    def ask(_parent, _title, suggested, *_):
        asked.append(suggested)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return asked


def kind_of(view, text):
    """Chooses where the weights come from by its words."""
    box = view.origin.findChildren(QWidget, options=Qt.FindChildOption.FindChildrenRecursively)
    combo = next(b for b in box if hasattr(b, "findText") and b.findText(text) >= 0)
    combo.setCurrentIndex(combo.findText(text))


def test_the_opened_tensor_is_what_is_encoded_at_first(encoding, view, document):
    assert isinstance(encoding.origin, OpenedTensor)
    assert encoding.is_about(document.container, 0)
    assert encoding.no_sweep == ""


def test_a_sweep_fills_the_table_and_the_plot(window, encoding, view, settled):
    view.settings.show_form(Form(tiles="32, 64", predictors=("none", "left")))
    trigger(window, "rerun.sweep")
    assert encoding.sweeping
    settled()
    assert not encoding.sweeping
    assert view.results.model.rowCount() == len(encoding.rows) == 12
    outcomes = [row.outcome for row in encoding.rows if isinstance(row, Measured)]
    assert outcomes == [Outcome.EXACT] * 8
    trigger(window, "rerun.smallest")
    assert encoding.target is not None
    assert encoding.target.layout == "native"
    assert "native" in encoding.target_says
    assert [table.rows for table in view.tables()] == [12]


def test_points_and_rows_are_picked_together(window, encoding, view, settled):
    view.settings.show_form(Form(("native",), "32, 64"))
    encoding.sweep()
    settled()
    view.results.plot.picked.emit(1)
    assert view.results.selected == 1
    assert encoding.target.tile_rows == 64
    view.results.table.sortByColumn(11, Qt.SortOrder.DescendingOrder)
    assert view.results.selected == 1


def test_a_contradiction_is_said_while_it_is_typed(encoding, view):
    line = view.settings.typed["lanes"]
    view.settings.show_form(Form(("batched",), "64"))
    assert not encoding.reading.wrong
    line.setText("3")
    assert encoding.no_sweep.startswith("The batched layout has one lane, not 3: take 1")
    shown = [label.text() for label in view.findChildren(QLabel)]
    assert any(text.startswith("✕ The batched layout has one lane") for text in shown)
    assert encoding.no_encode == encoding.reading.says
    line.clear()
    assert encoding.no_sweep == encoding.no_encode == ""


def test_one_combination_is_written_opened_beside_and_compared(
    window, encoding, view, document, settled, monkeypatch, tmp_path
):
    output = tmp_path / "again.rsc"
    asked = saves_to(monkeypatch, output)
    view.settings.show_form(Form(("native",), "128", predictors=("auto",)))
    trigger(window, "rerun.encode")
    settled()
    assert asked == [str(tmp_path / "layer.t128.rsc")]
    assert [each.path.name for each in window.workspace.documents] == ["layer.batched", "again.rsc"]
    assert window.workspace.current is document
    assert document.comparing.right.name == str(output)
    assert document.comparing.files is not None
    assert document.comparing.comparison.first is None
    assert encoding.outcome.startswith(f"Wrote again.rsc: {output.stat().st_size:,} bytes, ")
    assert "takes 53,643 bytes, 7.1524 bits a weight" in encoding.outcome
    container = open_file(output)
    weights = of_tensor(container, container.tensors[0]).matrix
    np.testing.assert_array_equal(weights, np.load(LAYER.with_suffix(".npy")))


def test_an_open_file_is_never_written(window, view, document, layer, settled, monkeypatch):
    before = layer.read_bytes()
    saves_to(monkeypatch, layer)
    view.settings.show_form(Form(("batched",), "64"))
    trigger(window, "rerun.encode")
    settled()
    assert layer.read_bytes() == before
    said = [label.text() for label in window.messages.findChildren(QLabel)]
    assert any("an opened file is never written" in text for text in said)


def test_generated_weights_are_encoded_and_opened(
    window, encoding, view, settled, monkeypatch, tmp_path
):
    kind_of(view, "generated weights")
    assert isinstance(encoding.origin, GeneratedWeights)
    assert encoding.origin.kind == "normal-10"
    kind_of(view, "zeros")
    output = tmp_path / "zeros.batched"
    saves_to(monkeypatch, output)
    view.settings.show_form(Form(("batched",), "256"))
    trigger(window, "rerun.encode")
    settled()
    assert window.workspace.current.path == output
    assert window.workspace.current.tensor.rows == 1024
    assert output.stat().st_size < 2000


def test_a_file_of_arrays_is_looked_into(window, encoding, view, settled, monkeypatch, tmp_path):
    floats = np.random.default_rng(0).normal(0, 1, (64, 48)).astype(np.float32)
    np.savez(tmp_path / "two.npz", a=floats, b=np.ones((3, 3), np.int8), text=np.array("x"))
    path = str(tmp_path / "two.npz")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (path, ""))
    trigger(window, "rerun.file")
    settled()
    assert encoding.origin == ArrayFile(path, "a", "tensor", (64, 48))
    view.settings.show_form(Form(("wcdc",), "32"))
    output = tmp_path / "a.wcdc"
    saves_to(monkeypatch, output)
    trigger(window, "rerun.encode")
    settled()
    assert output.exists()
    assert output.with_name("a.wcdc.scales.npz").exists()
    trigger(window, "rerun.opened")
    assert isinstance(encoding.origin, OpenedTensor)


def test_scales_that_stand_there_are_not_lost(
    window, encoding, view, settled, monkeypatch, tmp_path
):
    (tmp_path / "a.wcdc.scales.npz").write_bytes(b"kept")
    saves_to(monkeypatch, tmp_path / "a.wcdc")
    view.settings.show_form(Form(("wcdc",), "32"))
    trigger(window, "rerun.encode")
    settled()
    assert not (tmp_path / "a.wcdc").exists()
    assert (tmp_path / "a.wcdc.scales.npz").read_bytes() == b"kept"


def test_a_file_that_cannot_be_read_costs_a_sentence(
    window, encoding, settled, monkeypatch, tmp_path
):
    path = tmp_path / "text.npy"
    path.write_text("no array")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    trigger(window, "rerun.file")
    settled()
    assert encoding.arrays == {}
    assert window.messages.isVisible()


def test_a_sweep_that_is_stopped_keeps_its_rows(window, encoding, view, qtbot, settled):
    kind_of(view, "generated weights")
    view.settings.show_form(Form(("wcdc",), "16, 17, 18, 19, 20, 21, 22, 23"))
    encoding.sweep()
    qtbot.waitUntil(lambda: len(encoding.rows) > 0, timeout=60_000)
    trigger(window, "rerun.stop")
    settled()
    assert not encoding.sweeping
    assert 0 < len(encoding.rows) == view.results.model.rowCount() < 8
    assert encoding.no_sweep == ""


def test_weights_that_are_not_known_are_refused_before_anything_runs(
    window, encoding, view, settled
):
    window.workspace.open([LEGACY / "brokentable_1024x1024_t256.batched"])
    settled()
    assert "the frequencies sum to 7,938" in encoding.no_sweep
    assert encoding.no_encode == encoding.no_sweep
    encoding.sweep()
    assert not encoding.sweeping


def test_weights_that_do_not_decode_cost_a_sentence(window, encoding, view, settled, tmp_path):
    damaged = bytearray(LAYER.read_bytes())
    damaged[-1] ^= 0xFF
    (tmp_path / "damaged.batched").write_bytes(bytes(damaged))
    window.workspace.open([tmp_path / "damaged.batched"])
    settled()
    told: list[str] = []
    encoding.failed.connect(told.append)
    encoding.sweep()
    settled()
    assert not encoding.sweeping
    assert ["do not decode, so its weights" in each for each in told] == [True]


def test_more_weights_than_can_be_made_are_refused(encoding):
    encoding.take_from(GeneratedWeights("zeros", 65_536, 65_536))
    assert "cannot be made" in encoding.no_sweep


def test_the_points_of_the_plot_are_reached_by_keys(window, encoding, view, settled, qtbot):
    view.settings.show_form(Form(("native",), "32, 64", predictors=("none", "left")))
    encoding.sweep()
    settled()
    plot = view.results.plot
    reached = []
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Up,
    ):
        qtbot.keyClick(plot, key)
        reached.append(view.results.selected)
    assert reached[0] == 0
    assert len({*reached}) == 4
    assert reached[4] == 0


def test_without_a_file_weights_can_still_be_generated(window, encoding, view, document, settled):
    window.workspace.close(document)
    assert encoding.no_sweep.startswith("There are no weights")
    assert view.empty_text == ""
    kind_of(view, "generated weights")
    assert encoding.no_sweep == ""
    trigger(window, "panel.encode again.go")
    assert view.isVisible()
    trigger(window, "rerun.sweep")
    settled()
    assert len(encoding.rows) == 6
    trigger(window, "rerun.smallest")
    assert view.results.selected is not None


@pytest.fixture
def alone(qtbot, jobs, open_legacy, settle):
    """The view without a window, after a sweep."""
    found = RerunView()
    qtbot.addWidget(found)
    encoding = EncodingAgain(jobs)
    found.use(encoding)
    found.set_document(open_legacy(LAYER.name))
    found.settings.show_form(Form(tiles="64", predictors=("none", "left")))
    encoding.sweep()
    settle()
    found.show()
    yield found
    theme.choose(Choice.LIGHT)
    encoding.close()


def test_nothing_is_cut_at_any_width(alone):
    for width in (250, 520, 1200):
        for choice in (Choice.DARK, Choice.LIGHT):
            theme.choose(choice)
            alone.resize(width, 900)
            alone.grab()
            assert alone.width() == width
            for label in alone.findChildren(QLabel):
                if label.isVisible() and label.text() and not label.wordWrap():
                    assert label.width() >= label.minimumSizeHint().width(), label.text()


def test_every_control_says_what_it_does(alone):
    kinds = QLineEdit | QCheckBox | QComboBox | QAbstractButton | QAbstractSpinBox
    controls = [
        each
        for part in (alone.origin, alone.settings)
        for each in part.findChildren(QWidget)
        if isinstance(each, kinds) and type(each.parent()) is QWidget
    ]
    controls += alone.findChildren(QPushButton)
    assert len(controls) > 20
    assert [each for each in controls if not each.toolTip()] == []


def test_a_suggested_name_is_free(tmp_path):
    assert free_name(tmp_path, "a.t64", ".rsc").name == "a.t64.rsc"
    (tmp_path / "a.t64.rsc").touch()
    (tmp_path / "a.t64-2.rsc").touch()
    assert free_name(tmp_path, "a.t64", ".rsc").name == "a.t64-3.rsc"


def test_the_form_is_kept_from_one_run_to_the_next(window, view, qtbot, tmp_path):
    asked = Form(
        ("native",), "48x96", ("auto", "top"), "10, 11", "8", "3", "5", "4096", ("original",)
    )
    view.settings.show_form(asked)
    window.close()
    again = MainWindow(Settings(tmp_path / "settings.ini"))
    qtbot.addWidget(again)
    with qtbot.waitSignal(again.completed, timeout=20_000):
        again.show()
    found = again.panels.view("Encode again")
    assert isinstance(found, RerunView)
    assert set(found.settings.form.predictors) == {"top", "auto"}
    assert found.settings.form == again.rerun.encoding.form
    assert again.rerun.encoding.form.tiles == "48x96"
    assert again.rerun.encoding.form.normalisations == ("original",)
    again.close()


def test_the_row_picked_last_is_what_is_encoded_and_enter_asks_where_to(
    window, encoding, view, document, settled, qtbot, monkeypatch, tmp_path
):
    view.settings.show_form(Form(("native", "batched"), "32, 64", predictors=("none", "left")))
    trigger(window, "rerun.sweep")
    settled()
    asked = saves_to(monkeypatch, "")
    view.settings.show_form(Form(("native",), "128"))
    assert encoding.target.tile_rows == 128
    view.results.select(1)
    assert (encoding.target.layout, encoding.target.tile_rows) == ("batched", 32)
    table = view.results.table
    window._go("Encode again")
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert asked == [str(tmp_path / "layer.t32.batched")]
    table.doubleClicked.emit(table.currentIndex())
    assert len(asked) == 2
    view.settings.show_form(Form(("wcdc",), "16"))
    assert encoding.target.layout == "wcdc"  # what was typed since
    refused = next(n for n, row in enumerate(encoding.rows) if not isinstance(row, Measured))
    view.results.select(refused)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert len(asked) == 2


def test_the_files_panel_tells_sizes_and_bits_a_weight(
    window, view, document, settled, monkeypatch, tmp_path
):
    saves_to(monkeypatch, tmp_path / "again.rsc")
    view.settings.show_form(Form(("native",), "64", predictors=("none",)))
    trigger(window, "rerun.encode")
    settled()
    said = summary(document.comparing.files)
    assert "takes 53,643 and 45,125 bytes, 7.1524 and 6.0167 bits a weight: 15.88% less" in said
    assert "256 symbols of the table and 20 tiles" in said


def test_a_file_whose_arrays_are_no_weights_says_why(window, encoding, view, settled, tmp_path):
    path = tmp_path / "counts.npy"
    np.save(path, np.ones((4, 4), np.int32))
    told: list[str] = []
    encoding.failed.connect(told.append)
    encoding.look_into(str(path))
    settled()
    assert len(told) == 1
    assert "int32" in told[0]
    assert encoding.arrays == {}
