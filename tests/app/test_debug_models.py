"""What the debugger's panel shows, apart from any widget: arithmetic, tables, sentences, the line of time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.debug_jump import step_from
from app.debug_place import Course
from app.debug_standing import Standing
from app.debug_stretch import stretch_around
from app.models.debug_arithmetic import StepRow, end_sentence, formulas, headline
from app.models.debug_lanes import LaneTable
from app.models.debug_mirror_table import COLUMNS as MIRROR_COLUMNS
from app.models.debug_mirror_table import MirrorTable
from app.models.debug_steps import BREAKPOINT, CURSOR, DebugStepTable
from app.models.debug_timeline import TimeScale
from app.models.step_table import widest_of
from codec.formats import open_file, parse
from codec.source import BytesSource
from codec.stepping.opening import open_walk
from codec.stepping.walk import Direction
from codec.trace import Trace
from tests.app.conftest import LEGACY
from tests.app.native import PLAIN_TILE, mixed_file, small_lanes

GAUSSIAN = "gaussian10_300x200_t64.batched"
LAYOUTS = {
    "batched": lambda: (open_file(str(LEGACY / GAUSSIAN)), 0),
    "native": lambda: (parse(BytesSource(mixed_file())), PLAIN_TILE),
    "few lanes": lambda: (parse(BytesSource(small_lanes())), PLAIN_TILE),
}


@pytest.fixture(scope="module")
def standing():
    """Makes a place in a stream; walks are kept."""
    walks = {}

    def make(layout="batched", direction=Direction.DECODE, step=100) -> Standing:
        if (layout, direction) not in walks:
            container, tile = LAYOUTS[layout]()
            tensor = container.tensors[0]
            walks[layout, direction] = open_walk(container, tensor, tile, direction=direction)
        walk = walks[layout, direction]
        stretch = stretch_around(walk, min(step, walk.steps), 300)
        course = Course(0, walk.tile, direction)
        return Standing(walk.tensor, course, min(step, walk.steps), stretch, walk.stopped)

    return make


def lines_at(place: Standing, row: int | None = None):
    at = row if row is not None else place.row
    assert at is not None
    step = StepRow.of(place.stretch.trace, at, place.tensor.coder)
    return step, formulas(place.tensor, place.course.direction, step)


def with_values(place: Standing, row: int, **values: int) -> Standing:
    """The place, its trace with other values in one row."""
    trace = place.stretch.trace
    columns = {name: column.copy() for name, column in trace.columns.items()}
    for name, value in values.items():
        columns[name][row] = value
    changed = Trace(columns, trace.streams, trace.stopped)
    return replace(place, stretch=replace(place.stretch, trace=changed))


# Arithmetic


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_arithmetic_of_every_step_comes_out(standing, layout, direction):
    """Each line computes what it says from the state alone, and is marked where the trace has another."""
    place = standing(layout, direction, 300)
    for row in range(len(place.stretch.trace)):
        step, lines = lines_at(place, row)
        assert not [line for line in lines if line.wrong], step
        numbers = " ".join(line.numbers for line in lines)
        assert f"= {step.after:,}" in numbers or f"{step.after:,} ≥" in numbers
        moved = [line for line in lines if line.name == "renormalise" and "offset" in line.note]
        assert len(moved) == len(step.offsets)
        for line, offset in zip(moved, step.offsets, strict=True):
            assert line.note.endswith(f"offset {offset:,}")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_bytes_named_are_those_of_the_file(standing, layout):
    container, _ = LAYOUTS[layout]()
    width = container.tensors[0].coder.word_bytes
    for direction in Direction:
        place = standing(layout, direction, 300)
        for row in range(0, len(place.stretch.trace), 7):
            step, lines = lines_at(place, row)
            for line, offset in zip(
                [each for each in lines if "offset" in each.note], step.offsets, strict=True
            ):
                word = int.from_bytes(container.source.read(offset, width), "little")
                assert f"0x{word:0{2 * width}X} " in line.note


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize(
    "changes",
    [{"state_after": 12345678}, {"slot": 4095, "freq": 1, "start": 0}, {"start": 77}, {"freq": 0}],
)
def test_what_does_not_follow_is_marked(standing, direction, changes):
    place = standing("batched", direction)
    _, lines = lines_at(with_values(place, place.row, **changes))
    assert [line.name for line in lines if line.wrong]


def test_a_byte_too_many_and_one_too_few_are_marked(standing):
    place = standing("batched")
    reads = place.stretch.trace["bytes_read"]
    for row, count in ((int(reads.argmin()), 1), (int(reads.argmax()), 0)):
        _, lines = lines_at(with_values(place, row, bytes_read=count), row)
        assert "renormalise" in [line.name for line in lines if line.wrong]


def test_the_headline_says_what_is_done(standing):
    place = standing("few lanes", Direction.ENCODE, 5)
    step, _ = lines_at(place)
    said = headline(place.tensor, place.course.tile, Direction.ENCODE, step)
    assert said.startswith(
        f"Step 5 encodes symbol {step.symbol} with lane {step.lane}: the weight in"
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_at_the_end_it_is_said_whether_the_stream_is_sound(standing, layout):
    place = standing(layout, Direction.DECODE, 10**9)
    assert "again, as a sound stream ends" in end_sentence(place)
    off = replace(place.stretch.end, states=tuple(x + 1 for x in place.stretch.end.states))
    broken = replace(place, stretch=replace(place.stretch, end=off))
    assert "No step is left, but" in end_sentence(broken)
    assert "stored with the stream" in end_sentence(standing(layout, Direction.ENCODE, 10**9))
    assert "word missing" in end_sentence(replace(place, stopped="word missing"))


# Tables


def test_the_steps_mark_cursor_and_breakpoints(standing, qapp):
    table = DebugStepTable()
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    place = standing("batched", step=400)
    assert table.show_standing(place)
    assert not table.show_standing(place.at(401))
    row = table.cursor
    assert row == 301
    table.show_breaks([int(place.stretch.trace["symbol_index"][row])])
    vertical = Qt.Orientation.Vertical
    assert table.headerData(row, vertical) == BREAKPOINT + CURSOR
    assert table.headerData(row - 1, vertical) == ""
    ground = Qt.ItemDataRole.BackgroundRole
    assert table.data(table.index(row, 0), ground) is not None
    assert table.data(table.index(row - 1, 0), ground) is None
    for column, text in enumerate(widest_of(place.tensor, place.course.tile)):
        assert len(text) >= len(table.index(row, column).data()) or not text
    table.show_standing(None)
    assert (table.rowCount(), table.cursor) == (0, None)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_coders_mirror_each_other(standing, layout, qapp):
    decode = standing(layout, Direction.DECODE, 400)
    count = decode.tensor.symbol_count(decode.course.tile)
    encode = standing(layout, Direction.ENCODE, count - 400)
    table = MirrorTable()
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert table.show(decode, encode)
    assert not table.show(decode, encode)
    assert table.rowCount() == 600
    for row in range(0, 600, 13):
        assert all(table.mirrors(row, column) for column in MIRROR_COLUMNS)
        assert table.index(row, 2).data() == f"{100 + row:,}"
        assert table.index(row, 6).data() == f"{count - 1 - 100 - row:,}"
    vertical = Qt.Orientation.Vertical
    assert [table.headerData(row, vertical) for row in (299, 300)] == ["▲", "▼"]


def test_what_does_not_mirror_is_red(standing, qapp):
    decode = standing("batched", Direction.DECODE, 400)
    count = decode.tensor.symbol_count(0)
    encode = with_values(standing("batched", Direction.ENCODE, count - 400), 5, state_after=9)
    table = MirrorTable()
    table.show(decode, encode)
    row = count - 1 - encode.stretch.first - 5 - 100
    wrong = [c.title for c in MIRROR_COLUMNS if not table.mirrors(row, c)]
    assert wrong == ["x before", "x after"]
    assert "other side" in table.index(row, 3).data(Qt.ItemDataRole.ToolTipRole)
    assert table.show(None, None)
    assert table.rowCount() == 0


def test_lanes_show_states_and_whose_turn_it_is(standing, qapp):
    table = LaneTable()
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    place = standing("few lanes", step=402)
    table.show(place)
    assert table.rowCount() == 4
    assert [table.index(n, 1).data() for n in range(4)] == [f"{x:,}" for x in place.moment.states]
    assert table.next_lane == place.moment.lane == 402 % 4
    table.show(place.at(403))
    assert table.next_lane == 3
    assert all(0 <= table.height_of(n) <= 1 for n in range(4))
    table.show(None)
    assert table.rowCount() == 0


# The line of time, and steps as they are typed


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(0, 50), st.integers(1, 3000), st.floats(-100, 4000))
def test_the_scale_leads_back_to_its_pixels(steps, left, width, x):
    scale = TimeScale(steps, left, width)
    step = scale.step_at(x)
    assert 0 <= step <= steps
    if steps:
        inside = min(max(x, left), left + width)
        assert abs(scale.x(step) - inside) <= width / steps / 2 + 1e-6
    assert scale.steps_a_pixel * width >= steps


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(0, 1 << 20), st.integers(1, 3000))
def test_ticks_keep_apart_and_are_few(steps, distance, width):
    scale = TimeScale(steps, 0, width)
    ticks = scale.ticks(distance, 6.0)
    assert len(ticks) <= width / 6 + 1
    assert all(tick % distance == 0 for tick in ticks)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("12", 12),
        ("0x10", 16),
        ("+5", 45),
        ("-40", 0),
        ("50%", 500),
        ("end", 1000),
        ("1,000", 1000),
    ],
)
def test_steps_as_they_are_typed(text, step):
    assert step_from(text, 40, 1000) == step


@pytest.mark.parametrize("text", ["", "x", "-41", "1001", "+1000", "101%", "--4", "9" * 100])
def test_what_is_no_step_is_said(text):
    with pytest.raises(ValueError, match="step"):
        step_from(text, 40, 1000)
