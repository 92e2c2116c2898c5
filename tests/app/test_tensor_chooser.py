"""The chooser of tensors: it follows the document, and finds a name by any part of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox

from app.tensor_chooser import TensorChooser, tensor_sentence
from tests.app.native import MIXED, mixed_file, opened, scaled


@pytest.fixture
def document(open_legacy, tmp_path: Path):
    path = tmp_path / "some.rsc"
    path.write_bytes(mixed_file())
    return open_legacy(path)


@pytest.fixture
def chooser(qtbot, document):
    chooser = TensorChooser()
    qtbot.addWidget(chooser)
    chooser.resize(900, 40)
    document.select_tile(0)
    chooser.set_document(document)
    return chooser


def box(chooser: TensorChooser) -> QComboBox:
    found = chooser.findChild(QComboBox)
    assert found is not None
    return found


def test_it_offers_the_names(chooser):
    assert not chooser.isHidden()
    names = [box(chooser).itemText(row) for row in range(box(chooser).count())]
    assert names == list(MIXED)
    assert box(chooser).currentText() == "block.0.mixed"


def test_choosing_selects_the_tensor(chooser, document):
    box(chooser).activated.emit(2)
    assert document.selection.tensor == 2
    assert document.selection.tile == 0
    assert box(chooser).currentText() == "block.0.bias"


def test_it_follows_the_document_without_echo(chooser, document, qtbot):
    with qtbot.waitSignal(document.selection_changed):
        document.select_tensor(1)
    assert box(chooser).currentText() == "block.0.odd"
    assert "131 × 257" in chooser._told.toolTip()


def test_steps_go_round(chooser, document):
    chooser.step(-1)
    assert document.selection.tensor == 3
    chooser.step(1)
    assert document.selection.tensor == 0
    buttons = chooser.findChildren(QAbstractButton)
    assert all(button.toolTip() for button in buttons)
    next(button for button in buttons if button.text() == "▶").click()
    assert document.selection.tensor == 1


def test_any_part_of_a_name_is_enough(chooser, document, qtbot):
    chooser.take_focus()
    assert box(chooser).lineEdit().selectedText() == "block.0.mixed"
    box(chooser).setEditText("BIAS")
    qtbot.keyClick(box(chooser), Qt.Key.Key_Return)
    assert document.selection.tensor == 2


def test_a_name_that_is_none_is_put_back(chooser, document):
    box(chooser).setEditText("nonsense")
    box(chooser).lineEdit().editingFinished.emit()
    assert box(chooser).currentText() == "block.0.mixed"
    assert document.selection.tensor == 0


def test_it_hides_where_the_layout_names_no_tensor(chooser, open_legacy):
    chooser.set_document(open_legacy("gaussian10_300x200_t64.batched"))
    assert chooser.isHidden()
    chooser.set_document(None)
    assert chooser.isHidden()
    assert box(chooser).count() == 0


def test_a_tensor_in_one_line():
    rows, whole = opened(scaled()[0]).tensors
    text = tensor_sentence(rows)
    for part in ("24 × 40 int8", "was bfloat16 4 × 6 × 40", "a scale a row", "4 tiles of 16 × 32"):
        assert part in text
    lanes, run = rows.interleaving
    assert f"{lanes} lanes, runs of {run}" in text
    assert "16-bit words, 12-bit table" in text
    assert "one scale" in tensor_sentence(whole)
    cut = opened(mixed_file()[:30000]).tensors[2]
    assert "cannot be decoded" in tensor_sentence(cut)


def test_it_is_no_wider_than_a_narrow_window(chooser):
    assert chooser.minimumSizeHint().width() < 420
