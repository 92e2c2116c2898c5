"""Bars of a benchmark as SVG that stands in the page and takes its colours: times with their parts, and the roof."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli.bench_table import STAGE_NAMES, time_text
from app.report.bench_labels import short
from app.report.markup import Markup, element
from codec.bench.result import Outcome
from codec.bench.rows import STAGES, Row

WIDTH, LINE, NAMES, FIGURES = 900, 24, 270, 120
"""Of the picture in its own units: all of it, a bar with its gap, room for names, room for figures."""


def bars_svg(found: Sequence[Row], base: str) -> Markup:
    """A bar for each candidate: the median, in its parts where these are known, the middle half of the runs a whisker.

    What has no time has no bar, and says why. Empty where nothing has a time.
    """
    timed = [row.times for row in found if row.times is not None]
    if not timed:
        return Markup("")
    longest = max(times.upper_quartile for times in timed) or 1.0
    scale = (WIDTH - NAMES - FIGURES) / longest
    bars = [_bar(row, place, scale, base) for place, row in enumerate(found)]
    height = LINE * len(found)
    legend = _legend(found, height)
    return element(
        "svg", element("title", "Median times; shorter is faster"), *bars, *legend,
        viewBox=f"0 0 {WIDTH} {height + (LINE if legend else 0)}", role="img", class_="bench",
    )  # fmt: skip


def roof_svg(found: Sequence[Row], base: str) -> Markup:
    """A bar for each candidate: the share of the measured bandwidth that its least traffic takes; empty without any."""
    known = [(row, row.roof) for row in found if row.roof is not None]
    if not known:
        return Markup("")
    scale = (WIDTH - NAMES - FIGURES) / max(1.0, *(roof for _, roof in known))
    bars = []
    for place, (row, roof) in enumerate(known):
        end = NAMES + roof * scale
        bars.append(
            element(
                "g", element("title", f"{row.measured.candidate}: {row.measured.moved_bytes:,} bytes at least"),
                _name(row, place), _piece(NAMES, end, place, "base" if row.measured.candidate == base else "bar"),
                _text(f"{roof:.1%}", end + 6, place),
            )
        )  # fmt: skip
    edge = f"{NAMES + scale:.1f}"
    height = LINE * len(known)
    return element(
        "svg", element("title", "Bytes that had to move, over what a plain copy moves in that time"),
        element("line", x1=edge, x2=edge, y1=0, y2=height, class_="grid"), *bars,
        element("text", "a plain copy", x=edge, y=height + 16, text_anchor="middle", class_="faint"),
        viewBox=f"0 0 {WIDTH} {height + LINE}", role="img", class_="bench",
    )  # fmt: skip


def _bar(row: Row, place: int, scale: float, base: str) -> Markup:
    times, name = row.times, row.measured.candidate
    if times is None:
        bad = "bad" if row.measured.outcome is Outcome.WRONG else "faint"
        return element("g", _name(row, place), _text(row.measured.outcome.value, NAMES, place, bad))
    middle = place * LINE + LINE / 2
    low, high = NAMES + times.lower_quartile * scale, NAMES + times.upper_quartile * scale
    end = NAMES + max(times.median * scale, 1)
    return element(
        "g",
        element("title", f"{name}: {time_text(times.median)}, {times.runs:,} runs"),
        _name(row, place),
        _piece(NAMES, end, place, "base" if name == base else "bar"),
        *_parts(row, place, scale),
        element("line", x1=f"{low:.1f}", x2=f"{high:.1f}", y1=middle, y2=middle, class_="whisker"),
        _text(time_text(times.median), max(high, end) + 6, place),
    )


def _parts(row: Row, place: int, scale: float) -> list[Markup]:
    """The parts of a run, one behind the other, over its bar; what is left of that is in none of them."""
    found, begin = [], float(NAMES)
    for stage in STAGES:
        if seconds := row.stages.get(stage):
            end = begin + seconds * scale
            piece = _piece(begin, end, place, f"s-{stage.replace('_', '-')}")
            title = element("title", f"{STAGE_NAMES[stage]}: {time_text(seconds)}")
            found.append(element("g", title, piece))
            begin = end
    return found


def _legend(found: Sequence[Row], top: float) -> list[Markup]:
    """Which colour is which part; nothing where no run has parts."""
    there = [stage for stage in STAGES if any(row.stages.get(stage) for row in found)]
    marks = []
    for number, stage in enumerate(there):
        x = NAMES + number * 110
        class_ = f"s-{stage.replace('_', '-')}"
        marks.append(element("rect", x=x, y=top + 8, width=11, height=11, class_=class_))
        marks.append(element("text", STAGE_NAMES[stage], x=x + 16, y=top + 18, class_="faint"))
    return marks


def _name(row: Row, place: int) -> Markup:
    y = f"{place * LINE + LINE / 2 + 4:.1f}"
    return element("text", short(row.measured.candidate), x=NAMES - 8, y=y, text_anchor="end")


def _piece(begin: float, end: float, place: int, class_: str) -> Markup:
    return element(
        "rect", x=f"{begin:.1f}", y=place * LINE + 4, width=f"{end - begin:.1f}", height=LINE - 8, class_=class_,
    )  # fmt: skip


def _text(says: str, x: float, place: int, class_: str = "") -> Markup:
    return element(
        "text", says, x=f"{x:.1f}", y=f"{place * LINE + LINE / 2 + 4:.1f}", class_=class_
    )
