"""Explanations of native files: lanes, words and codings, their arithmetic worked out anew."""

from __future__ import annotations

import re
from functools import cache

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
)
from app.models.explanation.lanes import in_lane, in_other_lane
from app.selection import Selection
from codec import decoders
from codec.container import Container, Tensor
from codec.decoders.base import DecodedTile
from codec.errors import DecodeError
from codec.interleaving import Interleaving
from codec.trace import Trace
from tests.app.native import (
    CONSTANT_TILE,
    LEFT_TILE,
    MIXED,
    PLAIN_TILE,
    RAW_TILE,
    TOP_TILE,
    mixed_file,
    opened,
    scaled,
    small_lanes,
)
from tests.app.test_explanation import explained, holds, targets, value

REFERENCE = decoders.make("reference")
FILES = {"defaults": mixed_file, "small": small_lanes}
WEIGHTS = MIXED["block.0.mixed"]
CODED = [(name, tile) for name in FILES for tile in (PLAIN_TILE, LEFT_TILE, TOP_TILE)]


def container(name: str) -> Container:
    return opened(FILES[name]())


def tensor_of(name: str) -> Tensor:
    return container(name).tensors[0]


@cache
def decoded(name: str, tile: int) -> dict[int, DecodedTile]:
    return REFERENCE.decode_tiles(container(name), tensor_of(name), [tile], {})


@cache
def trace(name: str, tile: int) -> Trace | None:
    try:
        return REFERENCE.trace(container(name), tensor_of(name), tile)
    except DecodeError:
        return None


def known(name: str, tile: int, symbol: int | None, span: tuple[int, int] | None = None) -> Known:
    tiles = decoded(name, tile)
    selection = Selection(0, tile, symbol, span)
    return Known(container(name), selection, trace(name, tile), decoded=tiles.get)


def sampled(count: int) -> list[int]:
    chosen = np.random.default_rng(3).integers(0, count, 25).tolist()
    return sorted({0, 1, 15, 16, 127, 128, 511, 512, count - 1, *chosen})


@pytest.mark.parametrize(("name", "tile"), CODED)
def test_weights_follow_from_symbols(name: str, tile: int) -> None:
    tensor = tensor_of(name)
    for index in sampled(8192):
        explanation = explained(known(name, tile, index))
        place = tensor.weight_of(tile, index)
        assert place is not None
        shown = value(explanation, "weight")
        assert holds(shown)
        assert int(shown.split(" = ")[0]) == WEIGHTS[place]
        prediction = int(value(explanation, "prediction").split(" = ")[0])
        for target in targets(explanation, "prediction"):
            assert isinstance(target, ToWeight)
            assert WEIGHTS[target.row, target.col] == prediction


def test_what_predicts_stands_inside_the_tile() -> None:
    first_row, below = known("defaults", TOP_TILE, 7), known("defaults", TOP_TILE, 128 + 7)
    assert targets(explained(first_row), "prediction") == []
    assert targets(explained(below), "prediction") == [ToWeight(256, 7)]
    left = explained(known("defaults", LEFT_TILE, 128))
    assert targets(left, "prediction") == [ToWeight(192, 127)]
    assert value(explained(known("defaults", PLAIN_TILE, 9)), "prediction") == "0 = 0"


@pytest.mark.parametrize(("name", "tile"), CODED)
def test_the_state_follows_with_the_coders_own_constants(name: str, tile: int) -> None:
    rows, tensor = trace(name, tile), tensor_of(name)
    assert rows is not None
    source, width = container(name).source, tensor.coder.word_bytes
    for index in sampled(8192):
        explanation = explained(known(name, tile, index))
        row = rows.row_of_symbol(index)
        assert row is not None
        step = {column: int(rows[column][row]) for column in rows.columns}
        assert f">> {tensor.coder.scale_bits})" in value(explanation, "reduced")
        assert holds(value(explanation, "reduced"))
        assert value(explanation, "after").startswith(f"{step['state_after']:,} = ")
        assert "trace says" not in explanation.text
        taken = targets(explanation, "taken")
        assert len(taken) == step["bytes_read"] // width
        for number, target in enumerate(taken):
            assert target == ToBytes(step["position"] + number * width)
        for found in re.findall(r"<< (\d+) \| 0x([0-9A-F]+)", explanation.text):
            assert (int(found[0]), len(found[1])) == (tensor.coder.word_bits, 2 * width)
        if taken:
            word = int.from_bytes(source.read(step["position"], width), "little")
            assert f"| 0x{word:0{2 * width}X} = " in explanation.text


