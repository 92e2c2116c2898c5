"""Results of benchmarks as text: a table for each data and action, then everything that qualifies a number in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from app.cli.console import number_of, say
from codec.bench.change import Comparison
from codec.bench.plan import Action
from codec.bench.remarks import Kind
from codec.bench.result import DataFacts, Machine, Outcome, RunResult
from codec.bench.rows import Row, rows
from codec.bench.scenario.table import lines as scenario_lines
from codec.bench.scenario.totals import models
from codec.bench.statistics import Speed
from codec.bench.summing_up import briefs
from codec.bench.turns import baseline_of

HEADER = ("", "median", "spread", "GB/s", "ms/tile", "ratio", "threads", "× {}", "")
"""Columns; the last says whatever there is beside the figures."""

MOST_NAMED = 6
"""Candidates that are named before one remark."""

UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))

MOST_NAMED = 4
"""Names before a sentence that is about several."""

STAGE_NAMES = {
    "read": "read",
    "to_device": "to the card",
    "kernel": "kernel",
    "decode": "decode",
    "from_device": "from the card",
}
"""The parts of a run as a person reads them."""


def print_result(result: RunResult, baseline: str | None = None) -> None:
    """Prints all that was measured."""
    say(f"{result.plan.title}; {date_of(result)}")
    _print_machine(result.machine)
    base = baseline or baseline_of(result.plan)
    found = rows(result, base)
    known = {each.name: each for each in result.data}
    of_models = {each.name for each in models(result)}  # which have a table of their own below
    for data in result.plan.data:
        own = [row for row in found if row.measured.data == data.name]
        if own:
            say()
            say(_data_line(data.name, known.get(data.name)))
        for action in Action:
            part = [row for row in own if row.measured.action is action]
            if part:
                _print_action(action, part, base)
        if data.name not in of_models:
            _print_brief(own)
    if any(row.speed is not None and not row.speed.paired for row in found):
        say()
        say("* did not take turns with the baseline: what else changed meanwhile is in the ratio")
    for line in scenario_lines(result):
        say(line)
    if not result.complete:
        say()
        say("not all of the plan was measured")


def print_comparison(comparison: Comparison) -> None:
    """Prints what has changed since an earlier run."""
    say()
    say(f"against {comparison.before}, which did not take turns with this one:")
    for warning in comparison.warnings:
        say(f"  note: {warning}")
    cells = []
    for each in comparison.changes:
        data, candidate, action = each.key
        change = f"× {_ratio(each.speed)}" if each.speed else f"– ({each.refusal})"
        verdict = ""
        if each.speed is not None:
            verdict = _verdict(each.speed)
        if each.stored_before and each.stored_before != each.stored_after:
            verdict += f"; stores {each.stored_after:,} bytes, not {each.stored_before:,}"
        cells.append((data, candidate, action.value, change, verdict.removeprefix("; ")))
    _print_columns(cells, left=(0, 1, 2, 3, 4))
    for data, candidate, action in comparison.missing:
        say(f"  not measured this time: {data}, {candidate}, {action.value}")


def _verdict(speed: Speed) -> str:
    if not speed.is_clear:
        return "no clear change"
    return "faster" if speed.times > 1 else "slower"


def _print_machine(machine: Machine) -> None:
    parts = [machine.processor, number_of(machine.cores, "core"), machine.card, machine.system]
    say(", ".join(part for part in parts if part))
    roofs = [f"{name} {size / 1e9:,.1f} GB/s" for name, size in machine.bandwidth.items()]
    if roofs:
        say(f"a plain copy moves, read and written together: {'; '.join(roofs)}")


def date_of(result: RunResult) -> str:
    """When a run was begun, to the minute; as it stands where it is no date."""
    try:
        began = dt.datetime.fromisoformat(result.started).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return result.started
    return f"{began:%Y-%m-%d %H:%M} UTC"


def _print_brief(own: Sequence[Row]) -> None:
    """A line for each candidate: how small, and how fast both ways."""
    lines = briefs(own)
    if lines:
        header = ("", "ratio", "encode GB/s", "decode GB/s")
        rates = [[_number(r and r / 1e9, ".3f") for r in (b.encoded, b.decoded)] for b in lines]
        cells = [
            (b.candidate, _number(b.ratio, ".4f"), *r) for b, r in zip(lines, rates, strict=True)
        ]
        say("  in short")
        _print_columns([header, *cells], left=(0,))


def size_of(facts: DataFacts) -> str:
    """How many weights some data are, and in which shape."""
    size = facts.rows * facts.cols
    shape = f"{facts.rows:,} × {facts.cols:,}"
    if facts.layers:
        shape = f"{number_of(len(facts.layers), 'layer')} of {size:,}"
    return f"{shape} weights, {size / 1e6:,.1f} MB"


def _data_line(name: str, facts: DataFacts | None) -> str:
    if facts is None:
        return name
    return f"{name}: {size_of(facts)}, order-0 entropy {facts.entropy:.4f} bits"


def _print_action(action: Action, found: Sequence[Row], base: str) -> None:
    header = [name.format(base) for name in HEADER]
    cells = [tuple(_cells(row, base)) for row in found]
    say(f"  {action.value}")
    _print_columns([tuple(header), *cells], left=(0, len(HEADER) - 1))
    for line in notes(found):
        say(f"    {line}")


def _cells(row: Row, base: str) -> list[str]:
    each, times = row.measured, row.times
    if times is None:
        return [each.candidate, *["–"] * (len(HEADER) - 2), each.outcome.value]
    return [
        each.candidate,
        time_text(times.median),
        f"{100 * times.spread:.1f} %",
        _number(None if row.rate is None else row.rate / 1e9, ".3f"),
        _number(row.tile_ms, ".4g"),
        _number(row.ratio, ".4f"),
        f"{each.threads}" if each.threads else "card",
        "1" if each.candidate == base else speed_text(row.speed),
        words_of(row),
    ]


def words_of(row: Row) -> str:
    """What there is to say of a time in a word or two; the sentences follow."""
    words = [remark.kind.value for remark in row.remarks if remark.doubtful]
    if row.measured.outcome is not Outcome.MEASURED:
        words.insert(0, row.measured.outcome.value)
    return ", ".join(dict.fromkeys(words))


def notes(found: Sequence[Row]) -> list[str]:
    """The sentences that belong to some rows, each once, behind the names that it is about; alike ones together."""
    about: dict[tuple[int, str], list[str]] = {}
    for row in found:
        for rank, says in _sentences(row):
            about.setdefault((rank, says), []).append(row.measured.candidate)
    timed = [row.measured.candidate for row in found if row.times is not None]
    return [
        f"{'all' if names == timed and len(names) > 1 else _named(names)}: {says}"
        for (_, says), names in sorted(about.items(), key=lambda each: each[0][0])
    ]


def _named(names: Sequence[str]) -> str:
    """Some names; of many, the first ones and how many more there are."""
    first, more = names[:MOST_NAMED], len(names) - MOST_NAMED
    return "; ".join(first) + (f" and {more:,} more" if more > 0 else "")


def _sentences(row: Row) -> list[tuple[int, str]]:
    """The parts of runs on a card, why there is no time, and the remarks; each with its rank among these."""
    found = []
    if row.stages:
        parts = (
            f"{STAGE_NAMES.get(part, part)} {time_text(seconds)}"
            for part, seconds in row.stages.items()
        )
        found.append((0, ", ".join(parts)))
    if row.measured.reason:
        found.append((1, row.measured.reason))
    kinds = list(Kind)
    return [*found, *((2 + kinds.index(remark.kind), remark.says) for remark in row.remarks)]


def speed_text(speed: Speed | None) -> str:
    """A ratio of speeds with its interval."""
    if speed is None:
        return "–"
    return _ratio(speed) + ("" if speed.paired else " *")


def _ratio(speed: Speed) -> str:
    around = speed.interval
    interval = "" if around is None else f" ({around.low:.3g}–{around.high:.3g})"
    return f"{speed.times:.3g}{interval}"


def time_text(seconds: float) -> str:
    """A time with four digits and a unit that suits it."""
    unit, size = next((pair for pair in UNITS if seconds >= pair[1]), UNITS[-1])
    return f"{seconds / size:.4g} {unit}"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else f"{value:{form}}"


def _print_columns(lines: Sequence[Sequence[str]], left: Sequence[int]) -> None:
    """Prints cells in columns, some flush left."""
    if not lines:
        return
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        say(f"    {'  '.join(cells)}".rstrip())
