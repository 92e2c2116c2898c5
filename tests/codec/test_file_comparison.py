"""Two compressed files of one tensor: fields, tables, tiles, bytes, and the encode step at which two encoders part."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec import rans
from codec.comparison import byte_ranges
from codec.comparison.byte_ranges import byte_differences
from codec.comparison.encode_steps import encode_divergence
from codec.comparison.file_tiles import ASPECTS
from codec.comparison.files import compare_files
from codec.errors import Cancelled, FormatError, InputError
from codec.formats import batched
from codec.formats.streams import stream_bytes
from codec.frequency import FrequencyTable
from codec.source import BytesSource
from tests.codec.files import (
    batched_file,
    batched_symbols,
    noise,
    only_tensor,
    parsed,
    shape_of,
    sizes_of,
    stream_of,
    stream_place,
    table_of,
    wcdc_file,
    with_bytes,
    with_field,
)
from tests.codec.native_files import mixed, native_bytes

WEIGHTS = noise(40, 50)
TILE = 16


def sides(left: bytes, right: bytes):
    here, there = parsed(left, "left"), parsed(right, "right")
    return here, there, (only_tensor(here), only_tensor(there))


def compared(left: bytes, right: bytes):
    return compare_files(*sides(left, right))


def flags(comparison) -> dict[int, set[str]]:
    """The aspects that differ, by the left file's tile."""
    found = {}
    for pair in comparison.tiles:
        differing = {aspect for aspect in ASPECTS if pair[aspect]}
        if differing:
            found[int(pair["left"])] = differing
    return found


def parting(left: bytes, right: bytes, tile: int = 0):
    here, there, (one, other) = sides(left, right)
    return encode_divergence((here, one, tile), (there, other, tile))


def file_of(streams: list[bytes], table: FrequencyTable) -> bytes:
    """A batched file of `WEIGHTS` with these streams."""
    return batched.head(shape_of(WEIGHTS), TILE, table, sizes_of(streams)) + b"".join(streams)


def test_a_file_equals_itself():
    for data in (batched_file(WEIGHTS, TILE), wcdc_file(WEIGHTS, TILE)):
        comparison = compared(data, data)
        assert comparison.equal
        assert not flags(comparison)
        assert comparison.fields_differing == ()
        assert len(comparison.bytes.regions) == 12 + 3


def test_a_field_is_told_with_both_values_and_places():
    data = batched_file(WEIGHTS, TILE)
    comparison = compared(data, with_field(data, batched.HEADER, "version", 7))
    (field,) = comparison.fields_differing
    assert field.path == "header / version"
    assert (field.left.text, field.right.text) == ("1", "7")
    assert (field.left.offset, field.right.size) == (4, 2)
    assert not comparison.equal
    assert [comparison.bytes.names[n] for n in comparison.bytes.differing] == ["header"]


