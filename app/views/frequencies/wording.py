"""What the view says in words: a symbol in numbers, what is wrong with a table, why data is missing."""

from __future__ import annotations

import math

from app.models.explanation import coded_value
from app.trace_window import why_no_steps
from app.views.frequencies.fit import Fit
from codec.checks import TensorReport
from codec.container import Coding, Tensor
from codec.frequency import FrequencyTable

BIAS = 128
"""A symbol less this is what it stands for."""


def symbol_html(tensor: Tensor, fit: Fit | None, symbol: int) -> str:
    """A symbol in numbers; with what it costs where the data is known."""
    table = tensor.table
    freq, start = int(table.frequencies[symbol]), int(table.starts[symbol])
    parts = [
        f"<b>symbol {symbol}</b>",
        f"{coded_value(tensor)} {symbol - BIAS}",
        f"frequency {freq:,}",
        f"start {start:,}",
        f"{table.bits[symbol]:.3f} bits" if freq else "∞ bits: cannot be coded",
    ]
    if fit is not None:
        parts += [
            f"occurs {int(fit.counts[symbol]):,} times = {fit.slots[symbol]:,.2f} slots",
            f"best frequency {int(fit.best.frequencies[symbol]):,}",
            _gain_or_loss(fit.lost_by(symbol)),
        ]
    return " · ".join(parts)


def _gain_or_loss(lost: float) -> str:
    if math.isinf(lost):
        return "loses ∞"
    word = "gains" if lost < 0 else "loses"
    return f"{word} {abs(lost):.4f} bits a weight"


def table_faults(table: FrequencyTable) -> str:
    """What is wrong with a table itself; "" where nothing is."""
    parts = []
    if table.sum != table.total:
        parts.append(f"The frequencies sum to {table.sum:,}, not to {table.total:,}")
    if table.fault and table.sum <= table.total:
        parts.append(table.fault[:1].upper() + table.fault[1:])
    return ". ".join(parts)


def why_no_whole(tensor: Tensor, report: TensorReport | None) -> str:
    """Why there are no counts of the whole tensor."""
    if tensor.refusal:
        return f"No symbol can be decoded to compare it with: {tensor.refusal}."
    if len(tensor.tiles) and (tensor.tiles["coding"] != Coding.RANS).all():
        return "The table codes no weight: no tile of this tensor has a rANS stream."
    if report is not None:
        return "No stream of the tensor could be decoded."
    return "The symbols of the whole tensor are not counted yet; the full check does."


def why_no_tile(tensor: Tensor, tile: int | None, note: str) -> str:
    """Why there are no counts of the selected tile; `note` tells why it has no trace."""
    if tensor.refusal:
        return f"No symbol can be decoded to compare it with: {tensor.refusal}."
    if tile is None:
        return "Select a tile to compare the table with its symbols."
    if reason := why_no_steps(tensor, tile):
        return f"The table codes no weight of tile {tile:,}: {reason}."
    if note:
        return f"There are no symbols to count: {note}."
    return f"Tile {tile:,} is being decoded."
