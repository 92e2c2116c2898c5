"""The scenario as lines of text: every candidate in all, the original's claims beside, and every layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codec.bench.result import DataFacts, RunResult
from codec.bench.scenario.claims import CLAIMS, TOKENS, TRANSFER_S, Claim, at_its_transfer
from codec.bench.scenario.totals import (
    LayerTotal,
    Parts,
    Total,
    models,
    per_tile_speed,
    totals,
)

COLUMNS = ("encode", "read", "to card", "decode", "token")
HEADER = ("", *COLUMNS, f"{TOKENS} tokens", "ms/tile", "tiles", "ratio", "")
LAYER_HEADER = ("", *COLUMNS, "tiles", "ratio")
MOST_LAYERS = 12
"""Layers that are listed one by one for each candidate; more are no table that anybody reads in a terminal."""

UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6))
"""Of times below two minutes."""

NONE = "–"

CLAIMED = "claimed by the original's status document, of a model of its own"


def lines(result: RunResult) -> Iterator[str]:
    """All that is to be said of the models of a run; nothing where it has none."""
    for model in models(result):
        found = totals(result, model.name)
        if found:
            yield from _of_model(result, model, found)


def _of_model(result: RunResult, model: DataFacts, found: Sequence[Total]) -> Iterator[str]:
    yield ""
    yield f"{model.name}: {about(model)}"
    yield from _columns([HEADER, *(cells(each) for each in found)])
    if says := compared(result, model):
        yield f"  {says}"
    yield from _claimed(found)
    if len(model.layers) > MOST_LAYERS:
        yield f"  the {len(model.layers):,} layers one by one: --export FILE.html, or FILE.csv"
        return
    for each in found:
        if each.layers:
            yield ""
            yield f"  {each.candidate}, layer by layer"
            yield from _columns([LAYER_HEADER, *map(layer_cells, each.layers)])


def about(model: DataFacts) -> str:
    """What a model is, and what is done with it."""
    return (
        f"{len(model.layers):,} layers, {model.rows * model.cols:,} weights, each layer encoded once, then brought and "
        "decoded for every token; medians"
    )


def cells(each: Total) -> tuple[str, ...]:
    """A candidate under `HEADER`."""
    tile = NONE if each.tile_ms is None else f"{each.tile_ms:.3f}"
    return (
        each.candidate,
        *_part_cells(each.parts),
        duration(each.all_tokens),
        tile,
        f"{each.tiles:,}" if each.tiles else NONE,
        _ratio(each.weights, each.stored_bytes),
        each.says,
    )


def layer_cells(layer: LayerTotal) -> tuple[str, ...]:
    """A layer under `LAYER_HEADER`."""
    ratio = _ratio(layer.weights, layer.stored_bytes)
    return (layer.name, *_part_cells(layer.parts), f"{layer.tiles:,}", ratio)


def _part_cells(parts: Parts) -> list[str]:
    return [
        duration(seconds)
        for seconds in (parts.encode, parts.read, parts.transfer, parts.decode, parts.total)
    ]


def compared(result: RunResult, model: DataFacts) -> str:
    """The original's path beside ours on the card; "" where they were not both measured."""
    found = per_tile_speed(result, model.name)
    if found is None:
        return ""
    fast, slow, speed = found
    interval = speed.interval
    sure = "" if interval is None else f" ({interval.low:.3g} to {interval.high:.3g})"
    return f"{fast} is {speed.times:.3g}{sure} times as fast as {slow}"


def _claimed(found: Sequence[Total]) -> Iterator[str]:
    """The claims, and what the one about transfers would mean for this model."""
    yield f"  {CLAIMED}:"
    yield from _columns([(f"  {claim.what}", claimed(claim)) for claim in CLAIMS])
    yield from (f"    {line}" for line in transferred(found))


def transferred(found: Sequence[Total]) -> Iterator[str]:
    """What the claim about transfers would mean for this model."""
    tiles = sorted({each.tiles for each in found if each.tiles})
    for count in tiles:
        yield (
            f"at {1e3 * TRANSFER_S:.0f} ms a transfer the {count:,} tiles of this one would take "
            f"{duration(at_its_transfer(count))} for {TOKENS} tokens"
        )


def claimed(claim: Claim) -> str:
    """How long it is said to take."""
    least, most = duration(claim.least), duration(claim.most)
    says = least if least == most else f"{least} to {most}"
    return says if claim.measured else f"{says}, hoped for"


def duration(seconds: float | None) -> str:
    """A time as a person reads it; a dash for none."""
    if seconds is None:
        return NONE
    if seconds >= 3600:
        return f"{seconds / 3600:.3g} h"
    if seconds >= 120:
        return f"{seconds / 60:.3g} min"
    unit, size = next((pair for pair in UNITS if seconds >= pair[1]), UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


def _ratio(weights: int, stored: int) -> str:
    return f"{weights / stored:.4f}" if stored else NONE


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Cells in columns, the first flush left, the last as it is, all others flush right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
        yield "  ".join(["   ", row[0].ljust(widths[0]), *cells, row[-1]]).rstrip()
