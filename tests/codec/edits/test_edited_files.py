"""Edited files as files: parsed whatever the edits did, saved elsewhere, held against what they were."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.comparison import as_opened
from codec.comparison.comparison import compare
from codec.comparison.files import compare_with_side
from codec.comparison.output import SideKind
from codec.comparison.side import AS_OPENED, Side, read_side, trace_side
from codec.comparison.touched_tiles import bring_up_to_date
from codec.container import Container, Tensor
from codec.decoders.cpu import CpuDecoder
from codec.decoders.streams import DecodedStream
from codec.edits.byte_edits import flip_bit, put_bytes
from codec.edits.field_edits import edit_field
from codec.edits.opening import NO_LAYOUT, open_edited, original_of, parse_edited
from codec.edits.overlay import EditedSource
from codec.edits.saving import save_edited
from codec.edits.sealing import checksum_edits
from codec.errors import Cancelled, DecodeError, FormatError, InputError, RanscopeError
from codec.formats import open_file, parse
from codec.source import BytesSource, FileSource
from tests.codec.files import batched_file, noise, only_tensor, stream_place, wcdc_file
from tests.codec.native_files import mixed, native_bytes

WEIGHTS = noise(20, 27)
FILES = (batched_file(WEIGHTS, 10), native_bytes(mixed()))
JUDGE = Side(SideKind.DECODER, "cpu")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of six tiles on disk."""
    path = tmp_path / "layer.batched"
    path.write_bytes(FILES[0])
    return path


# Parsing


def test_without_edits_in_force_the_file_itself_is_parsed(path: Path) -> None:
    base = FileSource(path)
    beyond = put_bytes(BytesSource(bytes(10**6)), 900_000, b"x")
    assert parse_edited(base, [beyond]).source is base
    assert open_edited(path).source.read(0, 4) == base.read(0, 4)


def test_a_file_without_a_layout_is_still_shown(path: Path) -> None:
    base = FileSource(path)
    found = parse_edited(base, [flip_bit(base, 1, 7)])
    assert found.format == NO_LAYOUT
    assert found.tensors == ()
    assert found.root.size == base.size
    (problem,) = found.problems
    assert (problem.code, problem.offset, problem.size) == ("signature", 0, 4)
    assert "0xC0DE4111" in problem.message
    assert original_of(found).format == "batched"


def test_an_edit_can_mend_a_file_that_has_no_layout(path: Path) -> None:
    path.write_bytes(b"XX" + FILES[0][2:])
    with pytest.raises(FormatError):
        open_edited(path)
    mended = open_edited(path, [put_bytes(FileSource(path), 0, FILES[0][:2])])
    assert mended.format == "batched"


@given(st.sampled_from(FILES), st.data())
def test_any_bit_anywhere_can_be_flipped(data: bytes, draw: st.DataObject) -> None:
    base = BytesSource(data)
    head = draw.draw(st.booleans())
    places = st.integers(0, min(2000, len(data) - 1) if head else len(data) - 1)
    edits = [
        flip_bit(base, draw.draw(places), draw.draw(st.integers(0, 7)))
        for _ in range(draw.draw(st.integers(1, 4)))
    ]
    container = parse_edited(base, edits)
    for tensor in container.tensors:
        try:
            left = read_side(AS_OPENED, container, tensor)
            compare(tensor, left, read_side(JUDGE, container, tensor))
        except RanscopeError as error:
            assert error.sentence()


# The file as opened


def test_a_fault_shows_in_its_tile_from_there_on(path: Path) -> None:
    base = open_file(path)
    offset, size = stream_place(FILES[0], 3)
    edited = parse_edited(base.source, [flip_bit(base.source, offset + size - 6, 0)])
    tensor = only_tensor(edited)
    left, right = (read_side(side, edited, tensor) for side in (AS_OPENED, JUDGE))
    assert left.title == "as opened"
    assert np.array_equal(left.weights, WEIGHTS)
    found = compare(tensor, left, right)
    assert found.tile_differing[3] > 0
    assert found.tile_differing.sum() == found.tile_differing[3]
    assert found.first is not None
    assert found.first.tile == 3
    again = read_side(AS_OPENED, parse_edited(base.source, []), tensor)
    assert again.weights is left.weights


