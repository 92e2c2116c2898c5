"""The commands that compare, in the whole window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from app.compare_commands import RECORDED
from app.side_requests import LEFT, RIGHT
from app.workspace import sample_path
from tests.app.conftest import LEGACY
from tests.app.windows import trigger

NAME = "gaussian10_300x200_t64"
DUMP = str(LEGACY / f"{NAME}.gpu-later.npy")


@pytest.fixture
def document(window, settled):
    window.workspace.open([str(LEGACY / f"{NAME}.batched")])
    settled()
    return window.workspace.current


@pytest.fixture
def compared(document, window, settled):
    document.comparing.open(RIGHT, DUMP)
    settled()
    return document


def selected(document):
    tile, symbol = document.selection.tile, document.selection.symbol
    return document.tensor.weight_of(tile, symbol)


@pytest.mark.parametrize(("name", "place"), [("compare.with", RIGHT), ("compare.left", LEFT)])
def test_a_chosen_file_is_put_on_its_side(window, document, settled, monkeypatch, name, place):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (DUMP, ""))
    trigger(window, name)
    settled()
    side = (document.comparing.left, document.comparing.right)[place]
    assert side.name == DUMP
    assert window.panels["Comparison"].isVisible()


def test_a_dialog_that_was_cancelled_changes_nothing(window, document, settled, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    trigger(window, "compare.with")
    settled()
    assert document.comparing.right is None


def test_the_keys_lead_from_difference_to_difference(window, compared):
    trigger(window, "compare.first")
    first = compared.comparing.comparison.first
    assert selected(compared) == (first.row, first.col)
    trigger(window, "compare.next_coding")
    second = selected(compared)
    assert second != (first.row, first.col)
    trigger(window, "compare.previous_coding")
    assert selected(compared) == (first.row, first.col)
    trigger(window, "compare.next_matrix")
    trigger(window, "compare.previous_matrix")
    assert selected(compared) == (first.row, first.col)


@pytest.mark.parametrize("name", ["compare.first", "compare.next_coding", "compare.next_matrix"])
def test_without_a_comparison_they_say_so(window, document, name):
    before = document.selection
    trigger(window, name)
    assert document.selection == before
    assert window.statusBar().currentMessage() == "Nothing is compared"


def test_equal_sides_have_no_difference_to_go_to(window, document, settled):
    document.comparing.open(RIGHT, str(LEGACY / f"{NAME}.npy"))
    settled()
    trigger(window, "compare.first")
    assert window.statusBar().currentMessage() == "No weight differs"
    trigger(window, "compare.next_matrix")
    assert "No weight differs behind" in window.statusBar().currentMessage()


def test_a_comparison_ends(window, compared):
    trigger(window, "compare.end")
    assert compared.comparing.comparison is None
    assert compared.comparing.left is None


def test_ten_runs_tell_whether_a_decoder_always_gives_the_same(window, compared, settled):
    trigger(window, "compare.repeat")
    settled()
    assert compared.comparing.left.runs == 10
    assert not compared.comparing.comparison.left.varying.any()


def test_the_recorded_failure_is_opened_compared_and_explained(window, settled):
    trigger(window, "file.recorded")
    settled()
    comparing = window.workspace.current.comparing
    expected, found = comparing.comparison.left.weights, np.load(sample_path(RECORDED[1]))
    assert comparing.comparison.differing == (expected != found).sum()
    assert round(comparing.comparison.share, 3) == 0.996
    faults = [str(fault) for fault in comparing.findings[0].faults]
    assert faults == ["symbols-reversed", "row-start-predictor"]


def test_a_dump_that_is_dropped_is_compared_and_not_opened(window, document, settled):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(DUMP)])
    drop = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(drop)
    settled()
    assert window.workspace.documents == [document]
    assert document.comparing.right.name == DUMP


def test_a_reloaded_file_keeps_its_comparison(window, compared, settled):
    trigger(window, "file.reload")
    settled()
    again = window.workspace.current
    assert again is not compared
    assert again.comparing.comparison.differing > 0


def test_a_report_of_what_is_seen_is_saved(window, compared, settled, monkeypatch, tmp_path):
    target = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    trigger(window, "compare.report")
    settled()
    page = target.read_text(encoding="utf-8")
    assert "unwritten" in page
    assert f"--with {DUMP}" in page
    assert window.statusBar().currentMessage() == f"Saved {target}"


def test_a_report_that_cannot_be_saved_says_so(window, compared, settled, monkeypatch, tmp_path):
    target = tmp_path / "nowhere" / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    trigger(window, "compare.report")
    settled()
    assert "report.html" in window.statusBar().currentMessage()
    assert not target.exists()


def test_failures_of_a_side_do_not_pile_up_and_go_with_the_fault(
    window, document, settled, tmp_path
):
    path = tmp_path / "mine.py"
    for mistake in ("1 / 0", "nothing", "int('x')"):
        path.write_text(f"def decode(layer):\n    return {mistake}\n")
        document.comparing.open(RIGHT, str(path))
        document.comparing.run_again()
        settled()
        assert len(window.messages.rows()) == 1
    document.comparing.open(RIGHT, DUMP)
    settled()
    assert window.messages.rows() == []
