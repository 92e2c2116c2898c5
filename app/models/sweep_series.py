"""The rows of a sweep as curves: one figure against one setting, a curve for each combination of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.models.sweep_columns import (
    SETTINGS,
    Figures,
    SweepColumn,
    Texts,
    differing,
    named_settings,
)
from codec.rerun.measured import Outcome


@dataclass(frozen=True)
class Point:
    """One row: where it lies, and its number in the table; `sound` where its weights come back."""

    x: int
    y: float
    number: int
    sound: bool


@dataclass(frozen=True)
class Series:
    """One curve.

    Attributes:
        name: the other settings of its rows, as far as rows differ in them.
        points: from left to right.
    """

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Curves:
    """What is plotted.

    Attributes:
        values: the setting's values, as ticks from 0 on.
        series: the curves.
        bound: what order-0 entropy of the weights allows, where that is in terms of the figure; else None.
    """

    values: tuple[str, ...]
    series: tuple[Series, ...]
    bound: float | None = None


def curves(
    known: Sequence[Figures], texts: Sequence[Texts], setting: SweepColumn, figure: SweepColumn
) -> Curves:
    """A figure of all rows that have it, against a setting.

    Args:
        known: the rows.
        texts: their settings.
        setting: what is along the lower axis.
        figure: what is along the other.
    """
    numbers = [number for number, row in enumerate(known) if row[figure.key] is not None]
    rows = [known[number] for number in numbers]
    texts, place = [texts[number] for number in numbers], SETTINGS.index(setting)
    ticks = {setting.order(row): text[place] for row, text in zip(rows, texts, strict=True)}
    places = {order: tick for tick, order in enumerate(sorted(ticks))}
    grouped: dict[Texts, list[Point]] = {}
    for number, row, text in zip(numbers, rows, texts, strict=True):
        sound = row["outcome"] == Outcome.EXACT
        point = Point(places[setting.order(row)], float(row[figure.key]), number, sound)
        grouped.setdefault((*text[:place], "", *text[place + 1 :]), []).append(point)
    others = [column for column in differing(rows, texts) if column is not setting]
    series = tuple(
        Series(named_settings(text, others), tuple(sorted(points, key=lambda point: point.x)))
        for text, points in grouped.items()
    )
    return Curves(tuple(ticks[order] for order in sorted(ticks)), series, _bound(rows, figure))


def _bound(rows: Sequence[Figures], figure: SweepColumn) -> float | None:
    """Of the weights as they are: a predictor may well come below it, or above."""
    bits = next((row["weight_entropy"] for row in rows), None)
    if not bits:
        return None
    if figure.key == "ratio":
        return float(8 / bits)
    return float(bits) if figure.key == "bits_per_weight" else None


def telling_setting(known: Sequence[Figures], texts: Sequence[Texts]) -> SweepColumn:
    """The setting that takes the most values among the rows: what a figure is best plotted against."""
    measured = [
        text for row, text in zip(known, texts, strict=True) if row["file_size"] is not None
    ]
    counts = [len(set(values)) for values in zip(*measured, strict=True)] or [0] * len(SETTINGS)
    best = max(range(len(SETTINGS)), key=lambda i: (counts[i], i == TILE))
    return SETTINGS[best if counts[best] > 1 else TILE]


TILE = next(i for i, column in enumerate(SETTINGS) if column.key == "tile")