def predicted_from_one_another(rows: int, cols: int, tile: int, damaged: int = 0) -> bytes:
    """A wcdc file with both predictors all over, and so many faults in its streams."""
    random = np.random.default_rng(rows)
    tiles = -(-rows // tile) * -(-cols // tile)
    predictors = random.integers(0, 2, tiles).tolist()
    data = bytearray(wcdc_file(noise(rows, cols), tile, predictors))
    for place in random.integers(len(data) * 3 // 5, len(data), damaged):
        data[place] ^= 0xFF
    return bytes(data)


QUICK = {
    "batched": FILES[0],
    "native": native_bytes(mixed(), tile_rows=64, tile_cols=64),
    "wcdc": predicted_from_one_another(45, 40, 6),
    "wcdc, narrow at the edge": predicted_from_one_another(60, 32, 10),
    "wcdc, damaged": predicted_from_one_another(44, 50, 8, damaged=4),
}


@pytest.mark.parametrize("data", QUICK.values(), ids=QUICK)
def test_decoding_what_edits_touch_gives_what_decoding_all_gives(data: bytes) -> None:
    base = BytesSource(data)
    begin = min(int(tensor.tiles["offset"].min()) for tensor in parse(base).tensors)
    random = np.random.default_rng(3)
    touched_some = 0
    for count in (1, 1, 1, 2, 3) * 8:
        places = random.integers(max(begin, len(data) * 2 // 5), len(data), count)
        edits = [flip_bit(base, int(at), int(random.integers(8))) for at in places]
        container = parse_edited(base, edits)
        for tensor in container.tensors:
            if tensor.refusal:  # an edit of the table
                continue
            touched_some += bool(as_opened._tiles_touched(container, tensor))
            quick = as_opened.decoded_edited(container, tensor)
            whole = read_side(JUDGE, container, tensor)
            for part in ("weights", "reads", "table"):
                assert np.array_equal(getattr(quick, part), getattr(whole, part))
            assert (quick.title, quick.kind) == (whole.title, whole.kind)
    assert touched_some > 5


def test_damage_is_followed_from_tile_to_tile_without_reading_other_streams() -> None:
    data = QUICK["wcdc"]
    base = BytesSource(data)
    offset, size = stream_place(data, 0)
    container = parse_edited(base, [flip_bit(base, offset + size - 6, 0)])
    tensor = only_tensor(container)
    read: list[int] = []

    class Watched(CpuDecoder):
        def decode_streams(
            self, container: Container, tensor: Tensor, tiles: Sequence[int]
        ) -> list[DecodedStream]:
            read.extend(tiles)
            return super().decode_streams(container, tensor, tiles)

    opened = as_opened.decoded(container, tensor)
    assert opened.reads is not None
    weights, reads = opened.weights.copy(), opened.reads.copy()
    bring_up_to_date(Watched(), container, tensor, [0], weights, reads)
    assert read == [0]
    assert (reads["status"] != opened.reads["status"]).sum() > 3


def test_what_cannot_be_held_against_the_file_as_opened_is_told(path: Path) -> None:
    base = open_file(path)
    rows = next(span for span in base.root.children[0].children if span.name == "rows")
    edited = parse_edited(base.source, [edit_field(base.source, base.root, rows, "21")])
    with pytest.raises(InputError, match=r"have made 21×27 weights of .* which has 20×27"):
        read_side(AS_OPENED, edited, only_tensor(edited))


def test_traces_and_files_are_compared_with_the_file_as_opened(path: Path) -> None:
    base = open_file(path)
    offset, size = stream_place(FILES[0], 3)
    edited = parse_edited(base.source, [flip_bit(base.source, offset + size - 2, 0)])
    tensor = only_tensor(edited)
    there = trace_side(AS_OPENED, edited, tensor, 3)
    here = trace_side(JUDGE, edited, tensor, 3)
    assert there["state_before"][0] ^ here["state_before"][0] == 1 << 16
    files = compare_with_side(AS_OPENED, edited, tensor)
    assert files.right.name == f"{path.name} as opened"
    assert files.tiles["left"][files.streams_differing].tolist() == [3]
    with pytest.raises(DecodeError, match="no tile 99"):
        trace_side(AS_OPENED, edited, tensor, 99)


# Saving


def test_the_edited_file_is_saved_elsewhere(path: Path, tmp_path: Path) -> None:
    source = EditedSource(FileSource(path), [put_bytes(FileSource(path), 60, b"abc")])
    told: list[tuple[int, int]] = []
    save_edited(source, tmp_path / "edited.batched", lambda *done: told.append(done))
    expected = FILES[0][:60] + b"abc" + FILES[0][63:]
    assert (tmp_path / "edited.batched").read_bytes() == expected
    assert path.read_bytes() == FILES[0]
    assert told == [(0, len(expected))]


def test_the_opened_file_is_never_written(path: Path, tmp_path: Path) -> None:
    source = EditedSource(FileSource(path), [put_bytes(FileSource(path), 60, b"abc")])
    hard, soft = tmp_path / "hard", tmp_path / "soft"
    os.link(path, hard)
    soft.symlink_to(path)
    for target in (path, hard, soft, tmp_path / "x" / ".." / path.name):
        with pytest.raises(InputError, match="never written to"):
            save_edited(source, target)
    path.rename(tmp_path / "moved")
    for target in (path, tmp_path / "moved"):
        with pytest.raises(InputError, match="never written to"):
            save_edited(source, target)
    assert (tmp_path / "moved").read_bytes() == FILES[0]


def test_a_save_that_is_cancelled_or_cannot_be_leaves_nothing(path: Path, tmp_path: Path) -> None:
    source = EditedSource(FileSource(path), [put_bytes(FileSource(path), 60, b"abc")])

    def stop(done: int, total: int) -> None:
        raise Cancelled

    target = tmp_path / "edited"
    with pytest.raises(Cancelled):
        save_edited(source, target, stop)
    with pytest.raises(InputError, match="cannot be written"):
        save_edited(source, tmp_path / "missing" / "edited")
    with pytest.raises(InputError):
        save_edited(source, "a\0b")
    assert sorted(tmp_path.iterdir()) == [path]


# Checksums


def test_checksums_are_made_to_match_the_edited_bytes() -> None:
    base = BytesSource(FILES[1])
    container = parse(base)
    tensor = container.tensors[0]
    symbol = int(np.flatnonzero(tensor.table.frequencies > 1)[0])
    table = put_bytes(base, tensor.table_span[0] + 2 * symbol, b"\x01\x00")
    name = put_bytes(base, int.from_bytes(base.read(48, 8), "little"), b"Z")
    edits = (table, name)
    assert [problem.code for problem in parse_edited(base, edits).problems].count("checksum") == 2
    found = checksum_edits(EditedSource(base, edits), "native")
    labels = [edit.title.split(":")[0] for edit in found]
    assert labels == [
        "tensor record 0, table_checksum",
        "header, directory_checksum",
        "header, names_checksum",
        "header, header_checksum",
    ]
    sealed = parse_edited(base, (*edits, *found))
    assert "checksum" not in [problem.code for problem in sealed.problems]
    assert checksum_edits(sealed.source, "native") == ()


def test_a_sound_file_needs_no_checksums_and_a_legacy_one_has_none() -> None:
    assert checksum_edits(BytesSource(FILES[1]), "native") == ()
    with pytest.raises(InputError, match="batched has no checksums"):
        checksum_edits(BytesSource(FILES[0]), "batched")
    with pytest.raises(InputError, match="no whole header"):
        checksum_edits(BytesSource(FILES[1][:50]), "native")


@given(st.data())
def test_whatever_was_edited_checksums_can_be_made_to_match(draw: st.DataObject) -> None:
    base = BytesSource(FILES[1])
    places = st.integers(8, 1500)
    edits = tuple(
        flip_bit(base, draw.draw(places), draw.draw(st.integers(0, 7)))
        for _ in range(draw.draw(st.integers(1, 6)))
    )
    source = EditedSource(base, edits)
    found = checksum_edits(source, "native")
    again = checksum_edits(EditedSource(source, found), "native")
    header = [edit for edit in again if "header_checksum" in edit.title]
    assert not header  # what guards all others always matches
