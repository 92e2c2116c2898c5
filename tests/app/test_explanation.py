"""The explanation's arithmetic is parsed back and worked out anew, against weights stored as .npy."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from app.models.explanation import (
    Explanation,
    Known,
    Link,
    ToBytes,
    ToSymbol,
    ToTile,
    ToWeight,
    explain,
    known_symbols,
    table_symbol,
)
from app.selection import Selection
from codec import decoders
from codec.checks import check
from codec.container import Container, Tensor
from codec.decoders.base import DecodedTile
from codec.formats import open_file
from codec.trace import Trace
from tests.app.conftest import LEGACY

GAUSSIAN = "gaussian10_300x200_t64.batched"
RAMP = "ramp_256x256_t16.batched"
FOUR_TILES = "gaussian10_512x384_t256.wcdc"
BROKEN = "brokentable_1024x1024_t256.batched"
REFERENCE = decoders.make("reference")


@cache
def container(name: str) -> Container:
    return open_file(str(LEGACY / name))


@cache
def matrix(name: str) -> np.ndarray:
    weights: np.ndarray = np.load((LEGACY / name).with_suffix(".npy"))
    return weights


def tensor_of(name: str) -> Tensor:
    return container(name).tensors[0]


@cache
def decoded(name: str, tile: int) -> dict[int, DecodedTile]:
    return REFERENCE.decode_tiles(container(name), tensor_of(name), [tile], {})


@cache
def trace(name: str, tile: int) -> Trace:
    return REFERENCE.trace(container(name), tensor_of(name), tile)


def known(name: str, tile: int, symbol: int | None) -> Known:
    tiles = decoded(name, tile)
    return Known(container(name), Selection(0, tile, symbol), trace(name, tile), decoded=tiles.get)


def explained(known: Known) -> Explanation:
    explanation = explain(known)
    assert explanation is not None
    return explanation


def value(explanation: Explanation, label: str) -> str:
    line = explanation.line(label)
    assert line is not None, explanation.text
    return line.value


def targets(explanation: Explanation, label: str) -> list[object]:
    line = explanation.line(label)
    assert line is not None
    return [part.target for part in line.parts if isinstance(part, Link)]


def holds(equation: str) -> bool:
    """Whether every side of an equation, as shown, has the same value."""
    sides = equation.replace(",", "").replace("·", "*").replace("mod", "%").split(" = ")
    return len({eval(side, {"__builtins__": {}}) for side in sides}) == 1


def sampled(name: str, tile: int, number: int = 60) -> list[int]:
    """Symbols of a tile: its first and last ones, and some between."""
    count = tensor_of(name).symbol_count(tile)
    generator = np.random.default_rng(5)
    chosen = {0, 1, count - 1, *generator.integers(0, count, number).tolist()}
    return sorted(chosen)


CASES = [(GAUSSIAN, 0), (GAUSSIAN, 3), (GAUSSIAN, 19), (RAMP, 5), (FOUR_TILES, 0), (FOUR_TILES, 1)]
CASES += [(FOUR_TILES, 2), (FOUR_TILES, 3)]


@pytest.mark.parametrize(("name", "tile"), CASES)
def test_weight_is_prediction_plus_residual(name: str, tile: int) -> None:
    weights = matrix(name)
    for index in sampled(name, tile):
        explanation = explained(known(name, tile, index))
        place = tensor_of(name).weight_of(tile, index)
        shown = value(explanation, "weight")
        assert holds(shown), shown
        assert int(shown.split(" = ")[0]) == (0 if place is None else weights[place])
        if place is not None:
            assert explanation.title == f"W[{place[0]:,}, {place[1]:,}] = {weights[place]}"


@pytest.mark.parametrize(("name", "tile"), CASES)
def test_the_weight_it_names_is_what_predicts(name: str, tile: int) -> None:
    weights, seen = matrix(name), 0
    for index in sampled(name, tile):
        explanation = explained(known(name, tile, index))
        prediction = int(value(explanation, "prediction").split(" = ")[0])
        for target in targets(explanation, "prediction"):
            if isinstance(target, ToWeight):
                seen += 1
                assert weights[target.row, target.col] == prediction
    assert seen > 0


def test_left_follows_the_first_column_slip() -> None:
    tensor = tensor_of(FOUR_TILES)
    tile = next(t for t in range(4) if tensor.predictor(t) == "left" and tensor.rectangle(t).col)
    place, weights = tensor.rectangle(tile), matrix(FOUR_TILES)
    for row in range(0, place.rows, 7):
        explanation = explained(known(FOUR_TILES, tile, row * place.cols))
        line = explanation.line("prediction")
        assert line is not None
        flat = place.row * tensor.cols + place.col - 1 + row
        assert targets(explanation, "prediction") == [ToWeight(*divmod(flat, tensor.cols))]
        assert line.value.startswith(f"{weights.reshape(-1)[flat]} = ")
        assert ("row stride" in line.note) == (row > 0)
        assert (f"{flat:,}" in line.note) == (row > 0)


@pytest.mark.parametrize(("name", "tile"), CASES)
def test_state_arithmetic_follows_the_trace(name: str, tile: int) -> None:
    rows, table = trace(name, tile), tensor_of(name).table
    for index in sampled(name, tile):
        explanation = explained(known(name, tile, index))
        step = {column: int(rows[column][index]) for column in rows.columns}
        assert holds(value(explanation, "slot"))
        assert value(explanation, "slot").startswith(f"{step['slot']:,} = ")
        assert holds(value(explanation, "reduced"))
        assert (
            value(explanation, "after") == f"{step['state_after']:,} = 0x{step['state_after']:08X}"
        )
        assert f"trace says {step['state_after']:,}" not in explanation.text
        assert targets(explanation, "symbol")[0] == ToBytes(40 + 4 * step["symbol"], 4) or (
            not tensor_of(name).padded
        )
        cost = re.search(r"= ([\d.]+) bits", value(explanation, "cost"))
        assert cost is not None
        assert float(cost[1]) == pytest.approx(table.bits[step["symbol"]], abs=6e-4)


def test_renormalisation_names_the_bytes_of_the_file() -> None:
    rows, source = trace(GAUSSIAN, 0), container(GAUSSIAN).source
    for count in (1, 2):
        index = int(np.flatnonzero(rows["bytes_read"] == count)[0])
        explanation = explained(known(GAUSSIAN, 0, index))
        position = int(rows["position"][index])
        assert targets(explanation, "taken") == [ToBytes(position - i) for i in range(count)]
        shown = re.findall(r"([0-9A-F]{2}) at", value(explanation, "taken"))
        assert bytes.fromhex("".join(shown)) == source.read(position - count + 1, count)[::-1]
        shifts = [
            line.value
            for section in explanation.sections
            for line in section.lines
            if line.label == "renormalised"
        ]
        assert len(shifts) == count
        for shift in shifts:
            assert holds(shift.partition(", so ")[2].replace("<<", f"{shift.split()[0]} <<", 1))


def test_a_step_without_a_byte_says_so() -> None:
    index = int(np.flatnonzero(trace(GAUSSIAN, 0)["bytes_read"] == 0)[0])
    explanation = explained(known(GAUSSIAN, 0, index))
    assert value(explanation, "taken") == "none"
    assert "≥ L = 8,388,608" in value(explanation, "renormalised")


def test_a_trace_that_does_not_follow_is_told_apart() -> None:
    true = trace(GAUSSIAN, 0)
    columns = {name: column.copy() for name, column in true.columns.items()}
    columns["state_after"][50] += 1
    columns["slot"][50] ^= 1
    doctored = replace(known(GAUSSIAN, 0, 50), trace=replace(true, columns=columns))
    text = explained(doctored).text
    assert f"but the trace says {int(columns['state_after'][50]):,}" in text
    assert f"but the trace says {int(columns['slot'][50]):,}" in text


def test_the_ends_of_the_stream() -> None:
    tensor = tensor_of(GAUSSIAN)
    first, last = explained(known(GAUSSIAN, 2, 0)), explained(known(GAUSSIAN, 2, 4095))
    state = int(tensor.tiles["offset"][2]) + int(tensor.tiles["size"][2]) - 4
    assert targets(first, "previous") == [ToBytes(state, 4)]
    assert targets(first, "next") == [ToSymbol(2, 1)]
    assert targets(last, "previous") == [ToSymbol(2, 4094)]
    assert value(last, "next") == "8,388,608 = L = 8,388,608"
    assert value(first, "prediction") == "0 = 0"


def test_padding_is_called_padding() -> None:
    explanation = explained(known(GAUSSIAN, 3, 100))
    assert explanation.title == "padding[1, 36] of tile 3 = 0"
    line = explanation.line("padding")
    assert line is not None
    assert "as it must be" in line.note
    assert targets(explanation, "prediction") == [ToSymbol(3, 99)]


def test_the_chain_leads_everywhere() -> None:
    index = int(np.flatnonzero(trace(GAUSSIAN, 0)["bytes_read"] == 1)[9])
    chain = explained(known(GAUSSIAN, 0, index)).chain
    kinds = {type(part.target) for part in chain if isinstance(part, Link)}
    assert kinds == {ToWeight, ToBytes}
    text = "".join(part if isinstance(part, str) else part.text for part in chain)
    assert re.fullmatch(
        r"W\[.+\] = -?\d+ ← prediction .+ \+ residual .+ ← symbol \d+ ← slot .+ ← state .+ ← 1 byte .+",
        text,
    )


def test_while_the_trace_is_computed_the_weight_is_there() -> None:
    waiting = replace(known(GAUSSIAN, 0, 70), trace=None)
    explanation = explained(waiting)
    assert holds(value(explanation, "weight"))
    line = explanation.line("trace")
    assert line is not None
    assert "being computed" in line.note


def test_while_the_tile_is_decoded_the_step_is_there() -> None:
    waiting = replace(known(FOUR_TILES, 1, 70), decoded=lambda _tile: None)
    explanation = explained(waiting)
    assert value(explanation, "weight") == "?"
    assert holds(value(explanation, "slot"))
    assert holds(value(explanation, "residual"))


def test_a_batched_weight_needs_no_decoded_tile() -> None:
    waiting = replace(known(GAUSSIAN, 1, 700), decoded=lambda _tile: None)
    assert explained(waiting).sections[0] == explained(known(GAUSSIAN, 1, 700)).sections[0]


def test_a_tensor_that_is_refused_says_why() -> None:
    for symbol in (None, 9):
        broken = Known(
            container(BROKEN), Selection(0, 3, symbol), problems=container(BROKEN).problems
        )
        assert "sum to 7,938" in explained(broken).text


def test_a_tile_shows_record_frame_and_measures() -> None:
    report = check(container(GAUSSIAN), REFERENCE).tensors[0]
    explanation = explained(replace(known(GAUSSIAN, 4, None), report=report))
    record = tensor_of(GAUSSIAN).tiles[4]
    frame = container(GAUSSIAN).frame(tensor_of(GAUSSIAN), 4)
    assert targets(explanation, "stream") == [ToBytes(int(record["offset"]), int(record["size"]))]
    assert value(explanation, "symbol count") == "4,096"
    assert value(explanation, "first state") == f"{frame.state:,} = 0x{frame.state:08X}"
    assert value(explanation, "status") == "ok"
    assert value(explanation, "entropy") == f"{report.tiles['entropy'][4]:.3f}"
    assert targets(explanation, "index entry") == [ToBytes(40 + 1024 + 4 * 12, 12)]


def test_a_part_of_a_tile_comes_before_the_tile() -> None:
    frame = container(GAUSSIAN).frame(tensor_of(GAUSSIAN), 4)
    selected = replace(known(GAUSSIAN, 4, None), selection=Selection(0, 4, None, (frame.offset, 4)))
    explanation = explained(selected)
    assert explanation.title == "symbol count: 4,096"
    assert [section.title for section in explanation.sections][:2] == ["Field", "Tile 4"]


def test_a_run_of_bytes_names_its_steps() -> None:
    rows, frame = trace(GAUSSIAN, 4), container(GAUSSIAN).frame(tensor_of(GAUSSIAN), 4)
    offset = frame.words_begin + 100
    span = Selection(0, 4, None, (offset, 10))
    explanation = explained(replace(known(GAUSSIAN, 4, None), selection=span))
    steps = [rows.row_of_byte(offset + 9), rows.row_of_byte(offset)]
    assert targets(explanation, "taken by") == [ToSymbol(4, step or 0) for step in steps]


def test_a_field_shows_path_value_and_bytes() -> None:
    fields = Known(container(GAUSSIAN), Selection(0, None, None, (6, 2)))
    explanation = explained(fields)
    assert explanation.title == "tile_size: 64"
    assert value(explanation, "bytes") == "40 00"
    assert value(explanation, "path") == f"{GAUSSIAN} › header › tile_size"
    assert targets(explanation, "path") == [ToBytes(0, 53643), ToBytes(0, 40)]


@pytest.mark.parametrize(("name", "size"), [(GAUSSIAN, 4), (FOUR_TILES, 2)])
def test_a_table_entry_shows_share_and_cost(name: str, size: int) -> None:
    tensor = tensor_of(name)
    offset = tensor.table_span[0] + 126 * size
    report = check(container(name), REFERENCE).tensors[0]
    entry = Known(container(name), Selection(0, None, None, (offset, size)), report=report)
    explanation = explained(entry)
    freq, count = int(tensor.table.frequencies[126]), int(report.counts[126])
    assert holds(value(explanation, "symbol"))
    assert value(explanation, "share").startswith(f"{freq:,} / 4,096 = ")
    assert value(explanation, "occurs").startswith(f"{count:,} of ")
    assert float(value(explanation, "cost").split(" = ")[1].split()[0]) == pytest.approx(
        tensor.table.bits[126], abs=6e-4
    )


def test_table_symbol() -> None:
    tensor = tensor_of(GAUSSIAN)
    assert table_symbol(tensor, 40 + 4 * 7, 4) == 7
    assert table_symbol(tensor, 40 + 4 * 7 + 2, 2) == 7
    assert table_symbol(tensor, 40 + 4 * 7 + 2, 4) is None
    assert table_symbol(tensor, 39, 1) is None
    assert table_symbol(tensor, 40 + 1024, 4) is None
    assert table_symbol(None, 40, 4) is None


def test_problems_stand_with_the_bytes_they_are_about() -> None:
    broken = container(BROKEN)
    table = tensor_of(BROKEN).table_span
    explanation = explained(
        Known(broken, Selection(0, None, None, table), problems=broken.problems)
    )
    assert "likely cause" in explanation.text
    elsewhere = Known(broken, Selection(0, None, None, (0, 4)), problems=broken.problems)
    assert "likely cause" not in explained(elsewhere).text


def test_every_byte_of_the_head_is_explained() -> None:
    for name in (GAUSSIAN, FOUR_TILES):
        root = container(name).root
        for offset in range(0, 1500, 3):
            leaf = root.leaf_at(offset)
            assert leaf is not None
            selection = Selection(0, leaf.tile, None, (leaf.offset, leaf.size))
            explanation = explained(Known(container(name), selection))
            assert leaf.name in explanation.title


def test_a_cut_header_is_explained(tmp_path: Path) -> None:
    cut = tmp_path / "cut.batched"
    cut.write_bytes((LEGACY / GAUSSIAN).read_bytes()[:20])
    short = open_file(str(cut))
    explanation = explained(Known(short, Selection(0, None, None, (8, 4)), problems=short.problems))
    assert explanation.title == "rows: 300"
    assert explain(Known(short, Selection())) is None


def test_a_symbol_that_is_not_there() -> None:
    assert "no symbol 5,000" in explained(known(GAUSSIAN, 0, 5000)).title


def test_known_symbols_agree() -> None:
    tile, rows = decoded(GAUSSIAN, 0)[0], trace(GAUSSIAN, 0)
    by_tile, by_trace = known_symbols(tile, None), known_symbols(None, rows)
    assert by_tile is not None
    assert by_trace is not None
    assert np.array_equal(by_tile, by_trace)
    shuffled = {name: column[::-1] for name, column in rows.columns.items()}
    shuffled["step"] = rows["step"]
    assert np.array_equal(known_symbols(None, Trace(shuffled, rows.streams)), by_tile)  # type: ignore[arg-type]
    window = {name: column[9:] for name, column in rows.columns.items()}
    assert known_symbols(None, Trace(window, rows.streams)) is None


def test_a_window_of_a_trace_explains_its_steps() -> None:
    rows = trace(GAUSSIAN, 0)
    window = Trace({name: column[1000:1100] for name, column in rows.columns.items()}, rows.streams)
    part = replace(known(GAUSSIAN, 0, 1000), trace=window, decoded=lambda _tile: None)
    explanation = explained(part)
    assert value(explanation, "weight") == "?"
    assert holds(value(explanation, "slot"))
    assert targets(explanation, "previous") == [ToSymbol(0, 999)]
    outside = replace(part, selection=Selection(0, 0, 5))
    line = explained(outside).line("trace")
    assert line is not None
    assert "outside" in line.note


def test_behind_the_end_of_a_broken_stream_it_says_where_that_stopped() -> None:
    rows = trace(GAUSSIAN, 0)
    columns = {name: column[:900] for name, column in rows.columns.items()}
    note = "runs out of bytes at step 900"
    stopped = Trace(columns, rows.streams, note)
    broken = replace(
        known(GAUSSIAN, 0, 3000), trace=stopped, trace_note=note, decoded=lambda _tile: None
    )
    explanation = explained(broken)
    line = explanation.line("weight")
    assert line is not None
    assert line.note == note
    assert targets(explanation, "last step") == [ToSymbol(0, 899)]


def test_a_tile_that_cannot_be_read_has_no_measures() -> None:
    report = check(container(BROKEN), REFERENCE).tensors[0]
    broken = Known(container(BROKEN), Selection(0, 3), report=report)
    assert explained(broken).line("entropy") is None
    assert value(explained(broken), "status") == "tensor cannot be decoded"


def test_the_tile_is_linked() -> None:
    assert targets(explained(known(GAUSSIAN, 4, 9)), "place") == [ToTile(4)]
