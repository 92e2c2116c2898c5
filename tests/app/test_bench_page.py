"""The page of a benchmark: loads nothing, hides nothing, and takes no text for markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.report.bench_axes import Axis
from app.report.bench_labels import Box, Spot, named_spots
from app.report.bench_page import page
from codec.bench.change import compare
from codec.bench.plan import Action, Data
from codec.bench.result import LayerFacts, LayerMeasurement, Outcome
from codec.bench.rows import rows
from codec.bench.summing_up import briefs
from tests.codec.bench.results.made import PLAN, RESULT, lost, measurement, with_

EVIL = "<script>alert(1)</script>\"'&\u202e"


class Reader(HTMLParser):
    """What a page is made of."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.links, self.text = [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "xlink:href")]
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_page_is_whole_and_loads_nothing():
    text = page(RESULT)
    found = Reader(text)
    assert found.open == []
    assert found.links == []
    assert "script" not in found.tags
    assert "url(" not in text
    assert "default-src &#x27;none&#x27;" in text
    assert (
        found.tags.count("svg") == 5
    )  # bars and the roof of both actions, and speed against ratio


def test_everything_that_was_measured_is_there():
    text = Reader(page(RESULT)).text
    for each in RESULT.measurements:
        assert each.candidate in text
    for says in (
        "signal SIGSEGV",
        "wrong output",
        "250 ms",
        "1 output wrong",
        "not all of the plan",
        "a card, driver 1",
    ):
        assert says in text, says


@pytest.mark.parametrize("field", ["title", "name"])
def test_no_text_becomes_markup(field):
    named: dict[str, Any] = {field: EVIL}
    plan = replace(PLAN, data=(Data(EVIL, EVIL), *PLAN.data), **named)
    candidates = (replace(PLAN.candidates[0], name=EVIL), *PLAN.candidates[1:])
    result = with_(
        measurement(EVIL, EVIL),
        lost("zstd", Outcome.CRASHED, EVIL),
        plan=replace(plan, candidates=candidates),
    )
    text = page(result, comparison=compare(result, result))
    assert "<script" not in text
    assert "\u202e" not in text
    assert Reader(text).open == []


def test_a_change_is_told_beside_what_else_has_changed():
    before = replace(RESULT, machine=replace(RESULT.machine, processor="z80"))
    text = Reader(page(RESULT, comparison=compare(before, RESULT))).text
    assert f"Change since {RESULT.id}" in text
    assert "another processor: z80 before" in text


def test_a_model_is_told_layer_by_layer_beside_the_claims():
    facts = replace(RESULT.data[0], layers=(LayerFacts("first.weight", 64, 64),))
    layer = LayerMeasurement("first.weight", 4096, 3000, 2, (0.5, 0.25, 0.125))
    text = page(with_(measurement(layers=(layer,)), data=(facts,)))
    assert "first.weight" in text
    assert "claimed by the original" in text
    assert "claimed by" not in page(RESULT)


def test_nothing_measured_is_a_page_too():
    assert Reader(page(with_(data=()))).open == []


def test_times_of_nothing_do_no_harm():
    assert Reader(page(with_(measurement(seconds=(0.0,) * 8)))).open == []


def test_what_is_wrong_stands_out_and_has_no_time():
    text = page(
        with_(measurement(), measurement(candidate="zstd", outcome=Outcome.WRONG, reason="all"))
    )
    assert text.count('<tr class="wrong">') == 1
    row = text.partition('<tr class="wrong">')[2].partition("</tr>")[0]
    assert "zstd" in row
    assert "wrong output: all" in row
    assert " ms" not in row
    assert '<tr class="wrong">' not in page(with_(measurement()))


def test_the_parts_of_a_run_are_drawn_one_behind_the_other():
    parts = {"read": (0.1,) * 6, "kernel": (0.2,) * 6}
    text = page(with_(measurement(candidate="decode only", seconds=(0.5,) * 6, stages=parts)))
    pieces = re.findall(
        r'<rect x="([0-9.]+)" y="4" width="([0-9.]+)" height="16" class="([a-z-]+)"', text
    )
    whole, read, kernel = ((float(x), float(width), name) for x, width, name in pieces[:3])
    assert (whole[2], read[2], kernel[2]) == ("bar", "s-read", "s-kernel")
    assert read[0] == whole[0]
    assert kernel[0] == pytest.approx(read[0] + read[1], abs=0.2)
    assert (read[1] / whole[1], kernel[1] / whole[1]) == pytest.approx((0.2, 0.4), abs=0.01)


def test_time_against_size_is_drawn_from_three_sizes_on():
    def of(count):
        names = [f"d{number}" for number in range(count)]
        plan = replace(PLAN, data=tuple(Data(name, name) for name in names))
        found = (measurement(name, weights=4096 << (2 * n)) for n, name in enumerate(names))
        return page(with_(*found, plan=plan, data=()))

    assert "Time against size" not in of(2)
    text = of(3)
    assert Reader(text).open == []
    assert text.count('class="growth line-0"') == 1
    assert text.count("for 65,536 weights") == 1


def test_a_run_in_short_has_a_line_for_each_candidate():
    found = [row for row in rows(RESULT) if row.measured.data == "small"]
    ours, zstd, last = briefs(found)
    assert (ours.candidate, ours.encoded, ours.decoded) == ("ours", 4096 / 0.25, 4096 / 0.25)
    assert (zstd.encoded, zstd.decoded, zstd.wrong) == (None, 4096.0, False)
    assert last.ratio == 4096 / 3000
    assert briefs([row for row in found if row.measured.action is Action.DECODE]) == ()


@given(
    spots=st.lists(
        st.tuples(st.floats(64, 880), st.floats(28, 336), st.text("abc", min_size=1, max_size=60)),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_names_of_points_stay_in_the_picture_and_a_few_do_not_cover_each_other(spots):
    within = Box(0, 0, 944, 380)
    made = named_spots([Spot(x, y, name, name, "bar") for x, y, name in spots], within)
    assert len(made) == len(spots)
    for text in made:
        x, y = (float(part) for part in re.findall(r'<text x="([-0-9.]+)" y="([-0-9.]+)"', text)[0])
        assert 0 <= x <= 944
        assert 0 <= y <= 380


def test_two_points_at_one_place_have_names_apart():
    spots = [Spot(400, 200, name, name, "bar") for name in ("one of them", "the other")]
    first, second = named_spots(spots, Box(0, 0, 900, 400))
    places = [
        re.findall(r'<text x="([-0-9.]+)" y="([-0-9.]+)"', text)[0] for text in (first, second)
    ]
    assert places[0] != places[1]


@example(low=1.0, factor=1.0000000000000002, logarithmic=False)
@example(low=1.0, factor=1.000000002, logarithmic=True)
@given(low=st.floats(1e-9, 1e9), factor=st.floats(1, 1e9), logarithmic=st.booleans())
def test_ticks_lie_within_their_axis_and_are_few(low, factor, logarithmic):
    axis = Axis(low, low * factor, 100, 900, logarithmic)
    ticks = axis.ticks()
    assert 1 <= len(ticks) <= 9
    for tick in ticks:
        assert low * (1 - 1e-6) <= tick <= low * factor * (1 + 1e-6)
        assert 99.9 <= axis.place(tick) <= 900.1
