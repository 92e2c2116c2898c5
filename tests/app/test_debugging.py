"""The debugger of a document: where its cursor goes, what it knows there, and what it says when it cannot go."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import debug_stretch
from app.breakpoints import at_symbol, symbol_of
from app.debug_opening import NOT_SELECTED
from app.debug_place import Course, DebugPlace
from app.debug_requests import SeekRequest
from app.debug_standing import decoded_by
from app.debug_stepping import NOT_IN_TILE
from app.debug_stretch import stretch_around
from app.debugging import Debugging
from app.document import Document
from app.requests import UsedDecoder
from app.selection import Selection
from app.session.breakpoint import Breakpoint
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.formats import open_file
from codec.stepping.opening import open_walk
from codec.stepping.units import Unit, next_stop
from codec.stepping.walk import Direction
from tests.app.conftest import LEGACY
from tests.app.native import PLAIN_TILE, RAW_TILE, mixed_file, small_lanes

GAUSSIAN = "gaussian10_300x200_t64.batched"
FILES = ("batched", "native", "few lanes")


@pytest.fixture
def place_of(tmp_path):
    """The path of a file of a layout, and a tile of it that has many steps."""

    def make(layout: str) -> tuple[str, int]:
        if layout == "batched":
            return GAUSSIAN, 0
        path = tmp_path / f"{layout}.rsc"
        path.write_bytes(mixed_file() if layout == "native" else small_lanes())
        return str(path), PLAIN_TILE

    return make


@pytest.fixture
def debugged(open_legacy, settle, place_of):
    """A document whose debugger stands at the first step, and the walk that judges it."""

    def start(layout="batched", direction=Direction.DECODE):
        name, tile = place_of(layout)
        document = open_legacy(name)
        document.select_tile(tile)
        document.debugging.set_direction(direction)
        document.debugging.start()
        settle()
        container = document.container
        walk = open_walk(container, container.tensors[0], tile, direction=direction)
        return document, walk

    return start


def at(debugging: Debugging, walk, step: int) -> None:
    """Asserts that the cursor stands before a step, with all that follows from it."""
    assert debugging.step == step
    assert debugging.moment == walk.moment(step)
    assert debugging.position == walk.moment(step).position
    assert debugging.steps == walk.steps


# Stretches


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("layout", FILES)
def test_a_stretch_knows_every_moment_as_the_walk_does(debugged, layout, direction):
    _, walk = debugged(layout, direction)
    for middle in (0, 700, walk.steps):
        stretch = stretch_around(walk, middle, reach=300)
        for step in range(stretch.first, stretch.last + 1):
            assert stretch.moment(step) == walk.moment(step), step
            assert (step in stretch) == (step < stretch.last or step == walk.steps)


def test_a_stretch_knows_nothing_outside(debugged):
    _, walk = debugged()
    stretch = stretch_around(walk, 1000, reach=10)
    assert 989 not in stretch
    assert 1010 not in stretch
    for step in (989, 1011):
        with pytest.raises(IndexError):
            stretch.moment(step)


# Moving


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("layout", FILES)
def test_steps_go_where_the_walk_says(debugged, settle, layout, direction):
    document, walk = debugged(layout, direction)
    debugging, step = document.debugging, 0
    at(debugging, walk, 0)
    for unit in (*Unit, *Unit):
        for forward in (True, True, False, True):
            debugging.step_by(unit, forward)
            settle()
            step = next_stop(walk, step, unit, forward=forward)
            at(debugging, walk, step)


@pytest.mark.parametrize("layout", FILES)
def test_back_undoes_forward(debugged, settle, layout):
    document, _walk = debugged(layout)
    debugging = document.debugging
    moments = []
    for _ in range(40):
        moments.append(debugging.moment)
        debugging.step_by(Unit.SYMBOL, True)
    for moment in reversed(moments):
        debugging.step_by(Unit.SYMBOL, False)
        assert debugging.moment == moment


@settings(
    max_examples=15, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(
        st.tuples(st.sampled_from(list(Unit)), st.booleans(), st.booleans()),
        min_size=1,
        max_size=25,
    )
)
def test_presses_are_not_lost_however_fast_they_come(shared, moves):
    """Each press goes on from the one before, whether or not that has been answered."""
    document, walk, settle = shared
    debugging = document.debugging
    debugging.jump(2000)
    settle()
    step = 2000
    for unit, forward, waits in moves:
        debugging.step_by(unit, forward)
        step = next_stop(walk, step, unit, forward=forward)
        if waits:
            settle()
    settle()
    at(debugging, walk, step)


@pytest.fixture
def shared(debugged, settle):
    document, walk = debugged("few lanes")
    return document, walk, settle


def test_presses_outside_of_what_is_known_go_on_from_there(debugged, settle):
    document, walk = debugged()
    debugging = document.debugging
    debugging.jump(3900)
    for _ in range(300):
        debugging.step_by(Unit.SYMBOL, True)
    settle()
    at(debugging, walk, min(walk.steps, 4096))


def test_jumps_reach_every_place(debugged, settle, monkeypatch):
    monkeypatch.setattr(debug_stretch, "REACH", 64)
    document, walk = debugged()
    debugging = document.debugging
    for step in (walk.steps, 17, 2000, 2001, 0, 4000):
        debugging.jump(step)
        settle()
        at(debugging, walk, min(step, walk.steps))
    debugging.jump(10**9)
    settle()
    at(debugging, walk, walk.steps)
    debugging.jump(-5)
    settle()
    at(debugging, walk, 0)


def test_the_last_of_many_jumps_wins(debugged, settle):
    document, walk = debugged()
    for step in range(0, 4000, 37):
        document.debugging.jump(step)
    settle()
    at(document.debugging, walk, 3996)


def test_at_the_ends_it_says_so_and_stays(debugged, settle):
    document, walk = debugged()
    debugging = document.debugging
    debugging.step_by(Unit.SYMBOL, False)
    assert "first step" in debugging.note
    debugging.jump_to_end()
    settle()
    assert debugging.note == ""
    debugging.step_by(Unit.ROW, True)
    settle()
    assert "All steps are taken" in debugging.note
    at(debugging, walk, walk.steps)


# What follows from the place


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("layout", FILES)
def test_what_is_produced_and_consumed_grows_with_the_steps(debugged, settle, layout, direction):
    document, walk = debugged(layout, direction)
    debugging = document.debugging
    count = walk.tensor.symbol_count(walk.tile)
    trace = walk.trace(0, walk.steps)
    begin = debugging.consumed
    for step in (0, 1, 33, 1000, walk.steps):
        debugging.jump(step)
        settle()
        done = np.zeros(count, dtype=bool)
        done[trace["symbol_index"][:step]] = True
        assert np.array_equal(debugging.produced(count), done)
        assert debugging.consumed[1] == begin[1] + int(trace["bytes_read"][:step].sum())
    offset, size = debugging.consumed
    tile = walk.tensor.tiles[walk.tile]
    assert offset >= tile["offset"]
    assert offset + size <= tile["offset"] + tile["size"]


@given(st.integers(0, 3000), st.integers(0, 3000))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_decoded_symbols_are_those_of_the_first_steps(count, steps):
    from codec.formats import parse
    from codec.source import BytesSource

    tensor = parse(BytesSource(small_lanes())).tensors[0]
    expected = np.zeros(count, dtype=bool)
    expected[tensor.interleaving.order(count)[:steps]] = True
    assert np.array_equal(decoded_by(tensor, steps, count), expected)


def test_moving_selects_the_next_symbol_and_its_bytes(debugged, settle):
    document, walk = debugged()
    document.debugging.jump(1234)
    settle()
    trace = walk.trace(1234, 1235)
    assert document.selection == Selection(0, 0, 1234, trace.bytes_of_row(0))


def test_selecting_does_not_move_the_cursor(debugged, settle):
    document, walk = debugged()
    document.debugging.jump(10)
    document.select_symbol(0, 3000)
    settle()
    at(document.debugging, walk, 10)
    document.debugging.jump_to_cursor()
    settle()
    at(document.debugging, walk, 3000)


def test_it_begins_at_the_selected_symbol(open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    document.select_symbol(2, 77)
    document.debugging.start()
    settle()
    assert (document.debugging.tile, document.debugging.step) == (2, 77)


def test_a_step_begins_where_nothing_was_debugged(open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    document.select_tile(1)
    document.debugging.step_by(Unit.SYMBOL, True)
    settle()
    assert document.debugging.step == 0


@pytest.mark.parametrize("act", [lambda d: d.start(), lambda d: d.run(True)])
def test_without_a_tile_it_says_so(open_legacy, act):
    document = open_legacy(GAUSSIAN)
    act(document.debugging)
    assert document.debugging.note == NOT_SELECTED
    assert document.debugging.step is None


def test_a_raw_tile_has_no_steps(open_legacy, settle, place_of):
    document = open_legacy(place_of("native")[0])
    document.select_tile(RAW_TILE)
    document.debugging.start()
    settle()
    assert "stored raw" in document.debugging.note
    assert document.debugging.step is None
    assert not document.debugging.opening


def test_another_selected_tile_is_told_apart(debugged, settle):
    document, _ = debugged()
    assert document.debugging.on_selected_tile
    document.select_tile(3)
    assert not document.debugging.on_selected_tile
    document.select_symbol(3, 5)
    document.debugging.run_to_cursor()
    assert document.debugging.note == NOT_IN_TILE
    assert document.debugging.tile == 0


def test_stopping_forgets_the_cursor(debugged, settle):
    document, _ = debugged()
    debugging = document.debugging
    debugging.jump(5)
    debugging.stop()
    settle()
    assert debugging.place is None
    assert (debugging.moment, debugging.window, debugging.consumed) == (None, None, None)
    assert not debugging.produced(10).any()


# Runs


def expect(walk, name, value, start, forward=True):
    """The step that a run to `name == value` comes to."""
    trace = walk.trace(0, walk.steps)
    steps = np.flatnonzero(trace[name] == value)
    steps = steps[steps >= start] if forward else steps[steps < start]
    return int(steps[0 if forward else -1])


@pytest.mark.parametrize("direction", Direction)
def test_a_run_goes_to_where_a_condition_holds(debugged, settle, direction):
    document, walk = debugged("batched", direction)
    debugging = document.debugging
    debugging.run_to("symbol == 130", True)
    settle()
    first = expect(walk, "symbol", 130, 1)
    at(debugging, walk, first)
    debugging.run_to("symbol == 130", True)
    settle()
    second = expect(walk, "symbol", 130, first + 1)
    at(debugging, walk, second)
    assert debugging.note == "Stopped where symbol == 130."
    debugging.run_to("symbol == 130", False)
    settle()
    at(debugging, walk, first)


@pytest.mark.parametrize("forward", [True, False])
def test_a_condition_that_never_holds_leaves_the_cursor(debugged, settle, forward):
    document, walk = debugged()
    debugging = document.debugging
    debugging.jump(100)
    debugging.run_to("symbol == 300", forward)
    assert debugging.running
    settle()
    at(debugging, walk, 100)
    assert not debugging.running
    assert "symbol == 300 holds at no step" in debugging.note


def test_a_condition_that_is_none_is_said(debugged, settle):
    document, walk = debugged()
    document.debugging.run_to("symbol ===", True)
    settle()
    at(document.debugging, walk, 0)
    assert "condition" in document.debugging.note


def test_without_breakpoints_a_run_goes_to_the_ends(debugged, settle):
    document, walk = debugged()
    for forward, step in ((True, walk.steps), (False, 0)):
        document.debugging.run(forward)
        settle()
        at(document.debugging, walk, step)
        assert "No breakpoint is in force" in document.debugging.note


def test_breakpoints_stop_runs_where_they_are_about(debugged, settle):
    document, walk = debugged()
    debugging = document.debugging
    elsewhere = Breakpoint("step == 5", tensor=0, tile=1)
    off = Breakpoint("step == 6", enabled=False)
    here = Breakpoint("symbol_index == 900", tensor=0, tile=0)
    every = Breakpoint("symbol_index in 300..300")
    for each in (elsewhere, off, here, every):
        debugging.breakpoints.add(each)
    for step in (300, 900):
        debugging.run(True)
        settle()
        at(debugging, walk, step)
    assert debugging.hits == {here: 1, every: 1}


def test_breakpoints_that_are_not_met_let_a_run_go_to_the_end(debugged, settle):
    document, walk = debugged()
    document.debugging.breakpoints.add(Breakpoint("symbol == 300"))
    document.debugging.run(True)
    settle()
    at(document.debugging, walk, walk.steps)
    assert "No breakpoint was met" in document.debugging.note


def test_a_run_to_the_cursor_stops_at_breakpoints_on_the_way(debugged, settle):
    document, walk = debugged()
    debugging = document.debugging
    debugging.breakpoints.add(Breakpoint("step == 50"))
    document.select_symbol(0, 80)
    for step in (50, 80):
        document.select_symbol(0, 80)
        debugging.run_to_cursor()
        settle()
        at(debugging, walk, step)
    document.select_symbol(0, 10)
    debugging.breakpoints.remove([0])
    debugging.run_to_cursor()
    settle()
    at(debugging, walk, 10)


def test_a_pause_stops_a_run_where_it_is(debugged, settle):
    document, walk = debugged()
    debugging = document.debugging
    debugging.jump(40)
    debugging.run_to("symbol == 300", True)
    debugging.pause()
    assert not debugging.running
    settle()
    assert 40 <= debugging.step <= walk.steps
    assert debugging.note.startswith("Paused at step")


def test_no_step_is_left_out_when_a_paused_run_goes_on(debugged, settle):
    """A run begins behind the cursor, so a pause stops before the first step that was not looked at."""
    document, _ = debugged()
    debugging = document.debugging
    debugging.jump(40)
    debugging.run_to("symbol == 300", True)
    debugging.pause()
    assert debugging.step == 40
    debugging.run_to("symbol == 300", True)
    debugging._on_progressed(SeekRequest.kind, 7, 4000)  # up to step 47, that one not included
    debugging.pause()
    assert debugging.step == 47
    debugging.run_to("symbol == 300", False)
    debugging._on_progressed(SeekRequest.kind, 7, 4000)  # down to step 40, that one included
    debugging.pause()
    assert debugging.step == 40
    settle()


def test_a_step_ends_a_run(debugged, settle):
    document, walk = debugged()
    debugging = document.debugging
    debugging.run_to("symbol == 300", True)
    debugging.step_by(Unit.SYMBOL, True)
    assert not debugging.running
    settle()
    at(debugging, walk, 1)


def test_breakpoints_are_undone(debugged):
    document, _ = debugged()
    document.select_symbol(0, 12)
    assert document.debugging.toggle_breakpoint()
    (made,) = document.debugging.breakpoints.all
    assert symbol_of(made) == 12
    assert made == at_symbol(Course(0, 0), 12)
    assert not document.debugging.toggle_breakpoint()
    document.work.history.undo()
    assert document.debugging.breakpoints.all == (made,)
    document.work.history.undo()
    assert document.debugging.breakpoints.all == ()


def test_a_breakpoint_at_a_symbol_stops_both_coders(debugged, settle):
    document, _walk = debugged()
    debugging = document.debugging
    debugging.breakpoints.toggle(Course(0, 0), 321)
    for direction in Direction:
        debugging.set_direction(direction)
        settle()
        debugging.jump(0)
        settle()
        debugging.run(True)
        settle()
        assert document.selection.symbol == 321


# The other coder


@pytest.mark.parametrize("layout", FILES)
def test_turning_round_stands_at_the_same_place(debugged, settle, layout):
    document, walk = debugged(layout)
    debugging = document.debugging
    debugging.jump(700)
    settle()
    states, position = debugging.moment.states, debugging.position
    debugging.set_direction(Direction.ENCODE)
    settle()
    assert debugging.step == walk.steps - 700
    assert (debugging.moment.states, debugging.position) == (states, position)
    debugging.set_direction(Direction.DECODE)
    settle()
    at(debugging, walk, 700)


def mirrored(debugging: Debugging) -> bool:
    return debugging.mirror is not None


def test_the_mirror_follows_while_it_is_wanted(debugged, settle):
    document, walk = debugged("native")
    debugging = document.debugging
    assert not mirrored(debugging)
    debugging.mirror_side.want(True)
    settle()
    encode = open_walk(document.container, walk.tensor, walk.tile, direction=Direction.ENCODE)
    for step in (0, 1, 500, walk.steps, 2500, 0):
        debugging.jump(step)
        settle()
        assert debugging.mirror == encode.moment(walk.steps - step)
        assert debugging.mirror.states == debugging.moment.states
    assert debugging.mirror_window is not None
    debugging.mirror_side.want(False)
    assert not mirrored(debugging)


# Divergence, damage, other documents


def test_two_decoders_that_agree_do_not_part(debugged, settle):
    document, walk = debugged()
    document.debugging.run_to_divergence(Side(SideKind.DECODER, "reference"), True)
    settle()
    at(document.debugging, walk, 0)
    assert "reference takes every step from here on alike" in document.debugging.note


def test_a_damaged_file_parts_from_the_sound_one(open_legacy, settle, tmp_path, place_of):
    sound = open_legacy(GAUSSIAN)
    tensor = sound.container.tensors[0]
    data = bytearray(sound.path.read_bytes())
    begin, size = int(tensor.tiles["offset"][0]), int(tensor.tiles["size"][0])
    data[begin + size // 2] ^= 4
    path = tmp_path / "damaged.batched"
    path.write_bytes(data)
    sound.select_tile(0)
    sound.debugging.start()
    settle()
    sound.debugging.run_to_divergence(Side(SideKind.FILE, str(path)), True)
    settle()
    other = open_file(str(path))
    walks = [open_walk(c, c.tensors[0], 0) for c in (sound.container, other)]
    traces = [walk.trace(0, walk.steps) for walk in walks]
    shorter = min(len(trace) for trace in traces)
    apart = [traces[0][n][:shorter] != traces[1][n][:shorter] for n in ("state_after", "symbol")]
    assert sound.debugging.step == int(np.flatnonzero(apart[0] | apart[1])[0])
    assert "damaged.batched parts here: state after" in sound.debugging.note


def test_a_stream_that_stops_early_says_why(open_legacy, settle, tmp_path):
    path = tmp_path / "damaged.batched"
    walk = damaged_until(path, lambda walk: walk.stopped)
    document = open_legacy(path)
    document.select_tile(0)
    document.debugging.start()
    settle()
    document.debugging.jump_to_end()
    settle()
    at(document.debugging, walk, walk.steps)
    document.debugging.step_by(Unit.SYMBOL, True)
    assert walk.stopped in document.debugging.note


def damaged_until(path, wanted):
    """Writes the file with a byte of its first stream changed so that its walk is as wanted."""
    sound = open_file(str(LEGACY / GAUSSIAN))
    data = (LEGACY / GAUSSIAN).read_bytes()
    tile = sound.tensors[0].tiles[0]
    for place in range(int(tile["offset"]) + 4, int(tile["offset"]) + int(tile["size"])):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        container = open_file(str(path))
        walk = open_walk(container, container.tensors[0], 0)
        if wanted(walk):
            return walk
    raise AssertionError("no byte changes the walk so")


def test_another_decoder_takes_the_steps_from_the_same_place(debugged, settle):
    document, walk = debugged()
    document.debugging.jump(1500)
    settle()
    document.decode_with(UsedDecoder("reference"))
    settle()
    at(document.debugging, walk, 1500)


def test_it_goes_on_in_a_document_that_takes_the_place(debugged, settle, jobs):
    document, walk = debugged()
    debugging = document.debugging
    debugging.breakpoints.add(Breakpoint("step == 60"))
    debugging.run(True)
    settle()
    later = Document(document.path, open_file(str(document.path)), jobs, work=document.work)
    later.debugging.take_over(debugging)
    settle()
    at(later.debugging, walk, 60)
    assert later.debugging.hits == debugging.hits
    assert later.debugging.breakpoints.all == debugging.breakpoints.all
    later.close()


def test_a_place_that_is_gone_is_kept_in_mind_and_said(open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    place = DebugPlace(Course(0, 10_000), 3)
    document.debugging.resume(place)
    settle()
    assert document.debugging.place == place
    assert document.debugging.step is None
    assert "no longer there" in document.debugging.note


def test_a_step_that_is_gone_becomes_the_end(open_legacy, settle):
    document = open_legacy(GAUSSIAN)
    document.debugging.resume(DebugPlace(Course(0, 0), 10**9))
    settle()
    assert document.debugging.step == document.debugging.steps


def test_closing_leaves_nothing_running(jobs, settle):
    document = Document(LEGACY / GAUSSIAN, open_file(str(LEGACY / GAUSSIAN)), jobs)
    document.select_tile(0)
    document.debugging.start()
    settle()
    seen = []
    document.debugging.moved.connect(lambda: seen.append(1))
    document.debugging.run_to("symbol == 300", True)
    document.close()
    settle()
    assert not seen


def test_breakpoints_at_one_place_are_there_once(debugged):
    listed = debugged()[0].debugging.breakpoints
    listed.add(Breakpoint("freq == 1"))
    listed.add(Breakpoint("freq == 1", note="again"))
    assert [each.note for each in listed.all] == ["again"]
    listed.add(Breakpoint("freq == 1", tile=0))
    listed.enable([0, 1], False)
    assert not any(each.enabled for each in listed.all)
    listed.replace(1, replace(listed.all[1], condition="freq == 2"))
    listed.remove([0])
    assert [each.condition for each in listed.all] == ["freq == 2"]


def test_signals_tell_of_every_move_once_it_is_made(debugged, settle):
    document, _ = debugged()
    seen = []
    document.debugging.moved.connect(lambda: seen.append(document.debugging.step))
    for _ in range(5):
        document.debugging.step_by(Unit.SYMBOL, True)
    settle()
    assert seen[:5] == [1, 2, 3, 4, 5]
    assert all(a <= b for a, b in pairwise(seen))
