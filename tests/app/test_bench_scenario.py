"""The scenario in the page of a benchmark."""

from __future__ import annotations

from dataclasses import replace

from app.report.bench_page import page
from codec.bench.result import DataFacts
from tests.codec.bench.scenario.test_totals import CANDIDATES, MEASUREMENTS, PLAN, result


def test_the_page_says_all_of_it_and_escapes_names():
    odd = replace(CANDIDATES[0], name="<b>cpu")
    plan = replace(PLAN, candidates=(odd, *CANDIDATES[1:]))
    named = [
        replace(each, candidate="<b>cpu") if each.candidate == "cpu" else each
        for each in MEASUREMENTS
    ]
    html = page(replace(result(), plan=plan, measurements=tuple(named)))
    for words in (
        "model, on demand",
        "card is 200 (200 to 200) times as fast as tiles",
        "&lt;b&gt;cpu, layer by layer",
        "30 s, hoped for",
        "the 30 tiles of this one would take 44.2 s",
    ):
        assert words in html
    assert "<b>" not in html
    assert "on demand" not in page(result(facts=DataFacts("model", 1, 3000, "", 1.0)))
