"""The stages of the diagnosis, each by itself, and the recorded outputs that it must explain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from codec.comparison.comparison import compare
from codec.comparison.output import Output, SideKind
from codec.container import Container
from codec.decoders.availability import choose
from codec.decoders.base import Decoder
from codec.diagnosis import diagnose
from codec.diagnosis.dump_types import read_as_bytes
from codec.diagnosis.evidence import Evidence, low_bytes
from codec.diagnosis.finding import Fault, Finding
from codec.diagnosis.hypothesis import as_sentence
from codec.diagnosis.implied import implied_symbols
from codec.diagnosis.pipeline import (
    RIGHT,
    Arithmetic,
    Direction,
    Layout,
    Order,
    Pipeline,
    Start,
    alternatives,
    pipelines,
)
from codec.diagnosis.placement import grid_rules, matched
from codec.diagnosis.tallies import CONTRADICTED, DIFFERING, EXPLAINED, grid_differences, tile_tails
from codec.diagnosis.trial import NOTHING_SKIPPED, Trial
from codec.diagnosis.unwritten import unwritten
from codec.diagnosis.wording import listed, number_word, percent, ranges
from codec.diagnosis.writing import rules, seen_stride
from tests.codec.files import DATA, Weights, batched_file, noise, only_tensor, parsed, wcdc_file
from tests.codec.native_files import native_bytes

LEGACY = DATA / "legacy"
SHAPE, TILE = (70, 50), 16


def matrix(seed: int = 3) -> Weights:
    return noise(*SHAPE, seed=seed)


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return choose("cpu")


def files() -> dict[str, bytes]:
    weights = matrix()
    return {
        "batched": batched_file(weights, TILE),
        "wcdc": wcdc_file(weights, TILE),
        "native": native_bytes({"a": weights}, tile_rows=TILE, tile_cols=TILE, predictor="left"),
    }


FILES = files()


def evidence_of(data: bytes, found: np.ndarray, decoder: Decoder) -> Evidence:
    container = parsed(data)
    tensor = container.tensors[0]
    truth = decoder.decode(container, tensor)
    return Evidence(container, tensor, Output("found", SideKind.DUMP, found), truth, decoder)


def findings(container: Container, found: np.ndarray, **known: Any) -> tuple[Finding, ...]:
    tensor = only_tensor(container)
    right = Output("right", SideKind.DECODER, choose("cpu").decode(container, tensor).weights)
    return diagnose(
        container, compare(tensor, right, Output("found", SideKind.DUMP, found, **known))
    )


def recorded(name: str, kind: str) -> tuple[Finding, ...]:
    container = parsed((LEGACY / f"{name}.batched").read_bytes(), name)
    return findings(container, np.load(LEGACY / f"{name}.{kind}.npy"))


def test_the_first_gpu_decoder_is_explained() -> None:
    found = recorded("gaussian10_512x512_t256", "gpu-first")
    assert found[0].faults == (Fault.SYMBOLS_REVERSED, Fault.ROW_START_PREDICTOR)
    # What stands at the start of a row depends on a race, so nothing predicts it: one weight of 256.
    assert found[0].explains == pytest.approx(1 - 1 / 256, abs=1e-4)
    assert found[0].explains_symbols == 1.0
    assert "Inside rows 100% of the differences are explained" in found[0].detail
    assert found[0].tiles.tolist() == [0, 1, 2, 3]


def test_the_later_gpu_decoder_is_explained() -> None:
    found = recorded("gaussian10_300x200_t64", "gpu-later")
    assert found[0].faults == (Fault.UNWRITTEN,)
    assert found[0].explains == 1.0
    assert "rows from number 200 on (the number of columns)" in found[0].detail


@pytest.mark.parametrize("kind", FILES)
def test_the_right_pipeline_makes_the_right_weights(kind: str, decoder: Decoder) -> None:
    evidence = evidence_of(FILES[kind], matrix(), decoder)
    tiles = range(len(evidence.tensor.tiles))
    for pipeline in (RIGHT, Pipeline(start=Start.HANDED_ON)):
        assert not Trial(evidence, tiles).tally(pipeline).any()
    assert evidence.wrong.size == 0


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("mistake", ["order", "direction", "bias", "arithmetic", "layout"])
def test_what_a_pipeline_makes_is_explained_by_it(
    kind: str, mistake: str, decoder: Decoder
) -> None:
    """Of tiles that no other predicts: those are predicted from what was found."""
    right = evidence_of(FILES[kind], matrix(), decoder)
    for pipeline in pipelines({mistake: alternatives(right.tensor)[mistake]}, 1):
        if pipeline.layout is Layout.TRANSPOSED:
            continue  # the edge tiles are not square
        made = Trial(right, [0]).contents(pipeline).reshape(right.tensor.coded_shape(0))
        if pipeline.layout is not Layout.AS_IS:
            made = {
                Layout.BACKWARDS: made[::-1, ::-1],
                Layout.UPSIDE_DOWN: made[::-1],
                Layout.MIRRORED: made[:, ::-1],
            }[pipeline.layout]
        found = matrix()
        found[:TILE, :TILE] = made.view(np.int8)
        tally = Trial(evidence_of(FILES[kind], found, decoder), [0]).tally(pipeline)[0]
        assert tally[DIFFERING] == tally[EXPLAINED]
        assert tally[CONTRADICTED] == 0


@pytest.mark.parametrize("kind", FILES)
def test_implied_symbols_of_the_right_weights_are_the_files(kind: str, decoder: Decoder) -> None:
    evidence = evidence_of(FILES[kind], matrix(), decoder)
    for tile in range(len(evidence.tensor.tiles)):
        implied, known = implied_symbols(evidence, tile, RIGHT, NOTHING_SKIPPED)
        assert known.any()
        assert (implied == evidence.symbols(tile))[known].all()


def test_sums_are_clipped_where_they_leave_the_range(decoder: Decoder) -> None:
    weights = np.full((4, 4), 100, dtype=np.int8)
    weights[0, 1] = -100
    evidence = evidence_of(batched_file(weights, 4), weights, decoder)
    made = Trial(evidence, [0]).contents(Pipeline(arithmetic=Arithmetic.CLIPPED)).view(np.int8)
    # 100, then -200 wrapped is 56: the symbol adds 56, and 156 is clipped.
    assert made[:3].tolist() == [100, 127, 71]


def test_pipelines_that_wrap_to_the_same_are_tried_once(decoder: Decoder) -> None:
    stages = alternatives(evidence_of(FILES["batched"], matrix(), decoder).tensor)
    biases = {p.bias for p in pipelines(stages, 1) if p.mistakes == ("bias",)}
    assert biases == {0, 127, 129}
    assert all(len(p.mistakes) == 2 for p in pipelines(stages, 2))


def test_faults_of_a_pipeline() -> None:
    both = Pipeline(order=Order.REVERSED, start=Start.ZERO)
    assert both.faults == (Fault.SYMBOLS_REVERSED, Fault.ROW_START_PREDICTOR)
    assert both.without(Fault.ROW_START_PREDICTOR) == Pipeline(order=Order.REVERSED)
    assert Pipeline(direction=Direction.NOT_UNDONE).faults == (Fault.PREDICTION_NOT_UNDONE,)
    assert RIGHT.faults == ()


REGIONS: dict[str, Any] = {
    "rows from number 50 on (the number of columns)": np.s_[50:],
    "columns from number 40 on": np.s_[:, 40:],
    "every third row, from number 1 on": np.s_[1::3],
    "rows 20 to 30": np.s_[20:31],
    "tile 5": np.s_[16:32, 16:32],
    "the whole matrix": np.s_[:],
}


@pytest.mark.parametrize("where", REGIONS)
@pytest.mark.parametrize("fill", [0, -51])
def test_unwritten_parts_are_found_and_named(where: str, fill: int, decoder: Decoder) -> None:
    found = matrix()
    found[REGIONS[where]] = fill
    part = unwritten(evidence_of(FILES["batched"], found, decoder))
    assert (part.where, part.fill) == (where, fill)
    assert part.mask[REGIONS[where]].all()
    assert part.mask.sum() == matrix()[REGIONS[where]].size


def test_what_a_side_reports_as_not_written_is_believed() -> None:
    found, written = matrix(), np.ones(SHAPE, dtype=np.bool_)
    written[60:] = False
    found[60:] = np.random.default_rng(1).integers(-128, 127, (10, SHAPE[1]), dtype=np.int8)
    (first, *_) = findings(parsed(FILES["batched"]), found, written=written)
    assert first.faults == (Fault.UNWRITTEN,)


def test_zeros_that_are_right_are_not_unwritten(decoder: Decoder) -> None:
    weights = matrix()
    weights[40:] = 0
    assert unwritten(evidence_of(batched_file(weights, TILE), weights, decoder)) is None


def test_few_wrong_zeros_are_not_unwritten(decoder: Decoder) -> None:
    found = matrix()
    found[3, 7:9] = 0
    assert unwritten(evidence_of(FILES["batched"], found, decoder)) is None


def test_swapped_tiles_are_matched(decoder: Decoder) -> None:
    found = matrix()
    found[:16, :16], found[16:32, 16:32] = matrix()[16:32, 16:32], matrix()[:16, :16]
    mapping = matched(evidence_of(FILES["batched"], found, decoder))
    assert mapping.fault is Fault.TILE_PLACEMENT
    assert "0 and 5" in mapping.detail


def test_a_tile_that_stands_twice_came_from_anothers_stream(decoder: Decoder) -> None:
    found = matrix()
    found[16:32, 16:32] = matrix()[:16, :16]
    assert matched(evidence_of(FILES["batched"], found, decoder)).fault is Fault.STREAM_OFFSET


def test_rules_of_placement_name_tiles_that_exist(decoder: Decoder) -> None:
    tensor = evidence_of(FILES["batched"], matrix(), decoder).tensor
    count = len(tensor.tiles)
    for mapping in grid_rules(tensor):
        assert len(mapping.sources) == count
        assert ((mapping.sources >= -1) & (mapping.sources < count)).all()
    assert {rule.fault for rule in rules(tensor)} == {
        Fault.ROW_STRIDE,
        Fault.TILE_PLACEMENT,
        Fault.EDGE_CLIP,
    }


def test_a_stride_is_seen() -> None:
    true = matrix()
    found = np.pad(true, ((0, 0), (0, 13))).reshape(-1)[: true.size].reshape(true.shape)
    assert seen_stride(found, true) == SHAPE[1] + 13
    assert seen_stride(true, true) is None
    (first, *_) = findings(parsed(FILES["batched"]), found)
    assert first.faults[0] is Fault.ROW_STRIDE


@pytest.mark.parametrize("kind", ["<i2", ">i4", "<f4"])
def test_bytes_of_wider_elements_are_recognised(kind: str, decoder: Decoder) -> None:
    true = matrix()
    found = true.astype(kind).reshape(-1).view(np.int8)[: true.size].reshape(true.shape)
    read = read_as_bytes(evidence_of(FILES["batched"], found, decoder))
    assert read is not None
    predicted, detail = read
    assert np.array_equal(predicted, found)
    assert "bytes" in detail
    (first, *_) = findings(parsed(FILES["batched"]), found)
    assert first.faults == (Fault.DTYPE,)


@pytest.mark.parametrize(
    "make", [lambda w: w.view(np.uint8), lambda w: w.astype(">i2").view("<i2")]
)
def test_a_wrong_type_alone_is_named(make: Any) -> None:
    (first, *_) = findings(parsed(FILES["native"]), make(matrix()))
    assert first.faults == (Fault.DTYPE,)
    assert first.explains == 1.0


def test_rubbish_is_not_explained() -> None:
    rubbish = np.random.default_rng(9).integers(-128, 128, SHAPE, dtype=np.int8)
    for data in FILES.values():
        assert findings(parsed(data), rubbish) == ()


def test_scattered_wrong_weights_are_not_explained() -> None:
    found = matrix()
    found[::7, ::3] += 1
    assert findings(parsed(FILES["batched"]), found) == ()


def test_both_sides_are_judged() -> None:
    container = parsed(FILES["batched"])
    tensor = only_tensor(container)
    short, flipped = matrix(), matrix() ^ np.int8(-128)
    short[40:] = 0
    left, right = (Output("side", SideKind.DUMP, side) for side in (short, flipped))
    found = diagnose(container, compare(tensor, left, right))
    assert [(f.faults, f.side) for f in found] == [((Fault.UNWRITTEN,), 0), ((Fault.DTYPE,), 1)]


def test_differences_are_counted_by_tile() -> None:
    left = np.zeros((5, 7), dtype=np.uint8)
    right = left.copy()
    right[4, 6], right[0, 0], right[0, 1] = 1, 2, 3
    assert grid_differences(left, right, 4, 4).tolist() == [[2, 0], [0, 1]]
    assert grid_differences(left[:0], right[:0], 4, 4).shape == (0, 2)


def test_ends_of_tiles_are_measured() -> None:
    holds, wrong = np.zeros((2, 3), dtype=np.bool_), np.zeros((2, 3), dtype=np.bool_)
    holds[1], wrong[1, 2] = True, True
    begins, firsts = tile_tails(holds, wrong, np.array([(0, 0, 2, 3), (0, 0, 1, 3)]))
    assert begins.tolist() == [3, 3]
    assert firsts.tolist() == [5, 3]


def test_low_bytes_of_any_integers() -> None:
    assert low_bytes(np.array([[-1, 300]], dtype=np.int64)).tolist() == [[-1, 44]]
    assert low_bytes(np.array([[200]], dtype=np.uint8)).tolist() == [[-56]]


def test_words() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert ranges(np.array([3, 5, 6, 8, 9, 10])) == "3, 5 and 6 and 8 to 10"
    assert ranges(np.arange(0, 40, 2)).endswith("and 12 more")
    assert [number_word(n) for n in (2, 3, 4, 11, 32)] == ["second", "third", "4th", "11th", "32nd"]
    assert (percent(1.0), percent(0.99999), percent(0.5)) == ("100%", "99.99%", "50.0%")
    assert as_sentence("the decoder waits") == "The decoder waits."
