"""A run of a benchmark as one HTML page that loads nothing: tables, bars, and all that qualifies a number in them."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli.bench_table import date_of, notes, size_of
from app.cli.console import number_of
from app.report.bench_pictures import bars_svg, roof_svg
from app.report.bench_plots import growth_svg, pareto_svg
from app.report.bench_scenario import scenario_sections
from app.report.bench_style import BENCH_STYLE
from app.report.bench_tables import brief_table, change_table, figures_table, settings_table
from app.report.markup import Markup, element, joined, pairs
from app.report.page import POLICY
from app.report.style import STYLE
from codec.bench.bandwidth import roof_of
from codec.bench.change import Comparison
from codec.bench.plan import Action, Plan
from codec.bench.result import Machine, Outcome, RunResult
from codec.bench.rows import Row, rows
from codec.bench.turns import baseline_of


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
        element("style", Markup(STYLE + BENCH_STYLE)),
    )
    body = [
        element("h1", result.plan.title),
        _verdict(result),
        element("p", _where(result), class_="faint"),
        scenario_sections(result),
        *(_data_section(data.name, result, found, base) for data in result.plan.data),
        _growth_section(found),
        *([] if comparison is None else [_change_section(comparison)]),
        _settings_section(result.plan),
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


def _where(result: RunResult) -> str:
    """Where and when it was measured, in a line."""
    machine = result.machine
    what = machine.card or f"{machine.processor}, {number_of(machine.cores, 'core')}"
    return f"{what}; {date_of(result)}; plan {result.plan.name}, run {result.id}"


def _data_section(name: str, result: RunResult, found: Sequence[Row], base: str) -> Markup:
    own = [row for row in found if row.measured.data == name]
    facts = next((each for each in result.data if each.name == name), None)
    parts: list[str] = [element("h2", name)]
    if facts is not None:
        says = f"{size_of(facts)}, order-0 entropy {facts.entropy:.4f} bits, hash {facts.digest}"
        parts.append(element("p", says, class_="faint"))
    if facts is None or not facts.layers:  # those have a table of their own below
        parts.append(brief_table(own, base))
    for action in Action:
        part = [row for row in own if row.measured.action is action]
        if part:
            parts += [element("h3", action.value), figures_table(part, base), _notes(part)]
            parts += _pictures(part, base, result.machine)
    return element("section", *parts)


def _pictures(found: Sequence[Row], base: str, machine: Machine) -> list[Markup]:
    """What an action's figures look like: times, speed against ratio, and the roof."""
    roofs = {roof_of(row.measured) for row in found if row.roof is not None}
    copies = "; ".join(
        f"{name} {machine.bandwidth[name] / 1e9:,.1f} GB/s" for name in sorted(roofs)
    )
    titled = (
        ("Median times, the middle half of the runs as a whisker: shorter is faster", bars_svg(found, base)),
        ("Speed against ratio: up and to the right is better", pareto_svg(found, base)),
        (f"Bytes that had to move, over what a plain copy moves meanwhile ({copies})", roof_svg(found, base)),
    )  # fmt: skip
    return [part for says, svg in titled if svg for part in (element("h4", says), svg)]


def _growth_section(found: Sequence[Row]) -> Markup:
    """How time grows with size, where there are several; nothing else."""
    parts = []
    for action in Action:
        svg = growth_svg([row for row in found if row.measured.action is action])
        parts += [element("h3", action.value), svg] if svg else []
    return element("section", element("h2", "Time against size"), *parts) if parts else Markup("")


def _notes(found: Sequence[Row]) -> Markup:
    """What is to be kept in mind, and the parts of runs on a card."""
    timed = [row for row in found if row.times is not None]
    items = [element("li", line) for line in notes(timed)]
    return element("ul", *items, class_="notes") if items else Markup("")


def _change_section(comparison: Comparison) -> Markup:
    notes = [element("li", warning) for warning in comparison.warnings]
    missing = [
        element("li", f"not measured this time: {data}, {name}, {action.value}")
        for data, name, action in comparison.missing
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
        change_table(comparison),
    )


def _settings_section(plan: Plan) -> Markup:
    """What was asked for: the data, the candidates, and how long."""
    sources = [
        (data.name, " ".join(filter(None, (data.source, data.tensor, data.layers))))
        for data in plan.data
    ]
    stopping = plan.stopping
    rounds = f"{stopping.rounds:,} rounds" + (
        f", {stopping.seconds:g} s" if stopping.seconds else ""
    )
    limits = [
        ("at least", rounds),
        ("warming up", f"{stopping.warm_up_s:g} s at most"),
        ("a run may take", f"{stopping.limit_s:g} s"),
    ]
    return element(
        "section",
        element("h2", "What was asked for"),
        settings_table(plan),
        pairs([*sources, *limits]),
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