def test_a_file_that_was_cut_differs_in_the_tiles_that_are_lost():
    data = batched_file(WEIGHTS, TILE)
    offset, size = stream_place(data, 7)
    comparison = compared(data, data[: offset + size // 2])
    found = flags(comparison)
    assert sorted(found) == list(range(7, len(comparison.tiles)))
    assert all("readable" in aspects for aspects in found.values())
    assert not comparison.equal
    assert comparison.encode is None


def test_the_symbols_whose_frequencies_differ():
    symbols = batched_symbols(WEIGHTS, TILE)
    table = table_of(symbols)
    other = table.frequencies.copy()
    used = np.flatnonzero(other > 1)[:2]
    other[used] += [1, -1]
    comparison = compared(
        batched_file(WEIGHTS, TILE, table),
        batched_file(WEIGHTS, TILE, FrequencyTable.of_frequencies(other)),
    )
    assert comparison.symbols_differing.tolist() == list(range(used[0], used[1] + 1))
    assert not comparison.equal


def test_a_longer_stream_moves_those_behind_it_and_changes_none():
    """One weight of tile 2 is another, so its stream is: of the tiles behind it only the offset may differ."""
    changed = WEIGHTS.copy()
    changed[3, 40] += 60
    table = table_of(batched_symbols(np.concatenate([WEIGHTS, changed]), TILE))
    left, right = (batched_file(each, TILE, table) for each in (WEIGHTS, changed))
    comparison = compared(left, right)
    found = flags(comparison)
    assert stream_place(left, 2)[1] != stream_place(right, 2)[1], "the case is not the one meant"
    assert found[2] >= {"words", "size"}
    assert {tile for tile, aspects in found.items() if aspects - {"offset"}} == {2}
    assert comparison.tiles_differing.tolist() == comparison.streams_differing.tolist() == [2]
    names = {comparison.bytes.names[n] for n in comparison.bytes.differing}
    assert names == {"stream of tile 2", "tile index", "header"}


def test_the_first_encode_step_is_the_last_weight_that_differs():
    changed = WEIGHTS.copy()
    changed[[1, 5], [2, 7]] += 1
    table = table_of(batched_symbols(np.concatenate([WEIGHTS, changed]), TILE))
    found = parting(batched_file(WEIGHTS, TILE, table), batched_file(changed, TILE, table))
    # LEFT: the symbol behind the changed weight changes too, and the encoder meets that one first.
    place = 5 * TILE + 8
    assert found.step == TILE * TILE - 1 - place
    assert (found.left.symbol_index, found.left.row, found.left.col) == (place, 5, 8)
    assert found.left.symbol - found.right.symbol == 1
    assert found.left.state_before == found.right.state_before
    assert "symbol" in found.differing
    assert not found.backwards


def test_the_bytes_that_an_encoder_moved_out():
    """Every encode step is retraced by the scalar encoder's rule."""
    symbols = batched_symbols(WEIGHTS, TILE)
    table = table_of(symbols)
    other = [list(part) for part in symbols]
    other[0][100] = next(
        s for s in np.flatnonzero(table.frequencies).tolist() if s != other[0][100]
    )
    left, right = (
        file_of([stream_of(part, table) for part in parts], table) for parts in (symbols, other)
    )
    found = parting(left, right)
    assert found.left.symbol_index == 100
    for step in (found.left, found.right):
        state, moved = step.state_before, []
        while state >= rans.LEGACY.renormalise_from(step.freq):
            moved.append(state & 255)
            state >>= 8
        whole, rest = divmod(state, step.freq)
        assert step.moved == bytes(moved)
        assert (whole << 12) + rest + step.start == step.state_after


@pytest.mark.parametrize("lanes", [1, 4])
def test_words_of_the_native_layout_come_in_the_encoders_order(lanes):
    weights = noise(20, 30)
    changed = weights.copy()
    changed[10, 10] += 1
    both = np.concatenate([weights, changed])
    left, right = (
        native_bytes({"w": each}, tile_rows=20, tile_cols=30, lanes=lanes, run=2, word_bits=8)
        for each in (both, np.concatenate([changed, changed]))
    )
    found = parting(left, right)
    assert found is not None
    for step in (found.left, found.right):
        state, moved = step.state_before, b""
        while state >= rans.Coder().renormalise_from(step.freq):
            moved += bytes([state & 255])
            state >>= 8
        assert step.moved == moved


def test_another_table_parts_them_at_the_first_step():
    table = table_of(batched_symbols(WEIGHTS, TILE))
    other = np.full(256, 16, dtype=np.int64)
    found = parting(
        batched_file(WEIGHTS, TILE, table),
        batched_file(WEIGHTS, TILE, FrequencyTable.of_frequencies(other)),
    )
    assert found.step == 0
    assert "freq" in found.differing
    assert "tables differ" in found.reason


def test_a_stream_that_lacks_a_symbol_is_followed_from_the_decoders_start():
    symbols = batched_symbols(WEIGHTS, TILE)
    table = table_of(symbols)
    streams = [stream_of(part, table) for part in symbols]
    words, state = rans.encode(symbols[0][:-1], table)
    short = stream_bytes(TILE * TILE, bytes(words), state)
    found = parting(file_of(streams, table), file_of([short, *streams[1:]], table))
    assert found.backwards
    assert "right is damaged" in found.reason


def test_a_damaged_byte_is_followed_from_the_decoders_start():
    data = batched_file(WEIGHTS, TILE)
    offset, size = stream_place(data, 0)
    at = offset + size // 2
    damaged = with_bytes(data, at, bytes([data[at] ^ 255]))
    comparison = compared(data, damaged)
    assert flags(comparison) == {0: {"words"}}
    (number,) = comparison.bytes.differing.tolist()
    (found,) = comparison.bytes.ranges(BytesSource(data), BytesSource(damaged), number)
    assert (found.name, found.left, found.left_size) == ("stream of tile 0", at, 1)
    parted = parting(data, damaged)
    assert parted.backwards
    first, behind = parted.left.offset, parted.left.offset + len(parted.left.moved)
    assert first <= at < behind, "the first step that differs is the one that took the byte"


def test_steps_are_looked_at_window_by_window(monkeypatch):
    changed = WEIGHTS.copy()
    changed[0, 0] += 1
    table = table_of(batched_symbols(np.concatenate([WEIGHTS, changed]), TILE))
    files = batched_file(WEIGHTS, TILE, table), batched_file(changed, TILE, table)
    whole = parting(*files)
    monkeypatch.setattr("codec.comparison.encode_steps.STEPS_AT_ONCE", 7)
    assert parting(*files) == whole
    assert whole.step == TILE * TILE - 2


def test_equal_streams_do_not_part():
    data = batched_file(WEIGHTS, TILE)
    assert parting(data, data) is None


def test_a_tile_without_steps_is_refused():
    data = native_bytes({"w": np.zeros((4, 4), dtype=np.int8)})
    with pytest.raises(InputError, match="no rANS stream"):
        parting(data, data)


def test_files_of_two_layouts():
    """Fields that one layout alone has stand alone; what both state in their own way is compared."""
    comparison = compared(batched_file(WEIGHTS, TILE), wcdc_file(WEIGHTS, TILE))
    by_path = {pair.path: pair for pair in comparison.fields}
    assert by_path["shape"].equal
    assert by_path["header / rows"].equal
    assert not by_path["prediction"].equal
    assert by_path["header / compressed_size"].right is None
    assert comparison.streams_note == comparison.tiles_note == ""
    assert all(
        "predictor" not in aspects or tile % 2 for tile, aspects in flags(comparison).items()
    )


def test_streams_of_another_coder_are_not_compared_byte_by_byte():
    native = native_bytes({"w": WEIGHTS}, tile_rows=TILE, tile_cols=TILE)
    comparison = compared(batched_file(WEIGHTS, TILE), native)
    assert "coder" in comparison.streams_note
    assert not comparison.tiles["words"].any()
    assert len(comparison.tiles) == 12
    assert not comparison.equal


def test_other_tiles_do_not_stand_for_each_other():
    comparison = compared(batched_file(WEIGHTS, 16), batched_file(WEIGHTS, 8))
    assert "16 × 16 and 8 × 8" in comparison.tiles_note
    assert len(comparison.tiles) == 0
    assert not comparison.equal


def test_one_tensor_of_several():
    data = native_bytes(mixed(), tile_rows=64, tile_cols=128, predictor="auto")
    container = parsed(data)
    for tensor in container.tensors:
        assert compare_files(container, container, (tensor, tensor)).equal
    offset = int(container.tensors[0].tiles["offset"][1])
    other = parsed(with_bytes(data, offset, bytes([data[offset] ^ 1])))
    differing = [
        not compare_files(container, other, pair).equal
        for pair in zip(container.tensors, other.tensors, strict=True)
    ]
    assert differing == [True, False, False, False]


def test_a_record_at_another_number_is_found():
    layers = mixed()
    left, right = parsed(native_bytes(layers)), parsed(native_bytes(dict(reversed(layers.items()))))
    name = "block.0.odd"
    one, other = (next(t for t in c.tensors if t.name == name) for c in (left, right))
    comparison = compare_files(left, right, (one, other))
    by_path = {pair.path: pair for pair in comparison.fields}
    assert by_path["tensor records / rows"].equal
    assert by_path["names"].left.text == by_path["names"].right.text == name
    assert not comparison.tiles["words"].any()


def test_a_tile_at_another_place_stands_for_none():
    data = batched_file(WEIGHTS, TILE)
    last = batched.INDEX_OFFSET + 11 * batched.INDEX_ENTRY.size
    comparison = compared(data, with_field(data, batched.INDEX_ENTRY, "tile_row", 1, last))
    pairs = comparison.tiles[["left", "right"]].tolist()
    assert pairs[-1] == (11, -1)
    assert comparison.tiles_differing.tolist() == [11]


FILES = {
    "batched": batched_file(WEIGHTS, TILE),
    "wcdc": wcdc_file(WEIGHTS, TILE),
    "native": native_bytes({"w": WEIGHTS}, tile_rows=TILE, tile_cols=TILE, lanes=2, run=4),
}


@pytest.mark.parametrize("layout", FILES)
@given(data=st.data())
def test_no_byte_changes_unnoticed(layout, data):
    """Whatever the byte does to the file: it is parsed and compared, and one of both finds it."""
    sound = FILES[layout]
    at = data.draw(st.integers(0, len(sound) - 1))
    flipped = data.draw(st.integers(1, 255))
    left = parsed(sound)
    try:
        right = parsed(with_bytes(sound, at, bytes([sound[at] ^ flipped])))
    except FormatError:
        return
    for tensor in right.tensors:
        assert not compare_files(left, right, (left.tensors[0], tensor)).equal
        assert not compare_files(right, left, (tensor, left.tensors[0])).equal


def test_a_job_can_be_stopped():
    def stop(done: int, total: int) -> None:
        raise Cancelled

    here, there, tensors = sides(batched_file(WEIGHTS, TILE), batched_file(WEIGHTS, TILE))
    with pytest.raises(Cancelled):
        compare_files(here, there, tensors, stop)


# Bytes


def ranges_of(left: bytes, right: bytes, *, forward: bool = True) -> list[tuple[int, int, int]]:
    one, other = BytesSource(left), BytesSource(right)
    found = byte_differences(one, other, [("all", (0, len(left)), (0, len(right)))])
    return [
        (each.left, each.left_size, each.right_size)
        for number in found.differing
        for each in found.ranges(one, other, int(number), forward=forward)
    ]


@pytest.mark.parametrize("block", [16, 1 << 20])
def test_ranges_are_found_block_by_block(monkeypatch, block):
    monkeypatch.setattr(byte_ranges, "BLOCK", block)
    left = bytes(100)
    right = bytearray(left)
    right[3] = right[40] = right[43] = right[99] = 1
    assert ranges_of(left, bytes(right)) == [(3, 1, 1), (40, 4, 4), (99, 1, 1)]
    assert ranges_of(left, bytes(right), forward=False) == [(99, 1, 1), (40, 4, 4), (3, 1, 1)]


@pytest.mark.parametrize("block", [5, 1 << 20])
def test_bytes_put_in_are_told_as_such(monkeypatch, block):
    monkeypatch.setattr(byte_ranges, "BLOCK", block)
    left = bytes(range(60))
    assert ranges_of(left, left[:20] + b"\xff\xfe" + left[20:]) == [(20, 0, 2)]
    assert ranges_of(left, left[:20] + left[30:]) == [(20, 10, 0)]
    assert ranges_of(left, b"") == [(0, 60, 0)]
    assert ranges_of(b"aaaa", b"aaaaaa") == [(4, 0, 2)]


def test_next_and_previous_range():
    left, right = bytearray(300), bytearray(300)
    for at in (10, 150, 290):
        right[at] = 1
    sources = BytesSource(bytes(left)), BytesSource(bytes(right))
    places = [(f"part {n}", (100 * n, 100), (100 * n, 100)) for n in range(3)]
    found = byte_differences(*sources, places)

    def walk(at: int, *, forward: bool) -> list[int]:
        seen = []
        while (step := found.next(*sources, at, forward=forward)) is not None:
            seen.append(step.left)
            at = step.left
        return seen

    assert walk(-1, forward=True) == [10, 150, 290]
    assert walk(300, forward=False) == [290, 150, 10]
    assert found.next(*sources, 150).name == "part 2"
