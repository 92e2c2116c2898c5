"""The page of a benchmark: loads nothing, hides nothing, and takes no text for markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from app.report.bench_page import page
from codec.bench.change import compare
from codec.bench.plan import Data
from codec.bench.result import LayerFacts, LayerMeasurement, Outcome
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
    assert found.tags.count("svg") == 3  # bars to encode by, to decode by, and speed against ratio


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
