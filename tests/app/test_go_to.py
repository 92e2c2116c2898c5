"""The offset dialog: what it takes for an offset, and what it says of it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QLineEdit

from app.go_to import GoToOffset
from app.offsets import parse_offset
from app.workspace import sample_path
from codec.formats import open_file


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("0", 0),
        (" 1234 ", 1234),
        ("1,234,567", 1_234_567),
        ("1_000 000", 1_000_000),
        ("0x4d2", 1234),
        ("0X4D2", 1234),
        ("007", 7),
        ("99999999999999999999", 99999999999999999999),
    ],
)
def test_offsets(text, offset):
    assert parse_offset(text) == offset


@pytest.mark.parametrize(
    "text", ["", " ", "4d2", "0x", "-1", "+1", "1.5", "1e3", "０", "0x0x1", "0xg", "9" * 5000]
)
def test_no_offsets(text):
    assert parse_offset(text) is None


@pytest.fixture
def dialog(qtbot):
    dialog = GoToOffset(open_file(sample_path()), 40)
    qtbot.addWidget(dialog)
    return dialog


def typed(dialog: GoToOffset, text: str) -> tuple[bool, str]:
    """Whether OK can be pressed after typing, and what the dialog says."""
    (edit,), (buttons,) = dialog.findChildren(QLineEdit), dialog.findChildren(QDialogButtonBox)
    edit.setText(text)
    ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
    (says,) = (label.text() for label in dialog.findChildren(QLabel) if label.wordWrap())
    return ok.isEnabled(), says


def test_it_names_the_field_at_the_offset(dialog):
    enabled, says = typed(dialog, "0x4")
    assert enabled
    assert says == "Byte 4 (0x4): header › version"
    assert dialog.place == 4


def test_it_counts_from_the_selected_byte(dialog):
    assert typed(dialog, "+0x8")[0]
    assert dialog.place == 48
    assert typed(dialog, "-41") == (False, "Byte -1 is not in the file, which has 121,694 bytes.")


def test_it_refuses_what_lies_behind_the_end(dialog):
    enabled, says = typed(dialog, "121694")
    assert not enabled
    assert "not in the file, which has 121,694 bytes" in says
    assert dialog.place is None


def test_it_refuses_what_is_no_offset(dialog):
    enabled, says = typed(dialog, "here")
    assert not enabled
    assert "no offset" in says
