"""A run of a benchmark as one HTML page that loads nothing: tables, bars, and all that qualifies a number in them."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli.bench_table import notes, speed_text, time_text
from app.cli.console import number_of
from app.report.bench_pictures import bars_svg, pareto_svg
from app.report.bench_scenario import scenario_sections
from app.report.markup import Markup, element, joined, pairs, table
from app.report.page import POLICY
from app.report.style import STYLE
from codec.bench.change import Comparison
from codec.bench.plan import Action
from codec.bench.result import DataFacts, Outcome, RunResult
from codec.bench.rows import Row, rows
from codec.bench.scenario.table import lines as scenario_lines
from codec.bench.turns import baseline_of

EXTRA_STYLE = """
td:first-child, th:first-child { text-align: left; }
td.says { text-align: left; white-space: normal; min-width: 12rem; }
svg.bench { width: 100%; max-width: 60rem; height: auto; display: block; margin: .6rem 0; }
svg.bench text { fill: var(--text); font: 12px system-ui, sans-serif; }
svg.bench .faint { fill: var(--faint); } svg.bench line { stroke: var(--faint); }
svg.bench .bar { fill: var(--below); } svg.bench .base { fill: var(--above); }
svg.bench .whisker { stroke: var(--text); stroke-width: 1.5; }
svg.bench .front { fill: none; stroke: var(--line); stroke-width: 1.5; }
pre.wide { white-space: pre; overflow-x: auto; }
.notes { font-size: .9em; color: var(--faint); }
"""


def page(
    result: RunResult, baseline: str | None = None, comparison: Comparison | None = None
) -> str:
    """The page, as HTML.

    Args:
        result: what was measured.
        baseline: the candidate that speeds are told against; None for that of the plan.
        comparison: with an earlier run, where there is one.
    """
    base = baseline or baseline_of(result.plan)
    found = rows(result, base)
    title = f"{result.plan.title}, {result.started}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(STYLE + EXTRA_STYLE)),
    )
    known = {each.name: each for each in result.data}
    sections = [
        _data_section(each.name, known.get(each.name), found, base) for each in result.plan.data
    ]
    body = [
        element("h1", result.plan.title),
        _verdict(result),
        *sections,
        _scenario_section(result),
        scenario_sections(result),
        *([] if comparison is None else [_change_section(comparison)]),
        _origin_section(result),
        _method_section(),
    ]
    html = element("html", head, element("body", element("main", *body)), lang="en")
    return joined([Markup("<!doctype html>\n"), html])


def _verdict(result: RunResult) -> Markup:
    """Whether all outputs were right, in one line."""
    wrong = sum(each.outcome is Outcome.WRONG for each in result.measurements)
    right = sum(each.outcome is Outcome.MEASURED for each in result.measurements)
    others = len(result.measurements) - wrong - right
    says = f"{number_of(right, 'time')}, each of outputs that were checked"
    if wrong:
        says = f"{number_of(wrong, 'output')} wrong; {says}"
    if others:
        says += f"; {others:,} without a time"
    if not result.complete:
        says += "; not all of the plan was measured"
    return element("p", says, class_=f"verdict {'bad' if wrong else 'good'}")


def _data_section(name: str, facts: DataFacts | None, found: Sequence[Row], base: str) -> Markup:
    own = [row for row in found if row.measured.data == name]
    parts: list[str] = [element("h2", name)]
    if facts is not None:
        says = (
            f"{facts.rows:,} × {facts.cols:,} weights, {facts.rows * facts.cols / 1e6:,.1f} MB, order-0 "
            f"entropy {facts.entropy:.4f} bits, hash {facts.digest}"
        )
        parts.append(element("p", says, class_="faint"))
    for action in Action:
        part = [row for row in own if row.measured.action is action]
        if part:
            parts += [element("h3", action.value), bars_svg(part, base), _table(part, base)]
            parts += [_notes(part), pareto_svg(part, base)]
    return element("section", *parts)


def _table(found: Sequence[Row], base: str) -> Markup:
    header = (
        "candidate", "median", "spread", "runs", "GB/s", "ms/tile", "ratio", f"× {base}", "of bandwidth",
        "threads", "peak memory", "",
    )  # fmt: skip
    return table(header, (_cells(row, base) for row in found))


def _cells(row: Row, base: str) -> list[str]:
    each, times = row.measured, row.times
    says = "" if each.outcome is Outcome.MEASURED else each.outcome.value
    bad = " bad" if each.outcome is Outcome.WRONG else ""
    last = element("td", says, class_=f"says{bad}")
    if times is None:
        return [each.candidate, *["–"] * 10, last]
    return [
        each.candidate,
        time_text(times.median),
        f"{100 * times.spread:.1f} %",
        f"{times.runs:,}",
        _number(None if row.rate is None else row.rate / 1e9, ".3f"),
        _number(row.tile_ms, ".4g"),
        _number(row.ratio, ".4f"),
        "1" if each.candidate == base else speed_text(row.speed),
        _number(row.roof, ".1%"),
        f"{each.threads}" if each.threads else each.device,
        _number(None if each.peak_bytes is None else each.peak_bytes / 1e6, ",.1f", " MB"),
        last,
    ]


def _notes(found: Sequence[Row]) -> Markup:
    """What is to be kept in mind, why there is no time, and the parts of runs on a card."""
    items = [element("li", line) for line in notes(found)]
    return element("ul", *items, class_="notes") if items else Markup("")


def _scenario_section(result: RunResult) -> Markup:
    """What models took in all and layer by layer, beside the original's claims; nothing where there are none."""
    text = "\n".join(scenario_lines(result)).strip("\n")
    if not text:
        return Markup("")
    return element("section", element("h2", "Model by model"), element("pre", text, class_="wide"))


