"""Editing an open file: laid over it at once, undone, kept over a reload, and never written into it."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoStack

from app import edit_requests
from app.child_tasks import reopened, stamp_of
from app.comparing import JUDGE
from app.editing import AGAINST_ITSELF, LONGEST_EDIT, Editing, selected_field
from app.models.edit_table import Column, EditTableModel
from app.selection import Selection
from app.session.file_work import FileWork, Work
from app.tables.edits import edit_tables
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.edits.byte_edits import flip_bit, put_bytes
from codec.edits.edit import Edit
from codec.edits.opening import NO_LAYOUT, parse_edited
from codec.edits.overlay import EditedSource, edits_of
from codec.errors import InputError, SourceError
from codec.formats import open_file
from tests.app.conftest import LEGACY
from tests.codec.native_files import mixed, native_bytes

NAME = "gaussian10_300x200_t64.batched"
pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / NAME
    shutil.copy(LEGACY / NAME, path)
    return path


@pytest.fixture
def opened(workspace, path, settle):
    workspace.open([path])
    settle()
    return workspace.current


@pytest.fixture
def editing(path):
    return Editing(open_file(path), FileWork())


def stream_byte(document, tile: int) -> int:
    """A byte in the middle of a tile's stream."""
    tiles = document.container.tensors[0].tiles
    return int(tiles["offset"][tile]) + int(tiles["size"][tile]) // 2


def flip(document, offset: int, bit: int = 0) -> None:
    document.editing.add(document.editing.bit_edit(offset, bit))


# The list of edits


def test_every_change_of_the_list_is_one_step_of_undo(editing):
    history: QUndoStack = editing.work.history
    editing.add(editing.bit_edit(100, 3))
    editing.add(editing.bytes_edit(200, b"abc"))
    editing.switch([0], on=False)
    editing.remove([1])
    assert [edit.enabled for edit in editing.edits] == [False]
    assert editing.in_force == 0
    titles = [history.text(step) for step in range(history.count())]
    assert titles[2:] == ["Switch an edit off", "Remove an edit"]
    for _ in range(4):
        history.undo()
    assert editing.edits == ()
    for _ in range(3):
        history.redo()
    assert [edit.enabled for edit in editing.edits] == [False, True]
    editing.discard_all()
    assert editing.edits == ()
    history.undo()
    assert len(editing.edits) == 2


def test_what_changes_no_byte_is_no_edit(editing):
    there = editing.source.read(50, 4)
    editing.add(editing.bytes_edit(50, there))
    editing.type_byte(50, there[0])
    editing.switch([], on=False)
    assert editing.work.history.count() == 0


def test_typed_bytes_are_one_edit_of_several_steps(editing):
    for offset, value in enumerate(b"\xde\xad\xbe", 300):
        editing.type_byte(offset, value)
    assert [edit.after for edit in editing.edits] == [b"\xde\xad\xbe"]
    editing.work.history.undo()
    assert [edit.after for edit in editing.edits] == [b"\xde\xad"]


def test_what_cannot_be_edited_is_refused(editing):
    with pytest.raises(SourceError):
        editing.bit_edit(1 << 40, 0)
    with pytest.raises(InputError, match="too many for one edit"):
        editing.bytes_edit(0, bytes(LONGEST_EDIT + 1))
    header = editing.container.root.children[0]
    with pytest.raises(InputError, match="made of parts"):
        editing.field_edit(header, "1")


def test_an_edit_says_why_it_is_not_in_force(editing):
    size = editing.container.source.size
    beyond = Edit(size, b"a", b"b", "beyond")
    other = Edit(0, b"zz", b"yy", "over other bytes")
    off = Edit(5, editing.source.read(5, 1), b"x", "off", enabled=False)
    editing.work.restore(Work(edits=(beyond, other, off)))
    remarks = [editing.remark(number) for number in range(3)]
    assert remarks[0] == f"It reaches to byte {size + 1:,}, and the file has {size:,} bytes now."
    assert remarks[1] == "The file has changed: other bytes stood there when the edit was made."
    assert remarks[2] == "It is switched off."
    assert editing.in_force == 1


def test_the_selected_field_is_the_innermost_that_holds_all_of_it(editing):
    container = editing.container
    assert selected_field(container, Selection()) is None
    span = selected_field(container, Selection(span=(8, 4)))
    assert span is not None
    assert span.name == "rows"
    both = selected_field(container, Selection(span=(8, 8)))
    assert both is not None
    assert both.name == "header"


# What the workspace makes of them