@pytest.mark.parametrize(("name", "tile"), CODED)
def test_lane_block_and_turn_are_those_of_the_trace(name: str, tile: int) -> None:
    rows, tensor = trace(name, tile), tensor_of(name)
    assert rows is not None
    lanes, run = tensor.interleaving
    for index in sampled(8192):
        explanation = explained(known(name, tile, index))
        row = rows.row_of_symbol(index)
        assert row is not None
        assert value(explanation, "lane") == f"{int(rows['lane'][row]):,} of {lanes:,}"
        assert value(explanation, "block") == f"{index // (lanes * run):,}"
        formulas = [
            line.value for section in explanation.sections for line in section.lines
            if line.label == "symbol" and "·" in line.value
        ]  # fmt: skip
        assert len(formulas) == 1
        assert holds(formulas[0])
        same = np.flatnonzero(rows["lane"] == rows["lane"][row])
        here = int(np.searchsorted(same, row))
        around = [same[k] for k in (here - 1, here + 1) if 0 <= k < len(same)]
        links = [t for t in targets(explanation, "same lane") if isinstance(t, ToSymbol)]
        assert [link.symbol for link in links] == [int(rows["symbol_index"][k]) for k in around]


def test_a_lane_begins_with_its_stored_state_and_ends_in_l() -> None:
    tensor = tensor_of("defaults")
    offset = int(tensor.tiles["offset"][PLAIN_TILE])
    first = explained(known("defaults", PLAIN_TILE, 5 * 16))
    assert targets(first, "lane begins") == [ToBytes(offset + 20, 4)]
    assert targets(first, "same lane")[0] == ToBytes(offset + 20, 4)
    assert targets(first, "previous") == [ToSymbol(PLAIN_TILE, 4 * 16)]
    last = explained(known("defaults", PLAIN_TILE, 8191))
    assert value(last, "lane ends") == "65,536 = L = 65,536"
    assert last.line("next") is None


@pytest.mark.parametrize("count", [1, 7, 8, 13, 24, 30])
def test_neighbours_in_a_block_that_is_not_full(count: int) -> None:
    class Short:
        interleaving = Interleaving(3, 4)

        def symbol_count(self, tile: int) -> int:
            return count

    tensor = Short()
    walk = list(tensor.interleaving.places(count))
    for lane, symbol in walk:
        same = [other for of, other in walk if of == lane]
        at = same.index(symbol)
        before = same[at - 1] if at else None
        after = same[at + 1] if at + 1 < len(same) else None
        assert in_lane(tensor, 0, symbol, -1) == before  # type: ignore[arg-type]
        assert in_lane(tensor, 0, symbol, 1) == after  # type: ignore[arg-type]
        beside = in_other_lane(tensor, 0, symbol, 1)  # type: ignore[arg-type]
        expected = symbol + 4 if lane < 2 and symbol + 4 < count else None
        assert beside == expected


