"""What the pictures of a comparison are made of: blocks, pages, scales, bars and sentences."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.models import comparison_sentences as sentences
from app.models.comparison_bins import error_bins
from app.models.comparison_blocks import WHOLE, WIDEST, blocks, shares_of
from app.models.comparison_pages import PAGES, ComparisonPages, page_side
from app.models.comparison_scale import (
    ErrorKind,
    ErrorScale,
    Scaling,
    absolute_counts,
    modulo_counts,
    numbers,
    weight_range,
)
from app.models.comparison_sides import side_meaning, side_title
from app.models.explanation import Link, ToTile, ToWeight
from app.models.explanation.parts import plain
from app.models.weight_pages import Region
from codec.comparison.comparison import compare
from codec.comparison.determinism import Determinism
from codec.comparison.output import Output, SideKind
from codec.comparison.side import Side
from codec.diagnosis.finding import Fault, Finding
from tests.codec.files import batched_file, noise, only_tensor, parsed


@pytest.fixture(scope="module")
def tensor():
    """70×90 weights in tiles of 32×32: three rows of three tiles, cut at both edges."""
    return only_tensor(parsed(batched_file(noise(70, 90, seed=1), 32)))


def output(weights, title="one", **facts):
    return Output(title, SideKind.DUMP, weights, **facts)


def compared(tensor, left, right):
    return compare(tensor, output(left, "left.npy"), output(right, "right.npy"))


@pytest.fixture
def pair(tensor):
    """Two outputs that differ in three weights, in tiles 0, 4 and 8."""
    left = noise(tensor.rows, tensor.cols, seed=2)
    right = left.copy()
    for row, col, value in ((3, 5, 1), (40, 50, -7), (69, 89, 60)):
        left[row, col] = 10
        right[row, col] = 10 + value
    return left, right


# Blocks


def cut(weights, stride):
    """All blocks, each with its place among the blocks."""
    rows, cols = weights.shape
    return {
        (r // stride, c // stride): weights[r : r + stride, c : c + stride].astype(np.int64)
        for r in range(0, rows, stride)
        for c in range(0, cols, stride)
    }


def two_outputs(rows, cols, kinds, seed):
    rng = np.random.default_rng(seed)
    made = []
    for kind in kinds:
        held = np.iinfo(kind)
        made.append(rng.integers(held.min, held.max, (rows, cols), dtype=kind, endpoint=True))
    left, right = made
    same = rng.random((rows, cols)) < rng.choice([0.0, 0.7, 0.97])
    held = np.iinfo(right.dtype)
    right[same] = np.clip(left[same].astype(np.int64), held.min, held.max)
    return left, right


@settings(deadline=None, derandomize=True)
@given(
    st.integers(1, 25),
    st.integers(1, 25),
    st.integers(1, 20),
    st.sampled_from(
        [(np.int8, np.int8), (np.int8, np.uint8), (np.int16, np.int8), (np.int8, np.int16)]
    ),
    st.integers(0, 1000),
)
def test_no_difference_is_lost_in_a_block(rows, cols, stride, kinds, seed):
    left, right = two_outputs(rows, cols, kinds, seed)
    found = blocks(left, right, stride)
    ours, theirs = cut(left, stride), cut(right, stride)
    assert found.errors.shape == (math.ceil(rows / stride), math.ceil(cols / stride))
    for place, block in ours.items():
        errors = theirs[place] - block
        assert abs(int(found.errors[place])) == np.abs(errors).max()
        assert found.errors[place] in errors
        shown = int(found.left[place]), int(found.right[place])
        pairs = set(
            zip(block.reshape(-1).tolist(), theirs[place].reshape(-1).tolist(), strict=True)
        )
        assert shown in {
            (min(max(a, -WIDEST), WIDEST), min(max(b, -WIDEST), WIDEST)) for a, b in pairs
        }
        assert (shown[0] != shown[1]) == errors.any()


@pytest.mark.parametrize("stride", [1, 2, 5])
@pytest.mark.parametrize("kind", [np.int32, np.uint32, np.int64, np.uint64])
def test_what_is_cut_to_the_same_value_stays_apart(stride, kind):
    left = np.full((5, 5), 100_000, dtype=kind)
    right = left.copy()
    right[1, 2] = 200_000
    found = blocks(left, right, stride)
    assert np.count_nonzero(found.errors) == 1
    assert np.count_nonzero(found.left != found.right) == 1


def test_where_all_differ_the_first_weight_is_shown():
    left = noise(30, 30, seed=4)
    right = (left.astype(np.int16) ^ 0x55).astype(np.int8)
    found = blocks(left, right, 4)
    np.testing.assert_array_equal(found.left, left[::4, ::4])
    np.testing.assert_array_equal(found.right, right[::4, ::4])


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 25), st.integers(1, 25), st.integers(1, 20), st.integers(0, 1000))
def test_a_share_is_0_only_where_nothing_differs(rows, cols, stride, seed):
    rng = np.random.default_rng(seed)
    differs = rng.random((rows, cols)) < rng.choice([0.001, 0.3, 1.0])
    found = shares_of(differs, stride)
    for place, block in cut(differs, stride).items():
        assert int(found[place]) == math.ceil(block.sum() * WHOLE / block.size)


# Pages


def whole_picture(pages, stride):
    rows, cols = pages.shape
    region = Region(0, rows, 0, cols)
    found, complete = pages.pages(region, stride, seconds=60)
    picture = np.full((math.ceil(rows / stride), math.ceil(cols / stride)), 10**6)
    for page in found:
        height, width = page.cells.errors.shape
        picture[page.row : page.row + height, page.col : page.col + width] = page.cells.errors
    assert complete
    return picture


@pytest.mark.parametrize("stride", [1, 3, 16, 200])
def test_pages_make_the_whole_picture(tensor, pair, stride):
    comparison = compared(tensor, *pair)
    picture = whole_picture(ComparisonPages(comparison), stride)
    np.testing.assert_array_equal(picture, blocks(pair[0], pair[1], stride).errors)


def test_pages_are_made_a_few_at_a_time_and_kept():
    tensor = only_tensor(parsed(batched_file(noise(600, 700, seed=3), 256)))
    left = noise(600, 700, seed=5)
    pages = ComparisonPages(compared(tensor, left, left))
    region = Region(0, 600, 0, 700)
    seen = [len(pages.pages(region, 1, seconds=0.0)[0]) for _ in range(10)]
    assert seen == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    first, complete = pages.pages(region, 1, seconds=0.0)
    again, _ = pages.pages(region, 1, seconds=0.0)
    assert complete
    assert all(one is other for one, other in zip(first, again, strict=True))


def test_shares_are_made_only_when_asked_for(tensor, pair):
    pages = ComparisonPages(compared(tensor, *pair))
    region = Region(0, 70, 0, 90)
    ((page,), _) = pages.pages(region, 5, seconds=0.0)
    assert page.shares is None
    ((again,), complete) = pages.pages(region, 5, seconds=0.0, shares=True)
    assert (again, complete) == (page, True)
    np.testing.assert_array_equal(page.shares, shares_of(pair[0] != pair[1], 5))


def test_only_so_many_pages_are_kept(tensor, pair):
    pages = ComparisonPages(compared(tensor, *pair))
    for stride in range(1, PAGES + 20):
        pages.pages(Region(0, 1, 0, 1), stride, seconds=0.0)
    assert len(pages._kept) == PAGES


def test_a_page_never_stands_for_many_weights():
    assert all(page_side(stride) * stride <= 1024 for stride in range(1, 257))


def test_pages_know_what_was_not_written(tensor, pair):
    left, right = pair
    written = np.ones(right.shape, dtype=np.bool_)
    written[10:20] = False
    comparison = compare(tensor, output(left), output(right, written=written))
    ((page,), _) = ComparisonPages(comparison).pages(Region(0, 70, 0, 90), 5, 1.0)
    assert page.blank[0] is None
    assert np.flatnonzero(page.blank[1].all(axis=1)).tolist() == [2, 3]
    assert page.blank[1].sum() == 2 * 18


# Scales


def test_errors_are_told_in_every_way():
    errors = np.array([-200, -1, 0, 1, 255], dtype=np.int32)
    told = {kind: numbers(kind, errors).tolist() for kind in ErrorKind}
    assert told == {
        ErrorKind.SIGNED: [-200, -1, 0, 1, 255],
        ErrorKind.ABSOLUTE: [200, 1, 0, 1, 255],
        ErrorKind.EQUALITY: [1, 1, 0, 1, 1],
        ErrorKind.MODULO: [56, 255, 0, 1, 255],
        ErrorKind.SHARE: [WHOLE, WHOLE, 0, WHOLE, WHOLE],
    }


def test_counts_fold_the_histogram():
    histogram = np.zeros(511, dtype=np.int64)
    for error, count in ((-255, 1), (-1, 2), (0, 100), (1, 3), (255, 4)):
        histogram[255 + error] = count
    absolute, modulo = absolute_counts(histogram), modulo_counts(histogram)
    assert {i: int(absolute[i]) for i in np.flatnonzero(absolute)} == {1: 5, 255: 5}
    assert {i: int(modulo[i]) for i in np.flatnonzero(modulo)} == {1: 4, 255: 6}


def test_a_linear_scale_reaches_the_largest_error(tensor, pair):
    comparison = compared(tensor, *pair)
    assert ErrorScale(ErrorKind.SIGNED).reach(comparison) == 60
    assert ErrorScale(ErrorKind.ABSOLUTE).words(comparison) == "linear"
    assert ErrorScale(ErrorKind.MODULO).reach(comparison) == 249


def test_a_clipped_scale_leaves_out_the_farthest(tensor):
    left = np.zeros((70, 90), dtype=np.int8)
    right = left.copy()
    right[0, :90] = 3
    right[1, :10] = 100
    comparison = compared(tensor, left, right)
    scale = ErrorScale(ErrorKind.SIGNED, Scaling.CLIPPED, percent=11.0)
    assert scale.reach(comparison) == 3
    assert scale.extreme(comparison) == 100
    assert "11 % of the wrong weights" in scale.words(comparison)
    assert ErrorScale(ErrorKind.SIGNED, Scaling.CLIPPED, percent=9.0).reach(comparison) == 100


def test_a_scale_by_hand_says_whether_it_cuts(tensor, pair):
    comparison = compared(tensor, *pair)
    short = ErrorScale(ErrorKind.SIGNED, Scaling.BY_HAND, largest=16)
    assert (short.reach(comparison), short.words(comparison)) == (16, "cut by hand")
    assert ErrorScale(ErrorKind.SIGNED, Scaling.BY_HAND, largest=90).words(comparison) == "linear"


@pytest.mark.parametrize("kind", list(ErrorKind))
@pytest.mark.parametrize("scaling", list(Scaling))
def test_equal_outputs_have_a_scale_too(tensor, kind, scaling):
    left = noise(70, 90, seed=5)
    assert ErrorScale(kind, scaling).reach(compared(tensor, left, left)) >= 1


def test_weights_share_one_range(tensor):
    left = np.full((70, 90), 5, dtype=np.int8)
    right = left.copy()
    right[0, 0] = -120
    found = weight_range(compared(tensor, left, right), percent=1.0)
    assert (found.reach, found.clipped) == (5, True)
    assert not weight_range(compared(tensor, left, left), percent=1.0).clipped


# Bars


@settings(deadline=None, derandomize=True)
@given(
    st.dictionaries(st.integers(-255, 255), st.integers(1, 10**12), max_size=20),
    st.integers(3, 600),
)
def test_bars_count_every_error_once(counts, most):
    histogram = np.zeros(511, dtype=np.int64)
    for error, count in counts.items():
        histogram[255 + error] = count
    found = error_bins(histogram, most)
    wrong = {error: count for error, count in counts.items() if error}
    assert len(found.counts) <= most
    assert found.counts.sum() == sum(wrong.values())
    for error in wrong:
        bar = found.bar_of(error)
        assert bar is not None
        low, high = found.span(bar)
        assert low <= error <= high
        assert found.counts[bar] >= wrong[error]
    zero = found.bar_of(0)
    assert zero is not None
    zero_low, zero_high = found.span(zero)
    assert zero_low == -zero_high
    assert found.extent == (min([0, *wrong]), max([0, *wrong]))


def test_rare_errors_are_seen_among_many_when_counted_by_powers():
    histogram = np.zeros(511, dtype=np.int64)
    histogram[255 + 1], histogram[255 + 2] = 1_000_000, 1
    found = error_bins(histogram, 600)
    assert found.heights(logarithmic=False)[found.bar_of(2)] < 1e-5
    assert found.heights(logarithmic=True)[found.bar_of(2)] > 0.04
    assert found.heights(logarithmic=True).max() == 1
    assert error_bins(np.zeros(511, dtype=np.int64), 100).heights(logarithmic=True).tolist() == [0]


# Sentences


def test_the_figures_say_all_and_lead_to_the_first_difference(tensor, pair):
    parts = sentences.figures(compared(tensor, *pair))
    told = plain(parts)
    for expected in (
        "3 of 6,300 weights differ (0.0476 %)",
        "largest error 60",
        f"mean absolute error {68 / 6300:.4g}",
        "in 3 of 9 tiles",
        "first in coding order: tile 0, symbol 101 (row 3, column 5)",
    ):
        assert expected in told
    assert [part.target for part in parts if isinstance(part, Link)] == [ToWeight(3, 5)]


def test_equal_outputs_are_called_equal(tensor, pair):
    told = plain(sentences.figures(compared(tensor, pair[0], pair[0])))
    assert told == "Equal: none of 6,300 weights differs."


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1e-9, "< 0.001 %"),
        (0.04709, "4.71 %"),
        (0.99999999, "> 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_never_all_or_nothing_unless_it_is(share, text):
    assert sentences.percent(share) == text


def test_a_weight_is_said_with_both_values(tensor, pair):
    comparison = compared(tensor, *pair)
    assert sentences.weight_sentence(comparison, comparison.difference_at(40, 50)) == (
        "Row 40, column 50 · left.npy 10 · right.npy 3 · error −7 · symbol 274 of tile 4"
    )
    assert "equal" in sentences.weight_sentence(comparison, comparison.difference_at(0, 0))


def test_a_block_is_said_with_its_farthest_weight(tensor, pair):
    comparison = compared(tensor, *pair)
    assert sentences.block_sentence(comparison, 40, 48, 8) == (
        "this pixel stands for 64 weights, of which one differs, by −7"
    )
    assert sentences.block_sentence(comparison, 0, 80, 8).endswith("64 weights, all equal")
    assert sentences.block_sentence(comparison, 64, 88, 8).startswith("this pixel stands for 12")
    assert sentences.block_sentence(comparison, 3, 5, 1) == ""
    assert sentences.farthest_in(comparison, 40, 48, 8) == (40, 50)
    assert sentences.farthest_in(comparison, 0, 80, 8) == (0, 80)


def test_tiles_know_their_shares(tensor, pair):
    comparison = compared(tensor, *pair)
    found = sentences.tile_shares(comparison)
    expected = np.zeros(9)
    expected[0], expected[4], expected[8] = 1 / 1024, 1 / 1024, 1 / (6 * 26)
    np.testing.assert_allclose(found, expected)
    assert sentences.tile_sentence(comparison, 8) == (
        "Tile 8: 1 of 156 weights differ (0.641 %), the first at symbol 185"
    )
    assert sentences.tile_sentence(comparison, 1) == "Tile 1: none of 1,024 weights differs"


def test_notices_name_their_side_and_lead_to_tiles(tensor, pair):
    left, right = pair
    varying = np.zeros(9, dtype=np.bool_)
    varying[[2, 7]] = True
    comparison = compare(
        tensor,
        output(left, "cpu", varying=np.zeros(9, dtype=np.bool_)),
        output(right, "gpu", notices=("slow",), varying=varying),
    )
    lines = sentences.notices(comparison)
    assert [plain(line) for line in lines] == [
        "Left, cpu: every run gave the same weights.",
        "Right, gpu: slow",
        "Right, gpu: 2 of 9 tiles came out differently when it was run again: 2, 7.",
    ]
    assert [p.target for p in lines[2] if isinstance(p, Link)] == [ToTile(2), ToTile(7)]


def test_what_several_runs_showed_is_told_once(tensor, pair):
    left, right = pair
    alike = Determinism(np.zeros((3, 9), dtype=np.uint64))
    hashes = np.zeros((3, 9), dtype=np.uint64)
    hashes[2, 4] = 1
    racing = Determinism(hashes)
    comparison = compare(
        tensor,
        *(
            output(weights, name, varying=runs.varying, determinism=runs, notices=(runs.sentence,))
            for weights, name, runs in ((left, "cpu", alike), (right, "gpu", racing))
        ),
    )
    assert [plain(line) for line in sentences.notices(comparison)] == [
        "Left, cpu: all 3 runs gave the same weights.",
        "Right, gpu: 1 of 9 tiles came out differently when it was run again: 4.",
    ]


def test_many_tiles_are_counted_rather_than_named():
    parts = sentences.tile_links(range(100), 100)
    assert plain(parts).endswith("11 and 88 more")


def test_the_verdict_is_honest(tensor, pair):
    comparison = compared(tensor, *pair)
    finding = Finding((Fault.BIAS,), 1.0, 1.0, "why", np.arange(3))
    assert "being sought" in sentences.verdict(comparison, None)
    assert sentences.verdict(comparison, ()).startswith("No known mistake explains it")
    assert sentences.verdict(comparison, (finding,)) == ""
    assert "no memory" in sentences.verdict(comparison, None, "no memory")
    equal = compared(tensor, pair[0], pair[0])
    assert sentences.verdict(equal, ()).startswith("Equal")
    assert sentences.verdict(equal, None).startswith("Equal")


def test_a_finding_says_whose_it_is_and_how_much_it_explains(tensor, pair):
    comparison = compared(tensor, *pair)
    found = Finding((Fault.SYMBOLS_REVERSED, Fault.BIAS), 0.5, 0.25, "why", np.arange(3), side=0)
    assert sentences.finding_heading(found) == "symbols-reversed + bias"
    told = sentences.finding_side(comparison, found)
    assert told == (
        "left, left.npy · explains 50 % of the weights that differ · 25 % of the symbols that were tested"
    )


# Sides


def test_a_side_is_called_by_its_name():
    path = str(Path("some") / "folder" / "dump.npy")
    assert side_title(None) == "none"
    assert side_title(Side(SideKind.DECODER, "cpu")) == "cpu"
    assert side_title(Side(SideKind.DUMP, path)) == "dump.npy"
    assert side_title(Side(SideKind.FILE, path, tensor="q")) == "dump.npy · q"
    assert side_meaning(Side(SideKind.DECODER, "cpu", runs=5)) == "Decoder: cpu, run 5 times"
    assert path in side_meaning(Side(SideKind.DUMP, path))
