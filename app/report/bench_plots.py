"""Plots of a benchmark as SVG: speed against ratio, and how time grows with the size of what is coded."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli.bench_table import time_text
from app.report.bench_axes import Axis, across, upwards
from app.report.bench_labels import Box, Spot, named_spots, short
from app.report.markup import Markup, element
from codec.bench.rows import Row

WIDTH, HEIGHT = 900, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 880, 28, 336
"""The field within the picture, in its own units."""

NAMES, HEIGHT_OF_NAME = 640, 15
"""Where the field ends that has names on its right, and how far these lie apart at least."""

ROOM = 0.06
"""Of a field, left free on each side of the outermost points."""

COLOURS = 8
"""Of lines; of more the colours come again, and the names tell them apart."""

LEAST_SIZES = 3
"""Sizes that make a line."""

Point = tuple[float, float, str]
"""Ratio, bytes a second, and the candidate's name."""


def pareto_svg(found: Sequence[Row], base: str) -> Markup:
    """Speed upwards by its logarithm, ratio to the right; a line joins those that none beats at both.

    Empty below two candidates.
    """
    points = [
        (r.ratio, r.rate, r.measured.candidate) for r in found if r.ratio is not None and r.rate
    ]
    if len(points) < 2:
        return Markup("")
    wide = _across([ratio for ratio, _, _ in points])
    high = _upwards([rate / 1e9 for _, rate, _ in points])
    front = " ".join(
        f"{wide.place(ratio):.1f},{high.place(rate / 1e9):.1f}" for ratio, rate, _ in _front(points)
    )
    spots = [
        Spot(
            wide.place(ratio), high.place(rate / 1e9), name,
            f"{name}: ratio {ratio:.4f}, {rate / 1e9:.3g} GB/s", "base" if name == base else "bar",
        )
        for ratio, rate, name in points
    ]  # fmt: skip
    return _plot(
        "Speed against ratio; up and to the right is better",
        across(wide, TOP, BOTTOM, [f"{tick:.4g}" for tick in wide.ticks()], "ratio"),
        upwards(high, LEFT, RIGHT, [f"{tick:.3g}" for tick in high.ticks()], "GB/s"),
        element("polyline", points=front, class_="front"),
        *named_spots(spots, Box(LEFT, TOP, RIGHT, BOTTOM)),
    )


def growth_svg(found: Sequence[Row]) -> Markup:
    """Median time upwards, weights to the right, both by their logarithm, and a line for each candidate.

    Args:
        found: of one action, over all data. Empty below three sizes.
    """
    lines = _lines(found)
    sizes = [size for points in lines.values() for size, _ in points]
    if len({*sizes}) < LEAST_SIZES:
        return Markup("")
    wide = _axis(sizes, LEFT, NAMES, True)
    high = _upwards([seconds for points in lines.values() for _, seconds in points])
    drawn, ends = [], []
    for number, (name, points) in enumerate(lines.items()):
        class_ = f"line-{number % COLOURS}"
        places = [(wide.place(size), high.place(seconds)) for size, seconds in points]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        drawn.append(element("polyline", points=joined, class_=f"growth {class_}"))
        for (x, y), (size, seconds) in zip(places, points, strict=True):
            title = element("title", f"{name}: {time_text(seconds)} for {size:,} weights")
            drawn.append(element("circle", title, cx=f"{x:.1f}", cy=f"{y:.1f}", r=3, class_=class_))
        ends.append(Spot(*places[-1], name, name, class_))
    return _plot(
        "Time against size",
        across(wide, TOP, BOTTOM, [_amount(tick) for tick in wide.ticks()], "weights"),
        upwards(high, LEFT, NAMES, [time_text(tick) for tick in high.ticks()], "time"),
        *drawn,
        *_ends(ends),
    )


def _ends(ends: Sequence[Spot]) -> list[Markup]:
    """The names of lines beside their ends, one below the other, each joined to its own."""
    found, last = [], float(TOP - HEIGHT_OF_NAME)
    lowest = max(BOTTOM, TOP + HEIGHT_OF_NAME * len(ends))
    for left, spot in zip(
        range(len(ends), 0, -1), sorted(ends, key=lambda end: end.y), strict=True
    ):
        room = lowest - HEIGHT_OF_NAME * (left - 1)
        last = max(min(spot.y, room), last + HEIGHT_OF_NAME)
        points = f"{spot.x:.1f},{spot.y:.1f} {NAMES + 4},{last:.1f} {NAMES + 10},{last:.1f}"
        found.append(element("polyline", points=points, class_=f"leader {spot.class_}"))
        found.append(element("text", short(spot.name), x=NAMES + 14, y=f"{last + 4:.1f}"))
    return found


def _lines(found: Sequence[Row]) -> dict[str, list[tuple[int, float]]]:
    """Weights and seconds of each candidate that has several, from the smallest on."""
    lines: dict[str, list[tuple[int, float]]] = {}
    for row in found:
        if row.times is not None and row.times.median > 0 and row.measured.weights:
            point = row.measured.weights, row.times.median
            lines.setdefault(row.measured.candidate, []).append(point)
    return {name: sorted(points) for name, points in lines.items() if len(points) > 1}


def _across(values: Sequence[float]) -> Axis:
    return _axis(values, LEFT, RIGHT, False)


def _upwards(values: Sequence[float]) -> Axis:
    return _axis(values, BOTTOM, TOP, True)


def _axis(values: Sequence[float], begin: float, end: float, logarithmic: bool) -> Axis:
    """An axis with some room on both sides of the values."""
    low, high = min(values), max(values)
    if logarithmic:
        factor = max((high / low) ** ROOM, 1.05)
        return Axis(low / factor, high * factor, begin, end, logarithmic=True)
    room = max((high - low) * ROOM, abs(high) * 1e-3, 1e-9)
    return Axis(low - room, high + room, begin, end)


def _front(points: Sequence[Point]) -> list[Point]:
    """Those that no other beats at speed and ratio both, by ratio."""
    front: list[Point] = []
    for point in sorted(points, reverse=True):
        if not front or point[1] > front[-1][1]:
            front.append(point)
    return front


def _amount(weights: float) -> str:
    """A number of weights as a tick has it."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if weights >= size:
            return f"{weights / size:g} {unit}"
    return f"{weights:g}"


def _plot(title: str, wide: list[Markup], high: list[Markup], *content: Markup) -> Markup:
    return element(
        "svg", element("title", title), *wide, *high, *content,
        viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", class_="bench",
    )  # fmt: skip
