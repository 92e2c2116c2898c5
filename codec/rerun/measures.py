"""What an encoding costs, byte by byte, and whether the weights come back: the figures of one row of a sweep.

Every byte of a file is counted once: table, index, frames of the streams, what the streams hold, and the rest.
Entropies are of order 0. Whether the weights come back is never inferred: the file is parsed and decoded.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from codec.container import Coding, Container, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import Tick, no_tick
from codec.diagnosis.encoded_again import symbol_counts
from codec.errors import Cancelled, RanscopeError
from codec.formats import parse
from codec.frequency import FrequencyTable, cross_entropy, entropy, histogram
from codec.problems import Severity
from codec.rerun.encoding import encode_again
from codec.rerun.measured import Measured, Outcome
from codec.rerun.recipe import INDEX_ENTRY_BYTES, Recipe
from codec.rerun.sources import SourceWeights
from codec.source import BytesSource
from codec.table_rule import Normalisation

TIMED_SECONDS = 0.25
MOST_RUNS = 5
"""What is timed runs until it took so long in all, or so many times; the least time counts."""

Result = TypeVar("Result")


def measure(weights: SourceWeights, recipe: Recipe, tick: Tick = no_tick) -> Measured:
    """Encodes weights, decodes them again, and counts everything.

    Never raises for what a recipe does to the weights: that is what is measured.

    Args:
        weights: what to encode.
        recipe: how.
        tick: told (thousandths done, 1000).

    Raises:
        Cancelled: `tick` says so.
    """
    rows, cols = weights.rows, weights.cols
    blank = Measured(recipe, Outcome.FAILED, rows=rows, cols=cols)
    if refusal := recipe.refusal_for(rows, cols):
        return replace(blank, outcome=Outcome.REFUSED, says=refusal)
    try:
        file, seconds = _timed(
            lambda step: encode_again(weights, recipe, step), _share(tick, 0, 600)
        )
        container = parse(BytesSource(file, "the encoded file"))
        counted = _counted(replace(blank, encode_seconds=seconds), weights, container)
    except Cancelled:
        raise
    except (RanscopeError, MemoryError) as error:
        return replace(blank, says=_sentence(error))
    return _decoded(counted, weights, container, _share(tick, 600, 1000))


def _share(tick: Tick, begin: int, end: int) -> Tick:
    """A tick of one part of the work."""
    return lambda done, total: tick(begin + (end - begin) * done // max(total, 1), 1000)


def _timed(work: Callable[[Tick], Result], tick: Tick) -> tuple[Result, float]:
    """What some work returns, and the least time that it took; the first run alone tells how far it is."""
    best, total, runs = float("inf"), 0.0, 0
    while True:
        begin = time.perf_counter()
        result = work(tick)
        seconds = time.perf_counter() - begin
        best, total, runs = min(best, seconds), total + seconds, runs + 1
        if total >= TIMED_SECONDS or runs == MOST_RUNS:
            return result, best


def _counted(blank: Measured, weights: SourceWeights, container: Container) -> Measured:
    """All that follows from the file and the weights without decoding."""
    tensor = container.tensors[0]
    tiles = tensor.tiles
    coded = tiles["coding"] == Coding.RANS
    streams, table = int(tiles["size"].sum(dtype=np.int64)), tensor.table_span[1]
    index = len(tiles) * INDEX_ENTRY_BYTES[container.format]
    names = [str(name) for name in tensor.predictors]
    taken = np.bincount(tiles["predictor"][coded], minlength=len(names)).tolist()
    symbols = sum(tensor.symbol_count(tile) for tile in range(len(tiles)))
    return replace(
        _costed(blank, weights, tensor),
        file_size=container.source.size,
        table_bytes=table,
        index_bytes=index,
        stream_bytes=streams,
        frame_bytes=tensor.frame_bytes * int(coded.sum()),
        other_bytes=container.source.size - table - index - streams,
        padding_symbols=symbols - tensor.weights,
        tiles=len(tiles),
        codings=tuple(np.bincount(tiles["coding"], minlength=len(Coding)).tolist()),
        predictors=tuple(zip(names, taken, strict=True)),
    )


def _costed(blank: Measured, weights: SourceWeights, tensor: Tensor) -> Measured:
    """The entropies, and what the table costs above them."""
    counts, _ = symbol_counts(tensor, weights.matrix)
    total = int(counts.sum())
    known = replace(
        blank,
        weight_entropy=entropy(histogram(weights.matrix.view(np.uint8))),
        symbol_entropy=entropy(counts) if total else None,
        frequency_sum=tensor.table.sum,
        remark=_wrapped(counts, tensor.table, blank.recipe.normalisation),
    )
    if known.symbol_entropy is None or tensor.table.fault:
        return known
    by_table, each = cross_entropy(counts, tensor.table), total / tensor.weights
    coded = tensor.tiles["size"][tensor.tiles["coding"] == Coding.RANS]
    stream_bits = 8 * int(coded.sum(dtype=np.int64)) / tensor.weights
    return replace(
        known,
        table_cost=max(0.0, by_table - known.symbol_entropy) * each,
        coder_cost=stream_bits - by_table * each,
    )


def _wrapped(counts: NDArray[np.int64], table: FrequencyTable, normalisation: Normalisation) -> str:
    """That the original's arithmetic has taken its slots from the most frequent symbol, if it has."""
    total, symbol = int(counts.sum()), int(np.argmax(counts))
    frequency, count = int(table.frequencies[symbol]), int(counts[symbol])
    slots = 1 << table.scale_bits
    fair = slots * count // max(total, 1)
    if normalisation is not Normalisation.ORIGINAL or 2 * frequency >= fair:
        return ""
    return (
        f"symbol {symbol}, {100 * count / total:.1f}% of those coded, owns {frequency:,} of {slots:,} slots, "
        f"not {fair:,}: the original's count times 4,096 wraps at 2^32"
    )


def _decoded(
    counted: Measured, weights: SourceWeights, container: Container, tick: Tick
) -> Measured:
    """Whether the weights come back."""
    tensor, decoder = container.tensors[0], choose()
    try:
        decoded, seconds = _timed(lambda step: decoder.decode(container, tensor, step), tick)
    except Cancelled:
        raise
    except (RanscopeError, MemoryError) as error:
        return replace(counted, outcome=Outcome.WRONG, says=_sentence(error))
    wrong = int(np.count_nonzero(decoded.weights != weights.matrix))
    complaint = _complaint(container, wrong, len(decoded.failed))
    outcome = Outcome.WRONG if complaint else Outcome.EXACT
    return replace(counted, outcome=outcome, says=complaint, wrong=wrong, decode_seconds=seconds)


def _sentence(error: RanscopeError | MemoryError) -> str:
    return error.sentence() if isinstance(error, RanscopeError) else "there is not enough memory"


def _complaint(container: Container, wrong: int, failed: int) -> str:
    """What is amiss with the file, as one sentence; "" where nothing is."""
    if wrong or failed:
        return f"{wrong:,} weights do not come back; {failed:,} tiles do not end as sound ones do"
    errors = (p.message for p in container.problems if p.severity is Severity.ERROR)
    return next(errors, "")
