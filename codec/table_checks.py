"""Does the frequency table fit the data? What it costs, and which mistake made it so."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codec import original
from codec.container import Tensor
from codec.frequency import FrequencyTable, cross_entropy, normalise
from codec.problems import Problem

LOSS_WORTH_TELLING = 0.02
"""Bits per weight above the best table of the same precision from which on a table is reported."""


def best_table(counts: NDArray[np.int64], scale_bits: int = 12) -> FrequencyTable:
    """The table that codes data with these counts in the fewest bits."""
    return FrequencyTable.of_frequencies(normalise(counts, scale_bits), scale_bits)


def worst_symbols(
    counts: NDArray[np.int64], table: FrequencyTable, number: int = 5
) -> list[tuple[int, float]]:
    """The symbols that lose most by `table` against the best one.

    Returns:
        (symbol, bits per weight lost to it), the worst first; losses above zero only.
    """
    total = int(counts.sum())
    if total == 0:
        return []
    used = np.flatnonzero(counts)
    best = best_table(counts, table.scale_bits)
    lost = counts[used] * (table.bits[used] - best.bits[used]) / total
    order = np.argsort(-lost, kind="stable")[:number]
    return [(int(used[i]), float(lost[i])) for i in order if lost[i] > 0]


def table_problems(
    tensor: Tensor, counts: NDArray[np.int64], sample: NDArray[np.int64]
) -> list[Problem]:
    """What is wrong with a tensor's table, given the data that it codes.

    Args:
        tensor: the tensor.
        counts: int64[256], of all its symbols.
        sample: int64[256], of the first `original.SAMPLE_SYMBOLS` of them.
    """
    if not counts.any():
        return []
    best = best_table(counts, tensor.table.scale_bits)
    lost = cross_entropy(counts, tensor.table) - cross_entropy(counts, best)
    if lost < LOSS_WORTH_TELLING:
        return []
    symbol, _ = worst_symbols(counts, tensor.table, 1)[0]
    has, fits = int(tensor.table.frequencies[symbol]), int(best.frequencies[symbol])
    code, cause = _mistake(tensor.table, sample, symbol)
    return [
        Problem(
            code,
            *tensor.table_span,
            f"the table costs {lost:.3f} bits a weight more than the best one for this data: symbol {symbol} "
            f"has frequency {has:,} where {fits:,} fits",
            f"frequency {fits:,} for symbol {symbol}",
            f"frequency {has:,}",
            cause,
            tensor=tensor.index,
        )
    ]


def _mistake(table: FrequencyTable, sample: NDArray[np.int64], symbol: int) -> tuple[str, str]:
    """The code of an ill-fitting table, and its cause where it can be proved."""
    same = np.array_equal(original.normalise(sample), table.frequencies)
    if same and original.wraps(sample):
        return "table-wrapped", (
            "counts × 4096 wrapped in 32 bits when the table was normalised: repeating that on this data "
            "gives exactly this table"
        )
    if same and symbol == int(np.argmax(original.wrapped_shares(sample))):
        return "table-mode-starved", (
            f"rounding every rare symbol up to 1 overshot 4,096, and the whole excess was taken from symbol "
            f"{symbol}: repeating that on this data gives exactly this table"
        )
    if same:
        return "table-misfit", (
            "shares were rounded down and every absent symbol kept a slot: repeating the original's "
            "normalisation on this data gives exactly this table"
        )
    return "table-misfit", ""