def test_a_raw_weight_is_its_byte() -> None:
    tensor = tensor_of("defaults")
    begin = int(tensor.tiles["offset"][RAW_TILE])
    for index in (0, 77, 8191):
        explanation = explained(known("defaults", RAW_TILE, index))
        weight = int(WEIGHTS[64 + index // 128, index % 128])
        assert explanation.title.endswith(f" = {weight}")
        assert holds(value(explanation, "weight"))
        assert targets(explanation, "stored raw") == [ToBytes(begin + index)]
        assert "stored raw: it has no rANS states" in explanation.text


def test_a_constant_weight_stands_in_its_record() -> None:
    explanation = explained(known("defaults", CONSTANT_TILE, 5))
    assert explanation.title == "W[0, 5] = -7"
    (target,) = targets(explanation, "constant")
    assert isinstance(target, ToBytes)
    assert container("defaults").source.read(target.offset, 1) == (-7).to_bytes(1, signed=True)
    assert "no stream" in explanation.text


def whole(name: str, tile: int) -> Explanation:
    return explained(known(name, tile, None))


@pytest.mark.parametrize("tile", range(5))
def test_the_checksum_of_a_tile_as_stored_and_as_computed(tile: int) -> None:
    explanation = whole("defaults", tile)
    stored = int(tensor_of("defaults").tiles["checksum"][tile])
    assert value(explanation, "checksum") == value(explanation, "computed") == f"0x{stored:08X}"
    (target,) = targets(explanation, "checksum")
    assert isinstance(target, ToBytes)
    found = container("defaults").source.read(target.offset, target.size)
    assert int.from_bytes(found, "little") == stored


def test_a_wrong_checksum_is_told() -> None:
    data = bytearray(mixed_file())
    data[int(tensor_of("defaults").tiles["offset"][RAW_TILE]) + 9] ^= 4
    file = opened(bytes(data))
    tiles = REFERENCE.decode_tiles(file, file.tensors[0], [RAW_TILE], {})
    explanation = explained(Known(file, Selection(0, RAW_TILE), decoded=tiles.get))
    line = explanation.line("computed")
    assert line is not None
    assert "NOT as stored" in line.note
    assert value(explanation, "status") == "checksum of the weights differs"


def test_a_tile_names_its_coding_and_predictor() -> None:
    assert value(whole("defaults", CONSTANT_TILE), "coding") == "constant"
    assert value(whole("defaults", RAW_TILE), "coding").startswith("raw")
    assert whole("defaults", RAW_TILE).line("predictor") is None
    names = [value(whole("defaults", t), "predictor") for t in (PLAIN_TILE, LEFT_TILE, TOP_TILE)]
    assert names == ["0: NONE", "1: LEFT", "2: TOP"]


def test_a_tile_tells_its_states_and_words() -> None:
    tensor = tensor_of("defaults")
    offset, size = (int(tensor.tiles[name][PLAIN_TILE]) for name in ("offset", "size"))
    explanation = whole("defaults", PLAIN_TILE)
    states = 4 * tensor.interleaving.lanes
    assert targets(explanation, "first states") == [ToBytes(offset, states)]
    assert targets(explanation, "renormalisation") == [ToBytes(offset + states, size - states)]
    line = explanation.line("renormalisation")
    assert line is not None
    assert (
        line.note == f"{(size - states) // 2:,} words of 2 bytes, read from the first to the last"
    )
    assert explanation.line("symbol count") is None
    assert targets(explanation, "index entry") != []


def test_a_state_outside_the_interval_names_its_lane() -> None:
    data = bytearray(mixed_file())
    at = int(tensor_of("defaults").tiles["offset"][PLAIN_TILE]) + 4 * 7
    data[at : at + 4] = (65535).to_bytes(4, "little")
    file = opened(bytes(data))
    explanation = explained(Known(file, Selection(0, PLAIN_TILE)))
    line = explanation.line("first states")
    assert line is not None
    assert "lane 7 OUTSIDE" in line.value
    assert ToBytes(at, 4) in targets(explanation, "first states")


def test_a_stored_state_leads_to_its_lanes_first_step() -> None:
    tensor = tensor_of("defaults")
    offset = int(tensor.tiles["offset"][PLAIN_TILE])
    explanation = explained(known("defaults", PLAIN_TILE, None, (offset + 4 * 9, 4)))
    assert value(explanation, "lane") == f"9 of {tensor.interleaving.lanes}"
    assert targets(explanation, "first step") == [ToSymbol(PLAIN_TILE, 9 * 16)]


def test_a_weight_stands_for_its_value_times_its_scale() -> None:
    data, weights, scales = scaled()
    file = opened(data)
    for number, scale in ((0, scales[17]), (1, np.float32(0.25))):
        tensor = file.tensors[number]
        tile = tensor.tile_at(17, 3)
        assert tile is not None
        tiles = REFERENCE.decode_tiles(file, tensor, [tile], {})
        symbol = tensor.symbol_at(tile, 17, 3)
        explanation = explained(Known(file, Selection(number, tile, symbol), decoded=tiles.get))
        told = value(explanation, "stood for")
        product = float(told.split(" = ")[1].split(",")[0])
        assert product == pytest.approx(float(weights[17, 3]) * float(scale), rel=1e-4)
        (target,) = targets(explanation, "stood for")
        assert isinstance(target, ToBytes)
        assert file.source.array(target.offset, np.dtype("<f4"), 1)[0] == scale


def test_known_symbols_end_before_the_first_gap() -> None:
    tensor, rows = tensor_of("defaults"), trace("defaults", PLAIN_TILE)
    tile = decoded("defaults", PLAIN_TILE)[PLAIN_TILE]
    assert rows is not None
    every = known_symbols(tile, None, tensor.interleaving)
    assert every is not None
    assert len(every) == 8192
    assert np.array_equal(known_symbols(None, rows, tensor.interleaving), every)  # type: ignore[arg-type]
    block = tensor.interleaving.lanes * tensor.interleaving.run
    steps = block + block // 3
    cut = Trace({name: column[:steps] for name, column in rows.columns.items()}, rows.streams)
    part = known_symbols(None, cut, tensor.interleaving)
    assert part is not None
    assert block <= len(part) < steps
    assert np.array_equal(part, every[: len(part)])


def test_other_tensors_of_the_file_are_explained_too() -> None:
    file = container("defaults")
    tensor = file.tensors[1]
    tiles = REFERENCE.decode_tiles(file, tensor, [3], {})
    explanation = explained(Known(file, Selection(1, 3, 700), decoded=tiles.get))
    weight = MIXED["block.0.odd"][64 + 700 // 128, 700 % 128]
    assert explanation.title == f"W[{64 + 700 // 128:,}, {700 % 128:,}] = {weight}"
    assert ToTile(3) in targets(explanation, "place")
    index = explained(Known(file, Selection(1, 3), decoded=tiles.get)).line("index entry")
    assert index is not None
    (link,) = [part for part in index.parts if isinstance(part, Link)]
    assert isinstance(link.target, ToBytes)
    leaf = file.root.leaf_at(link.target.offset)
    assert leaf is not None
    assert (leaf.tensor, leaf.tile) == (1, 3)
    assert explain(Known(file, Selection(1))) is None
