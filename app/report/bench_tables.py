"""Tables in the page of a benchmark: all in short, every figure of an action, and what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.cli.bench_table import speed_text, time_text, words_of
from app.report.markup import Markup, element
from codec.bench.change import Comparison
from codec.bench.plan import Action, Candidate, Plan
from codec.bench.result import Outcome
from codec.bench.rows import Row
from codec.bench.summing_up import Brief, briefs
from codec.rerun.recipe import Recipe

HEADER = (
    "candidate", "median", "spread", "runs", "GB/s", "ms/tile", "ratio", "× {}", "of bandwidth", "threads",
    "peak MB", "",
)  # fmt: skip


def brief_table(found: Sequence[Row], base: str) -> Markup:
    """A line for each candidate: its ratio, and how fast it encodes and decodes; nothing where one action is all."""
    lines = briefs(found)
    if not lines:
        return Markup("")
    header = ("candidate", "ratio", "encode GB/s", "decode GB/s")
    rows = [_row(_brief_cells(each), _class(each.candidate == base, each.wrong)) for each in lines]
    return _table(header, rows)


def _brief_cells(each: Brief) -> list[str]:
    rates = (None if rate is None else rate / 1e9 for rate in (each.encoded, each.decoded))
    return [each.candidate, _number(each.ratio, ".4f"), *(_number(rate, ",.3f") for rate in rates)]


def figures_table(found: Sequence[Row], base: str) -> Markup:
    """Every figure of the rows of one action; one without a time says why."""
    header = [name.format(base) for name in HEADER]
    return _table(header, [_figures(row, base) for row in found])


def _figures(row: Row, base: str) -> Markup:
    each, times = row.measured, row.times
    is_wrong = each.outcome is Outcome.WRONG
    if times is None:
        says = f"{each.outcome.value}: {each.reason}" if each.reason else each.outcome.value
        reason = element("td", says, class_="says", colspan=len(HEADER) - 1)
        return _row([each.candidate, reason], _class(False, is_wrong))
    cells = [
        each.candidate,
        time_text(times.median),
        f"{100 * times.spread:.1f} %",
        f"{times.runs:,}",
        _number(None if row.rate is None else row.rate / 1e9, ",.3f"),
        _number(row.tile_ms, ".4g"),
        _number(row.ratio, ".4f"),
        "1" if each.candidate == base else speed_text(row.speed),
        _number(row.roof, ".1%"),
        f"{each.threads}" if each.threads else "card",
        _number(None if each.peak_bytes is None else each.peak_bytes / 1e6, ",.1f"),
        element("td", words_of(row), class_="says doubt"),
    ]
    return _row(cells, _class(each.candidate == base, is_wrong))


def change_table(comparison: Comparison) -> Markup:
    """How many times as fast everything is as before, or why that is not told."""
    lines = [
        _row(
            [
                each.key[1], each.key[0], each.key[2].value, speed_text(each.speed),
                element("td", each.refusal, class_="says"),
            ]
        )
        for each in comparison.changes
    ]  # fmt: skip
    return _table(("candidate", "data", "action", "× as fast", ""), lines)


def settings_table(plan: Plan) -> Markup:
    """What was asked for, candidate by candidate."""
    header = ("candidate", "coder", "recipe", "options", "timed at")
    lines = [_row(_settings(each)) for each in plan.candidates]
    return _table(header, lines, "settings")


def _settings(each: Candidate) -> list[str]:
    options = ", ".join(f"{name} {str(value).lower()}" for name, value in each.options.items())
    actions = " and ".join(action.value for action in Action if action in each.actions)
    return [each.name, each.coder, _recipe(each.recipe), options or "–", actions]


def _recipe(recipe: Recipe | None) -> str:
    if recipe is None:
        return "a format of its own"
    shape = f"{recipe.tile_rows}×{recipe.tile_cols}"
    parts = [recipe.layout, f"tiles of {shape}", f"predictor {recipe.predictor}"]
    parts.append(f"{recipe.scale_bits} bits")
    if recipe.lanes > 1:
        parts += [f"words of {recipe.word_bits}", f"{recipe.lanes} lanes", f"runs of {recipe.run}"]
    return ", ".join(parts)


def _class(is_base: bool, is_wrong: bool) -> str:
    return "wrong" if is_wrong else ("base" if is_base else "")


def _row(cells: Sequence[str], class_: str = "") -> Markup:
    """A line; cells that are finished stand as they are."""
    made = [
        cell if isinstance(cell, Markup) and cell.startswith("<td") else element("td", cell)
        for cell in cells
    ]
    return element("tr", *made, **({"class_": class_} if class_ else {}))


def _table(header: Iterable[str], rows: Sequence[Markup], class_: str = "") -> Markup:
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in header)))
    made = element("table", head, element("tbody", *rows), class_=class_)
    return element("div", made, class_="scroll", tabindex=0)


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else f"{value:{form}}"
