"""The scenario in the page of a benchmark: what each candidate took for a model, the claims beside, and every layer."""

from __future__ import annotations

from app.report.markup import Markup, element, joined, pairs, table
from codec.bench.result import DataFacts, RunResult
from codec.bench.scenario.claims import CLAIMS
from codec.bench.scenario.table import (
    CLAIMED,
    HEADER,
    LAYER_HEADER,
    about,
    cells,
    claimed,
    compared,
    layer_cells,
    transferred,
)
from codec.bench.scenario.totals import Total, models, totals


def scenario_sections(result: RunResult) -> Markup:
    """A section for each model of a run; nothing where it has none."""
    return joined(_section(result, model) for model in models(result))


def _section(result: RunResult, model: DataFacts) -> Markup:
    found = totals(result, model.name)
    return element(
        "section",
        element("h2", f"{model.name}, on demand"),
        element("p", about(model), class_="faint"),
        table(HEADER, map(cells, found)),
        element("p", compared(result, model)),
        element("h3", CLAIMED),
        pairs((claim.what, claimed(claim)) for claim in CLAIMS),
        *(element("p", line, class_="notes") for line in transferred(found)),
        *(_layers(each) for each in found if each.layers),
    )


def _layers(each: Total) -> Markup:
    rows = map(layer_cells, each.layers)
    summary = element("summary", f"{each.candidate}, layer by layer")
    return element("details", summary, table(LAYER_HEADER, rows))
