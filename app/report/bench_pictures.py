"""Bars of times, and speed against ratio, as SVG that stands in the page and takes its colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

from app.cli.bench_table import time_text
from app.report.markup import Markup, element
from codec.bench.rows import Row

WIDTH, LINE, NAMES, FIGURES = 900, 24, 260, 110
"""Of the picture in its own units: all of it, a bar with its gap, room for names, room for figures."""

LONGEST_NAME = 38
"""Characters that fit beside a bar; the title tells the rest."""

SIDE, BORDER = 420, 46
"""Height of the other picture, and room around its field."""


Point = tuple[float, float, str]
"""Ratio, bytes a second, and the candidate's name."""


def bars_svg(found: Sequence[Row], base: str) -> Markup:
    """A bar for each candidate that has a time: the median, with the middle half of the runs as a whisker."""
    timed = [row for row in found if row.times is not None]
    if not timed:
        return Markup("")
    longest = max(row.times.upper_quartile for row in timed if row.times is not None) or 1.0
    scale = (WIDTH - NAMES - FIGURES) / longest
    bars = [_bar(row, place, scale, base) for place, row in enumerate(timed)]
    return element(
        "svg", element("title", "Median times; shorter is faster"), *bars,
        viewBox=f"0 0 {WIDTH} {LINE * len(timed)}", role="img", class_="bench",
    )  # fmt: skip


def _bar(row: Row, place: int, scale: float, base: str) -> Markup:
    times = row.times
    assert times is not None
    name, top = row.measured.candidate, place * LINE
    middle = top + LINE / 2
    low, high = NAMES + times.lower_quartile * scale, NAMES + times.upper_quartile * scale
    return element(
        "g",
        element("title", f"{name}: {time_text(times.median)}, {times.runs:,} runs"),
        element("text", _short(name), x=NAMES - 8, y=f"{middle + 4:.1f}", text_anchor="end"),
        element(
            "rect", x=NAMES, y=top + 4, width=f"{max(times.median * scale, 1):.1f}", height=LINE - 8,
            class_="base" if name == base else "bar",
        ),
        element("line", x1=f"{low:.1f}", x2=f"{high:.1f}", y1=middle, y2=middle, class_="whisker"),
        element("text", time_text(times.median), x=f"{high + 6:.1f}", y=f"{middle + 4:.1f}"),
    )  # fmt: skip


def pareto_svg(found: Sequence[Row], base: str) -> Markup:
    """Speed upwards by its logarithm, ratio to the right; a line joins those that none beats at both.

    Empty below two candidates.
    """
    points = [
        (row.ratio, row.rate, row.measured.candidate)
        for row in found
        if row.ratio is not None and row.rate
    ]
    if len(points) < 2:
        return Markup("")
    ratios, rates = [point[0] for point in points], [point[1] for point in points]
    across = _Scale(min(ratios), max(ratios), BORDER + 40, WIDTH - BORDER)
    up = _Scale(math.log(min(rates)), math.log(max(rates)), SIDE - BORDER, BORDER)
    places = [(across(ratio), up(math.log(rate))) for ratio, rate, _ in points]
    front = sorted(places[points.index(point)] for point in _front(points))
    return element(
        "svg",
        element("title", "Speed against ratio; up and to the right is better"),
        *_axes(across, up, (min(ratios), max(ratios)), (min(rates), max(rates))),
        element("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in front), class_="front"),
        *[_spot(place, point, base) for place, point in zip(places, points, strict=True)],
        viewBox=f"0 0 {WIDTH} {SIDE}",
        role="img",
        class_="bench",
    )


def _axes(
    across: _Scale, up: _Scale, ratios: tuple[float, float], rates: tuple[float, float]
) -> list[Markup]:
    """Both axes with the ends of what is shown."""
    left, low, top = BORDER, SIDE - BORDER + 22, 16
    return [
        element("line", x1=left, x2=WIDTH, y1=low, y2=low),
        element("line", x1=left, x2=left, y1=top, y2=low),
        element("text", "ratio →", x=WIDTH / 2, y=SIDE - 6, class_="faint"),
        element("text", "↑ GB/s, logarithmic", x=left + 6, y=top, class_="faint"),
        *[
            element("text", f"{ratio:.3f}", x=f"{across(ratio):.1f}", y=SIDE - 6, class_="faint")
            for ratio in sorted({*ratios})
        ],
        *[
            element(
                "text", f"{rate / 1e9:.3g}", x=left - 4, y=f"{up(math.log(rate)) + 4:.1f}",
                text_anchor="end", class_="faint",
            )
            for rate in sorted({*rates})
        ],
    ]  # fmt: skip


def _front(points: Sequence[Point]) -> list[Point]:
    """Those that no other beats at speed and ratio both, by ratio."""
    front: list[Point] = []
    for point in sorted(points, reverse=True):
        if not front or point[1] > front[-1][1]:
            front.append(point)
    return front


def _spot(place: tuple[float, float], point: Point, base: str) -> Markup:
    """A point with its name, which stands on the side where there is room."""
    (x, y), (ratio, rate, name) = place, point
    on_left = x > WIDTH / 2
    return element(
        "g",
        element("title", f"{name}: ratio {ratio:.4f}, {rate / 1e9:.3g} GB/s"),
        element(
            "circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=5, class_="base" if name == base else "bar"
        ),
        element(
            "text", _short(name), x=f"{x + (-9 if on_left else 9):.1f}", y=f"{y + 4:.1f}",
            text_anchor="end" if on_left else "start",
        ),
    )  # fmt: skip


class _Scale:
    """Numbers to places, evenly; one number alone stands in the middle."""

    def __init__(self, low: float, high: float, begin: float, end: float) -> None:
        self._low = low
        self._begin = begin if high > low else (begin + end) / 2
        self._step = (end - begin) / (high - low) if high > low else 0.0

    def __call__(self, value: float) -> float:
        return self._begin + (value - self._low) * self._step


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