def test_an_edit_is_shown_and_held_against_the_file_as_opened(workspace, opened, path, settle):
    before = path.read_bytes()
    opened.select_symbol(7, 100)
    settle()
    flip(opened, stream_byte(opened, 7))
    settle()
    edited = workspace.current
    assert edited is not opened
    assert edited.work is opened.work
    assert edited.title == f"{NAME} (edited)"
    assert isinstance(edited.container.source, EditedSource)
    assert (edited.selection.tile, edited.selection.symbol) == (7, 100)
    comparing = edited.comparing
    assert (comparing.left, comparing.right) == AGAINST_ITSELF
    assert np.flatnonzero(comparing.comparison.tile_differing).tolist() == [7]
    assert any(problem.tile == 7 for problem in edited.problems)
    assert comparing.files.streams_differing.tolist() == [7]
    assert path.read_bytes() == before


def test_undoing_the_last_edit_ends_the_comparison(workspace, opened, settle):
    flip(opened, stream_byte(opened, 7))
    settle()
    opened.work.history.undo()
    settle()
    shown = workspace.current
    assert shown.title == NAME
    assert edits_of(shown.container.source) == ()
    assert (shown.comparing.left, shown.comparing.right) == (None, None)
    assert shown.problems == opened.problems
    opened.work.history.redo()
    settle()
    assert workspace.current.comparing.comparison.tiles_differing == 1


def test_what_the_user_compares_stays(workspace, opened, settle):
    opened.comparing.use(JUDGE, JUDGE)
    settle()
    flip(opened, stream_byte(opened, 7))
    settle()
    comparing = workspace.current.comparing
    assert (comparing.left, comparing.right) == (JUDGE, JUDGE)
    assert comparing.comparison.differing == 0


def test_what_was_held_against_the_file_as_opened_stays_when_no_edit_is_left(
    workspace, opened, settle
):
    reference = Side(SideKind.DECODER, "reference")
    flip(opened, stream_byte(opened, 7))
    settle()
    workspace.current.comparing.use(AGAINST_ITSELF[0], reference)
    opened.work.history.undo()
    settle()
    comparing = workspace.current.comparing
    assert (comparing.left, comparing.right) == (JUDGE, reference)
    assert comparing.comparison.differing == 0


def test_several_edits_at_once_are_read_once_and_none_is_lost(workspace, opened, settle, qtbot):
    shown = []
    workspace.reloaded.connect(lambda _old, new: shown.append(new))
    for number in range(10):
        flip(opened, stream_byte(opened, 7) + number)
    settle()
    assert len(edits_of(workspace.current.container.source)) == 10
    assert len(shown) < 10
    for _ in range(10):
        opened.work.history.undo()
    settle()
    assert edits_of(workspace.current.container.source) == ()


def test_an_edit_taken_back_before_it_is_read_changes_nothing(workspace, opened, settle):
    flip(opened, stream_byte(opened, 7))
    opened.work.history.undo()
    settle()
    assert workspace.current is opened
    assert not workspace.opening


def test_a_magic_number_can_be_edited_and_mended(workspace, opened, settle):
    flip(opened, 0, 7)
    settle()
    shown = workspace.current
    assert shown.container.format == NO_LAYOUT
    assert shown.tensor is None
    assert [problem.code for problem in shown.problems] == ["signature"]
    shown.work.history.undo()
    settle()
    assert workspace.current.container.format == "batched"
    assert workspace.current.tensor is not None


def test_an_edited_shape_is_told_and_not_compared(workspace, opened, settle):
    rows = opened.container.root.children[0].children[3]
    opened.editing.add(opened.editing.field_edit(rows, "301"))
    settle()
    comparing = workspace.current.comparing
    assert comparing.comparison is None
    assert "edits have made 301×200 weights" in comparing.note


def test_edits_outlive_a_reload(workspace, opened, path, settle):
    place = stream_byte(opened, 7)
    flip(opened, place)
    settle()
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)
    workspace.reload(workspace.current)
    settle()
    shown = workspace.current
    assert shown.container.source.read(place, 1)[0] == opened.work.now.edits[0].after[0]
    assert "other bytes stood there" in shown.editing.remark(0)
    path.write_bytes(data[: place - 1])
    workspace.reload(shown)
    settle()
    shown = workspace.current
    assert edits_of(shown.container.source) == ()
    assert len(shown.editing.edits) == 1
    assert "the file has" in shown.editing.remark(0)


def test_an_edit_made_while_the_file_is_read_again_is_laid_over_it(workspace, opened, settle):
    workspace.reload(opened)
    flip(opened, stream_byte(opened, 7))
    settle()
    assert len(edits_of(workspace.current.container.source)) == 1


def test_a_reload_that_fails_leaves_the_edits_to_be_laid(workspace, opened, path, settle):
    path.rename(path.with_suffix(".gone"))
    workspace.reload(opened)
    flip(opened, stream_byte(opened, 7))
    settle()
    assert len(edits_of(workspace.current.container.source)) == 1


