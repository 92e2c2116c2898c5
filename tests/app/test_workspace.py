"""Open files: in order, each once, reloaded with their selection, and none lost to a bad one."""

from __future__ import annotations

import pytest

from app.selection import Selection
from app.watching import FileWatcher
from app.workspace import sample_path, still_valid
from codec.formats import open_file, parse
from codec.source import BytesSource

SAMPLE = sample_path()


@pytest.fixture
def opened(workspace, copies, qtbot):
    """The documents of the three files."""
    workspace.open(copies)
    qtbot.waitUntil(lambda: not workspace.opening)
    return list(workspace.documents)


def titles(workspace):
    return [document.title for document in workspace.documents]


def test_several_files_open_at_once_and_the_first_is_shown(workspace, opened):
    assert sorted(titles(workspace)) == ["0.batched", "1.batched", "2.batched"]
    assert workspace.current.title == "0.batched"


def test_a_new_file_shows_its_first_tile(opened):
    assert [document.selection.tile for document in opened] == [0, 0, 0]


def test_a_file_is_opened_once_whatever_it_is_called(workspace, opened, copies, tmp_path, qtbot):
    link = tmp_path / "link"
    link.symlink_to(copies[2])
    roundabout = tmp_path / "sub" / ".." / "1.batched"
    (tmp_path / "sub").mkdir()
    workspace.open([link])
    assert workspace.current.title == "2.batched"
    workspace.open([roundabout])
    assert workspace.current.title == "1.batched"
    qtbot.waitUntil(lambda: not workspace.opening)
    assert len(workspace.documents) == 3


def test_stepping_goes_round(workspace, opened):
    workspace.show(workspace.documents[0])
    seen = []
    for _ in range(3):
        workspace.step(-1)
        seen.append(workspace.current)
    assert seen == workspace.documents[::-1]


def test_moving_tabs_moves_documents(workspace, opened):
    before = list(workspace.documents)
    workspace.move(0, 2)
    assert workspace.documents == [before[1], before[2], before[0]]


def test_closing_shows_a_neighbour(workspace, opened):
    first, second, third = workspace.documents
    workspace.show(second)
    workspace.close(second)
    assert workspace.current is third
    workspace.close(third)
    assert workspace.current is first
    workspace.close(first)
    assert (workspace.current, workspace.documents) == (None, [])
    workspace.step(1)


def test_closing_another_keeps_the_current(workspace, opened):
    workspace.show(workspace.documents[2])
    shown = workspace.current
    workspace.close(workspace.documents[0])
    assert workspace.current is shown


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"text file"), "no compressed layer"),
        (lambda path: path.mkdir(), "a directory"),
        (lambda path: None, "cannot be opened"),
    ],
    ids=["empty", "another kind", "directory", "missing"],
)
def test_a_file_that_cannot_be_opened_costs_a_sentence(
    workspace, opened, tmp_path, qtbot, make, says
):
    make(tmp_path / "bad")
    with qtbot.waitSignal(workspace.failed) as failed:
        workspace.open([tmp_path / "bad"])
    assert says in failed.args[0]
    assert "\n" not in failed.args[0]
    assert workspace.documents == opened


def test_an_impossible_name_costs_a_sentence(workspace, qtbot):
    with qtbot.waitSignal(workspace.failed) as failed:
        workspace.open(["a\0b"])
    assert "null character" in failed.args[0]


def test_reloading_keeps_place_and_selection(workspace, opened, qtbot):
    old = workspace.documents[1]
    workspace.show(old)
    old.select_symbol(4, 17)
    with qtbot.waitSignals([workspace.reloaded, workspace.current_changed]):
        workspace.reload(old)
    new = workspace.documents[1]
    assert new is not old
    assert workspace.current is new
    assert (new.selection.tile, new.selection.symbol) == (4, 17)


def test_a_file_that_went_bad_leaves_the_old_document(workspace, opened, copies, qtbot):
    document = workspace.documents[0]
    document.path.unlink()
    with qtbot.waitSignal(workspace.failed) as failed:
        workspace.reload(document)
    assert "No such file" in failed.args[0]
    assert document in workspace.documents


def test_a_document_closed_while_it_is_reloaded_stays_closed(workspace, opened, qtbot):
    document = workspace.documents[0]
    workspace.reload(document)
    workspace.close(document)
    qtbot.waitUntil(lambda: not workspace.opening)
    assert len(workspace.documents) == 2


def test_a_document_closed_by_who_is_told_of_it_asks_for_nothing_more(workspace, copies, qtbot):
    """Of what it would ask later, the answers would come when it is deleted already."""
    shown = []
    workspace.current_changed.connect(lambda: shown.append(workspace.current))
    workspace.opened.connect(lambda document, _: workspace.close(document))
    workspace.open([copies[0]])
    qtbot.waitUntil(lambda: not workspace.opening)
    assert (workspace.documents, workspace.current, shown) == ([], None, [])
    assert workspace.findChild(FileWatcher).watched == ()
    qtbot.waitUntil(lambda: not workspace.jobs.busy)  # no answer may meet what is deleted


def test_a_change_on_disk_is_told_with_its_document(workspace, opened, qtbot):
    document = workspace.documents[2]
    with qtbot.waitSignal(workspace.changed_on_disk) as changed:
        document.path.write_bytes(SAMPLE.read_bytes()[:1000])
    assert changed.args == [document]


def test_a_file_that_shrinks_reloads_as_far_as_it_goes(workspace, opened, qtbot):
    document = workspace.documents[0]
    document.select_symbol(8, 16383)
    document.path.write_bytes(SAMPLE.read_bytes()[:50_000])
    with qtbot.waitSignal(workspace.reloaded) as reloaded:
        workspace.reload(document)
    new = reloaded.args[1]
    assert new.container.source.size == 50_000
    assert new.problems
    assert (new.selection.tile, new.selection.symbol) == (8, 16383)


@pytest.mark.parametrize(
    ("selection", "left"),
    [
        (Selection(0, 3, 5, (100, 2)), Selection(0, 3, 5, (100, 2))),
        (Selection(0, 3, 5, (121_693, 2)), Selection(0, 3, 5, None)),
        (Selection(0, 3, 16_384, (100, 2)), Selection(0, 3, None, (100, 2))),
        (Selection(0, 9, 5, (100, 2)), Selection(0, None, None, (100, 2))),
        (Selection(1, 0, 5, (100, 2)), Selection(0, None, None, (100, 2))),
    ],
)
def test_a_selection_is_kept_as_far_as_it_exists(selection, left):
    assert still_valid(selection, open_file(SAMPLE)) == left


def test_a_selection_in_a_file_without_tensors_is_its_bytes():
    container = parse(BytesSource(SAMPLE.read_bytes()[:20]))
    assert still_valid(Selection(0, 3, 5, (10, 2)), container) == Selection(span=(10, 2))
