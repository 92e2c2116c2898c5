"""A benchmark as it is plotted: bars, time against size, speed against ratio, share of the measured bandwidth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.cli.bench_table import time_text
from app.models.bench_table import key_of_row, ratio_of, share_text
from codec.bench.merging import Key
from codec.bench.plan import Action, Candidate
from codec.bench.result import Measurement
from codec.bench.rows import Row


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        key: of the row that it stands for.
        name: beside it.
        value: its length.
        low, high: of the middle half of the runs, in the same unit; the value itself where there are none.
        says: its value as a person reads it.
        base: whether it is the baseline's.
    """

    key: Key
    name: str
    value: float
    low: float
    high: float
    says: str
    base: bool = False


@dataclass(frozen=True)
class Spot:
    """One point: where it lies, the row that it stands for (or the tile), and what it is, in a line."""

    x: float
    y: float
    key: object
    says: str


@dataclass(frozen=True)
class Line:
    """Points that belong together, from left to right."""

    name: str
    spots: tuple[Spot, ...]


def of_action(rows: Sequence[Row], data: str | None, action: Action) -> list[Row]:
    """The rows of an action, of one data or of all."""
    return [
        row for row in rows if row.measured.action is action and data in (None, row.measured.data)
    ]


def chosen(rows: Sequence[Row], data: str | None, action: Action) -> list[Row]:
    """Those of them that have a time."""
    return [row for row in of_action(rows, data, action) if row.times is not None]


def time_bars(rows: Sequence[Row], baseline: str) -> list[Bar]:
    """A bar in milliseconds for each row, the middle half of its runs as a whisker.

    What is wrong, or has no time for another reason, has a bar without a length that says so; where nothing has a
    time, there are no bars.
    """
    if all(row.times is None for row in rows):
        return []
    bars, name = [], _namer(rows)
    for row in rows:
        times = row.times
        if times is not None:
            low, middle, high = (
                1e3 * each for each in (times.lower_quartile, times.median, times.upper_quartile)
            )
            says, base = time_text(times.median), row.measured.candidate == baseline
            bars.append(Bar(key_of_row(row), name(row), middle, low, high, says, base))
        else:
            says = f"✕ {row.measured.outcome.value}"
            bars.append(Bar(key_of_row(row), name(row), 0.0, 0.0, 0.0, says))
    return bars


def roof_bars(rows: Sequence[Row], baseline: str) -> list[Bar]:
    """A bar in percent for each row whose share of the bandwidth is known."""
    bars, name = [], _namer(rows)
    for row in rows:
        if row.roof is not None:
            share = 100 * row.roof
            base = row.measured.candidate == baseline
            bars.append(
                Bar(key_of_row(row), name(row), share, share, share, share_text(row.roof), base)
            )
    return bars


def _namer(rows: Sequence[Row]) -> Callable[[Row], str]:
    """Says who a row is; with what it codes, where the rows differ in that."""
    several = len({row.measured.data for row in rows}) > 1

    def name(row: Row) -> str:
        each = row.measured
        return f"{each.candidate} · {each.data}" if several else each.candidate

    return name


SIZES: dict[str, tuple[str, Callable[[Measurement], float | None]]] = {
    "weights": ("Weights", lambda each: each.weights or None),
    "tiles": ("Tiles", lambda each: each.tiles or None),
    "tile": ("Weights a tile", lambda each: each.weights / each.tiles if each.tiles else None),
}
"""What a time can be plotted against: title, and how much of it a measurement has."""


def size_lines(rows: Sequence[Row], size: str, settings: Mapping[str, str]) -> list[Line]:
    """Milliseconds against a size, a line for each candidate, or for each family of them.

    Args:
        rows: of one action, over all data.
        size: one of `SIZES`.
        settings: the family of each candidate by its name: those that differ in the size of a tile alone.
    """
    _, measure = SIZES[size]
    found: dict[str, list[Spot]] = {}
    for row in rows:
        each, amount = row.measured, measure(row.measured)
        if row.times is not None and amount:
            family = each.candidate
            if size != "weights":
                family = f"{settings.get(each.candidate, each.candidate)} · {each.data}"
            says = f"{each.candidate}, {each.data}: {time_text(row.times.median)}"
            found.setdefault(family, []).append(
                Spot(amount, 1e3 * row.times.median, key_of_row(row), says)
            )
    return [
        Line(name, tuple(sorted(spots, key=lambda spot: spot.x))) for name, spots in found.items()
    ]


def families(candidates: Sequence[Candidate]) -> dict[str, str]:
    """The family of each candidate by its name: those that differ in the shape of their tiles alone are one."""
    first: dict[object, str] = {}
    return {each.name: first.setdefault(_but_tile(each), each.name) for each in candidates}


def _but_tile(candidate: Candidate) -> object:
    recipe = {} if candidate.recipe is None else vars(candidate.recipe)
    settings = tuple(
        (name, value) for name, value in recipe.items() if name not in ("tile_rows", "tile_cols")
    )
    return candidate.coder, settings, tuple(sorted(candidate.options.items()))


def pareto(rows: Sequence[Row]) -> tuple[list[Line], Line]:
    """Speed in GB/s against ratio: each candidate by itself, and those that no other beats at both."""
    lines, name = [], _namer(rows)
    for row in rows:
        ratio = ratio_of(row)
        if ratio is not None and row.rate:
            says = f"{row.measured.candidate}: ratio {ratio:.4f}, {row.rate / 1e9:.3g} GB/s"
            spot = Spot(ratio, row.rate / 1e9, key_of_row(row), says)
            lines.append(Line(name(row), (spot,)))
    return lines, Line("", tuple(front([line.spots[0] for line in lines])))


def front(spots: Sequence[Spot]) -> list[Spot]:
    """Those that no other beats at both, from the left to the right."""
    best: list[Spot] = []
    for spot in sorted(spots, key=lambda each: (each.x, each.y), reverse=True):
        if not best or spot.y > best[-1].y:
            best.append(spot)
    return best[::-1]