def test_closing_while_an_edit_is_read_is_safe(workspace, opened, settle):
    flip(opened, stream_byte(opened, 7))
    workspace.close(opened)
    settle()
    assert workspace.documents == []
    flip(opened, 5)
    settle()
    assert workspace.current is None


def test_restored_work_is_laid_over_the_file(workspace, opened, settle):
    place = stream_byte(opened, 7)
    edit = put_bytes(opened.container.source, place, b"\0\0")
    opened.work.restore(Work(edits=(edit,)))
    settle()
    assert workspace.current.container.source.read(place, 2) == b"\0\0"


def test_the_child_reads_the_edited_bytes(workspace, opened, settle):
    place = stream_byte(opened, 7)
    flip(opened, place)
    settle()
    source = workspace.current.container.source
    stamp = stamp_of(source)
    assert reopened(stamp).source.read(place, 1) == source.read(place, 1)
    assert stamp != stamp_of(opened.container.source)


@pytest.fixture
def native(tmp_path):
    path = tmp_path / "mixed.rsc"
    path.write_bytes(native_bytes(mixed()))
    return path


def test_checksums_are_matched_in_one_step_of_undo(native):
    container = open_file(native)
    editing = Editing(container, FileWork())
    table = container.tensors[0].table_span[0]
    assert editing.has_checksums
    assert editing.seal() == 0
    editing.add(editing.bytes_edit(table + 2 * 128, b"\1\0"))
    assert editing.seal() == 3
    assert editing.seal() == 0
    assert editing.work.history.text(1) == "Match 3 checksums"
    codes = [problem.code for problem in parse_edited(container.source, editing.edits).problems]
    assert "checksum" not in codes
    editing.work.history.undo()
    assert len(editing.edits) == 1


def test_a_layout_without_checksums_says_so(editing):
    assert not editing.has_checksums
    with pytest.raises(InputError, match="batched has no checksums"):
        editing.seal()


def damage(path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 0xFF
    path.write_bytes(data)


def test_problems_that_edits_raise_are_told_from_the_files_own(workspace, opened, path, settle):
    damage(path, stream_byte(opened, 3))
    workspace.reload(opened)
    settle()
    own = workspace.current.problems
    assert {problem.tile for problem in own} >= {3}
    assert not any(problem in workspace.current.raised for problem in own)
    flip(workspace.current, stream_byte(opened, 7))
    settle()
    edited = workspace.current
    assert {problem.tile for problem in edited.problems if problem in edited.raised} == {7}
    edited.work.history.undo()
    settle()
    shown = workspace.current
    assert not any(problem in shown.raised for problem in shown.problems)


def test_what_edits_raise_is_found_out_where_the_file_was_never_checked_without(
    workspace, opened, path, settle
):
    damage(path, stream_byte(opened, 3))
    workspace.reload(opened)
    # Before the file that is read again was checked, as where a session brings edits.
    opened.work.restore(Work(edits=(flip_bit(opened.container.source, stream_byte(opened, 7), 0),)))
    settle()
    edited = workspace.current
    assert {problem.tile for problem in edited.problems} >= {3, 7}
    assert {problem.tile for problem in edited.problems if problem in edited.raised} == {7}


def test_a_large_tensor_is_compared_at_once_where_it_was_decoded_before(
    workspace, opened, settle, monkeypatch
):
    monkeypatch.setattr(edit_requests, "COMPARED_AT_ONCE", 0)
    at_once = []
    workspace.reloaded.connect(
        lambda _old, new: at_once.append(new.comparing.comparison is not None)
    )
    for tile in (7, 8):
        flip(workspace.current, stream_byte(opened, tile))
        settle()
    assert at_once == [False, True]
    assert workspace.current.comparing.comparison.tiles_differing == 2


# The table


def test_the_table_shows_and_switches_edits(editing):
    editing.add(editing.bit_edit(100, 3))
    editing.add(editing.bytes_edit(1200, b"abcdef"))
    model = EditTableModel()
    model.show(editing)
    assert model.rowCount() == 2
    texts = [model.index(1, column).data() for column in Column]
    assert texts[Column.OFFSET] == "1,200"
    assert texts[Column.SIZE] == "6"
    assert texts[Column.AFTER] == "61 62 63 64 …"
    check = model.index(0, Column.TITLE)
    assert model.setData(check, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert [edit.enabled for edit in editing.edits] == [False, True]
    model.show(editing)
    state = model.index(0, Column.TITLE).data(Qt.ItemDataRole.CheckStateRole)
    assert Qt.CheckState(state) is Qt.CheckState.Unchecked
    assert model.index(0, Column.REMARK).data() == "It is switched off."


def test_the_edits_can_be_exported(opened):
    assert edit_tables(None) == edit_tables(opened) == []
    flip(opened, 100, 3)
    (table,) = edit_tables(opened)
    (part,) = table.parts()
    assert part[0] == [100]
    assert part[table.columns.index("enabled")] == [True]
