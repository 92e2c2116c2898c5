"""The original's scenario as tables: what each candidate took for a model, the claims beside, and every layer.

The figures are those of `codec.bench.scenario`, as the command line and the page show them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from app import theme
from app.models.sorting_table import Column, SortingTable
from codec.bench.result import DataFacts, RunResult
from codec.bench.scenario.claims import CLAIMS, TOKENS, TRANSFER_S, Claim, at_its_transfer
from codec.bench.scenario.table import about, claimed, compared, duration
from codec.bench.scenario.totals import LayerTotal, Parts, Total, models, totals

NONE = "–"
CLAIM = "claimed: "
"""Before the name of what was not measured here."""


@dataclass(frozen=True)
class ScenarioRow:
    """A candidate over a model, or what the original's status document says of its own.

    Attributes:
        model: its name in the plan; "" for a claim.
        name: of the candidate, or what is claimed.
        parts: seconds of a token; of a claim, what it tells of.
        tokens: seconds of all tokens; None where there is no time.
        said: the same as it is claimed; "" for what was measured.
        tile_ms: milliseconds of a tile.
        tiles: of all layers; 0 where that is not known.
        ratio: None where it is not known.
        says: why there is no time, or not all of it.
        layers: each by itself; none of a claim.
    """

    model: str
    name: str
    parts: Parts
    tokens: float | None
    said: str = ""
    tile_ms: float | None = None
    tiles: int = 0
    ratio: float | None = None
    says: str = ""
    layers: tuple[LayerTotal, ...] = ()

    @property
    def is_claim(self) -> bool:
        """Whether it was claimed, and not measured."""
        return not self.model


def scenario_rows(result: RunResult | None) -> tuple[ScenarioRow, ...]:
    """A row for each candidate over each model, and behind them the claims; nothing where there is no model."""
    if result is None:
        return ()
    found = [
        _measured(model, each) for model in models(result) for each in totals(result, model.name)
    ]
    if not found:
        return ()
    return (*found, *map(_claim, CLAIMS), *_at_its_transfer(found))


def _measured(model: DataFacts, each: Total) -> ScenarioRow:
    ratio = each.weights / each.stored_bytes if each.stored_bytes else None
    return ScenarioRow(
        model.name, each.candidate, each.parts, each.all_tokens, "", each.tile_ms, each.tiles, ratio,
        each.says, each.layers,
    )  # fmt: skip


def _claim(claim: Claim) -> ScenarioRow:
    encoding = claim.what.startswith("encoding")
    parts = Parts(encode=claim.most if encoding else None)
    tokens = None if encoding else claim.most
    return ScenarioRow("", CLAIM + claim.what, parts, tokens, claimed(claim))


def _at_its_transfer(found: Sequence[ScenarioRow]) -> list[ScenarioRow]:
    """What the claim about transfers would mean for as many tiles as there are here."""
    return [
        ScenarioRow(
            "", f"{CLAIM}{1e3 * TRANSFER_S:.0f} ms a transfer, for the {tiles:,} tiles here",
            Parts(), at_its_transfer(tiles), duration(at_its_transfer(tiles)), tiles=tiles,
        )
        for tiles in sorted({row.tiles for row in found if row.tiles})
    ]  # fmt: skip


def scenario_says(result: RunResult | None) -> str:
    """What the models are, and how many times as fast one transfer a layer is as one a tile, in sentences."""
    parts = []
    for model in () if result is None else models(result):
        assert result is not None
        parts.append(f"{model.name}: {about(model)}.")
        if says := compared(result, model):
            parts.append(f"{says[:1].upper()}{says[1:]}.")
    return " ".join(parts)


def _seconds(title: str, meaning: str, seconds: Callable[[Any], float | None]) -> Column:
    return Column(title, meaning, lambda row: duration(seconds(row)), seconds)


def _encode_text(row: ScenarioRow) -> str:
    return row.said if row.said and row.parts.encode is not None else duration(row.parts.encode)


def _tokens_text(row: ScenarioRow) -> str:
    return row.said if row.said and row.tokens is not None else duration(row.tokens)


def _optional(value: float | None, form: str) -> str:
    return NONE if value is None else f"{value:{form}}"


READ = _seconds("Read", "From the file, for a token.", lambda row: row.parts.read)
TRANSFER = _seconds(
    "To card", "The transfer to the card, for a token.", lambda row: row.parts.transfer
)
DECODE = _seconds(
    "Decode", "By the card's kernels or the processor, for a token.", lambda row: row.parts.decode
)
TOKEN = _seconds(
    "Total", "A token by the clock: with what is in none of the parts, as launches and waiting.",
    lambda row: row.parts.total,
)  # fmt: skip

SCENARIO_COLUMNS = (
    Column("Candidate", "Who codes, or what the original's status document says of its own model.",
           lambda row: row.name, lambda row: row.name, True),
    Column("Model", "Whose layers are brought.", lambda row: row.model or NONE, lambda row: row.model or None, True),
    Column("Encode", "All layers, once.", _encode_text, lambda row: row.parts.encode),
    READ, TRANSFER, DECODE, TOKEN,
    Column(f"{TOKENS} tokens", f"All layers brought and decoded for each of {TOKENS} tokens.",
           _tokens_text, lambda row: row.tokens),
    Column("ms/tile", "Of a token, over the number of tiles.",
           lambda row: _optional(row.tile_ms, ".3f"), lambda row: row.tile_ms),
    Column("Tiles", "Of all layers.",
           lambda row: f"{row.tiles:,}" if row.tiles else NONE, lambda row: row.tiles or None),
    Column("Ratio", "Bytes of weights over all bytes stored.",
           lambda row: _optional(row.ratio, ".4f"), lambda row: row.ratio),
    Column("Remark", "Why there is no time, or not all of it.", lambda row: row.says, lambda row: row.says, True),
)  # fmt: skip
MODEL = 1
"""The column that says nothing where there is one model."""

IN_SIGHT = 8
"""Columns that answer what the scenario asks: up to that of all tokens."""


class ScenarioTable(SortingTable):
    """A row a candidate, and the claims in another ink."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            SCENARIO_COLUMNS, lambda row: (row.model, row.name), parent, ink_of=_ink, tip_of=_tip
        )


def _tip(row: ScenarioRow) -> str:
    return (
        f"{row.name}{f' · {row.model}' if row.model else ''}{f': {row.says}' if row.says else ''}"
    )


def _ink(row: ScenarioRow) -> QColor | None:
    return theme.current().dim if row.is_claim else None


LAYER_COLUMNS = (
    Column("Layer", "Its name in the file.", lambda row: row.name, lambda row: row.name, True),
    _seconds("Encode", "Once.", lambda row: row.parts.encode),
    READ, TRANSFER, DECODE, TOKEN,
    Column("Tiles", "Of the layer.", lambda row: f"{row.tiles:,}", lambda row: row.tiles),
    Column("Weights", "Of the layer.", lambda row: f"{row.weights:,}", lambda row: row.weights),
    Column("Ratio", "Bytes of weights over all bytes stored.",
           lambda row: _optional(_ratio(row), ".4f"), lambda row: _ratio(row)),
)  # fmt: skip
LAYERS_IN_SIGHT = 6
"""Columns of a layer that hold its times, beside its name."""


def _ratio(layer: LayerTotal) -> float | None:
    return layer.weights / layer.stored_bytes if layer.stored_bytes else None


class LayerTable(SortingTable):
    """A row a layer of the candidate that is selected."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            LAYER_COLUMNS, lambda layer: layer.name, parent, tip_of=lambda layer: layer.name
        )