def _change_section(comparison: Comparison) -> Markup:
    notes = [element("li", warning) for warning in comparison.warnings]
    missing = [
        element("li", f"not measured this time: {data}, {name}, {action.value}")
        for data, name, action in comparison.missing
    ]
    lines = [
        (
            each.key[1],
            each.key[0],
            each.key[2].value,
            speed_text(each.speed),
            element("td", each.refusal, class_="says"),
        )
        for each in comparison.changes
    ]
    return element(
        "section",
        element("h2", f"Change since {comparison.before}"),
        element(
            "p",
            "The two runs did not take turns: what else has changed is in the ratio.",
            class_="faint",
        ),
        element("ul", *notes, *missing) if notes or missing else "",
        table(("candidate", "data", "action", "× as fast", ""), lines),
    )


def _origin_section(result: RunResult) -> Markup:
    machine = result.machine
    parts = [
        ("run", result.id),
        ("started", result.started),
        ("took", f"{result.elapsed_s:,.1f} s"),
        ("processor", f"{machine.processor}, {number_of(machine.cores, 'core')}"),
        ("memory", f"{machine.memory_bytes / 1e9:,.1f} GB"),
        ("card", machine.card or "none used"),
        ("system", machine.system),
        *((f"copy, {name}", f"{size / 1e9:,.1f} GB/s") for name, size in machine.bandwidth.items()),
        *sorted(machine.versions.items()),
    ]
    return element("section", element("h2", "Where it was measured"), pairs(parts))


def _method_section() -> Markup:
    says = (
        "All candidates took turns, in an order drawn anew for each round; every output was checked before its time "
        "was counted. The median of the runs is shown, with the middle half of the runs as spread. Intervals hold "
        "with 95% confidence: of a median between two order statistics, of a ratio by the bootstrap over rounds; a "
        "ratio with a star is of runs that did not take turns."
    )
    return element("section", element("h2", "How it was measured"), element("p", says))


def _number(value: float | None, form: str, unit: str = "") -> str:
    return "–" if value is None else f"{value:{form}}{unit}"
