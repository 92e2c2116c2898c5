"""Front ends that step wrongly: all along, or once at some symbol: `desync`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.finding import Fault
from codec.diagnosis.streams.candidate import Candidate, Candidates, Mistake, always, ruling
from codec.diagnosis.streams.reading import Reader, Reading
from codec.diagnosis.streams.stepping import Slip, Slips
from codec.diagnosis.streams.weighing import SLACK, Shown

Numbers = NDArray[np.int64]

BACK = 256
"""Steps before the first wrong symbol that are tried for the slip behind it, per lane."""

FEW = 16
"""Steps of its lane before the first wrong symbol that are searched for the last word it took, to try other values."""

FARTHEST = 16
"""Bytes that the read position is tried to move by at a slip, one by one."""

JUMPS = (32, 64, 128, 256, 512, 1024, 2048, 4096)
"""Sizes of buffers, which it may move by as well."""

BEST = 4
"""Slips that are played to the end."""


def step_candidates(reader: Reader) -> Candidates:
    """Every way known to step wrongly from the first symbol to the last."""
    for detail, mistake in (*_bounds(reader), *_words(reader), *_directions(reader)):
        yield Candidate(Fault.DESYNC, detail, mistake)


def _bounds(reader: Reader) -> Iterator[tuple[str, Mistake]]:
    coder = reader.tensor.coder
    bound = coder.lower_bound
    told = "renormalises while state ≤ L instead of while state < L"
    yield told, ruling(reader, lower_bound=np.uint64(bound + 1))
    for bits in range(8, 32):
        if 1 << bits != bound:
            yield (
                f"renormalises below 2^{bits}, where the lower bound is 2^{bound.bit_length() - 1}",
                ruling(reader, lower_bound=np.uint64(1 << bits)),
            )
    yield "takes at most one word in a step: `if` where `while` belongs", ruling(reader, most=1)
    yield "takes a word in every step, needed or not", ruling(reader, least=1)
    yield (
        "holds the state against the lower bound as a signed number: states from 2^31 on count as negative",
        ruling(reader, signed=True),
    )


def _words(reader: Reader) -> Iterator[tuple[str, Mistake]]:
    size = reader.tensor.coder.word_bytes
    if size == 2:
        yield "exchanges the two bytes of each word", ruling(reader, swapped=True)
        yield "takes single bytes where words of 16 bits stand", ruling(reader, word_bytes=1)
        narrow: dict[str, Any] = {"word_bytes": 1, "lower_bound": np.uint64(1 << 23)}
        yield (
            "takes single bytes below 2^23, where words of 16 bits stand",
            ruling(reader, **narrow),
        )
        return
    yield "takes words of 16 bits where single bytes stand", ruling(reader, word_bytes=2)
    for swapped in (False, True):
        wide: dict[str, Any] = {
            "word_bytes": 2, "lower_bound": np.uint64(1 << 16), "swapped": swapped,
        }  # fmt: skip
        yield "takes words of 16 bits below 2^16, where single bytes stand", ruling(reader, **wide)


def _directions(reader: Reader) -> Iterator[tuple[str, Mistake]]:
    def turned(right: Reading) -> Reading:
        return replace(
            right, forward=not right.forward, at=right.end if right.forward else right.begin
        )

    told = "takes the words from the wrong end of the stream"
    yield f"{told}: {_way(reader)}", always(reader, turned)


def _way(reader: Reader) -> str:
    forward = reader.right(0)
    backwards = forward is None or not forward.forward
    return "forwards instead of backwards" if backwards else "backwards instead of forwards"


@dataclass(frozen=True)
class _Found:
    """A slip that explains the symbols behind it, in the tile where it was sought."""

    step: int
    kind: int
    amount: int


def slip_candidates(reader: Reader, shown: Shown) -> Candidates:
    """The usual slips at one step that make a tile's symbols go wrong where they do, the best first."""
    first, reading = shown.first_wrong, reader.right(shown.tile)
    if first and reading is not None:
        begin = max(0, first - (BACK + 2 * reader.tensor.interleaving.lanes))
        for slip in _slips(reader, reading, shown, (begin, first), _usual(reader)):
            yield from _slip_candidates(reader, shown, slip)


def value_candidates(reader: Reader, shown: Shown) -> Candidates:
    """As `slip_candidates`: the last word that a lane took before it went wrong was taken for another one."""
    reading = reader.right(shown.tile) if shown.first_wrong else None
    step = None if reading is None else _last_renormalisation(reader, reading, shown)
    if step is not None and reading is not None:
        for slip in _slips(reader, reading, shown, (step, step + 1), _values(reader, shown)):
            yield from _slip_candidates(reader, shown, slip)


def _slips(
    reader: Reader, reading: Reading, shown: Shown, steps: tuple[int, int], tries: Numbers
) -> list[_Found]:
    """Slips at some steps that explain what comes soon after."""
    start = reader.play(reading, shown.tile, last=steps[0])
    sought = shown.sought._replace(slack=SLACK // 4)
    found = reader.slips(reading, shown.tile, sought, start, steps[1], tries)
    order = np.lexsort((-found[:, 0], found[:, 3], -found[:, 4]))
    return [_Found(*found[i, :3].tolist()) for i in order[:BEST]]


def _last_renormalisation(reader: Reader, reading: Reading, shown: Shown) -> int | None:
    """The last step before the first wrong symbol in which that symbol's lane takes a word; None without one."""
    first, (lanes, run) = shown.first_wrong or 0, reader.tensor.interleaving
    near = np.arange(max(0, first - FEW * lanes), first)
    lane = reader.tensor.interleaving.lane_of(int(shown.order[first]))
    own = near[shown.order[near] % (lanes * run) // run == lane]
    before, last = reader.play(reading, shown.tile, last=0), None
    for step in own.tolist():
        before = reader.play(reading, shown.tile, last=step, start=before)
        behind = reader.play(reading, shown.tile, last=step + 1, start=before)
        last = step if behind.words > before.words else last
        before = behind
    return last


def _usual(reader: Reader) -> Numbers:
    """int64[m, 3]: the slips that are easily made: see `slip_trials.try_slips`."""
    size = reader.tensor.coder.word_bytes
    moves = sorted({*range(1, FARTHEST + 1), *(size * n for n in range(1, FARTHEST + 1)), *JUMPS})
    signed = sorted([*moves, *(-n for n in moves)], key=lambda n: (n % size != 0, abs(n), -n))
    tries = [(Slips.MISSED, 0, 1), (Slips.DOUBLED, 0, 0), *((Slips.MOVED, n, 1) for n in signed)]
    return np.array(tries, dtype=np.int64)


def _values(reader: Reader, shown: Shown) -> Numbers:
    """int64[m, 3]: the values that a word may have been taken for; one of 16 bits tells the next symbol."""
    coder = reader.tensor.coder
    values = np.arange(1 << coder.word_bits, dtype=np.int64)
    if coder.word_bits >= coder.scale_bits:
        wanted = shown.implied[shown.order[shown.first_wrong or 0]]
        owners = reader.table.lookup.symbols
        values = values[owners[values & (len(owners) - 1)] == wanted]
    tries = np.ones((len(values), 3), dtype=np.int64)
    tries[:, 0], tries[:, 1] = Slips.REPLACED, values
    return tries


def _slip_candidates(reader: Reader, shown: Shown, slip: _Found) -> Candidates:
    """What may be behind a slip: that it is made at one step of every tile, or at one word, or again and again."""
    where = _Where(reader, shown, slip)
    made = where.told

    def at(step: int, period: int = 0) -> Slip:
        return Slip(step, period, slip.kind, slip.amount)

    def at_step(tile: int) -> Reading | None:
        right = reader.right(tile)
        return None if right is None else replace(right, slip=at(slip.step))

    def at_word(tile: int) -> Reading | None:
        right = reader.right(tile)
        step = None if right is None else _step_of_word(reader, right, tile, where.words)
        if right is None or step is None:
            return right
        return replace(right, slip=at(step))

    yield Candidate(Fault.DESYNC, made, at_step)
    yield Candidate(
        Fault.DESYNC, f"{made}; in every stream this happens at word {where.words:,}", at_word
    )
    for period in _periods(slip.step):
        again = always(reader, _repeated(at(slip.step, period)))
        yield Candidate(Fault.DESYNC, f"{made}; it does so again every {period:,} steps", again)


def _repeated(slip: Slip) -> Any:
    return lambda right: replace(right, slip=slip)


def _periods(step: int) -> list[int]:
    """Steps after which a slip at `step` may come again: a multiple of it counts from the start."""
    return [period for period in (step, step + 1) if period > 1]


def _step_of_word(reader: Reader, right: Reading, tile: int, word: int) -> int | None:
    """The step in which a sound decoder takes word number `word`; None where it takes fewer."""
    if reader.play(right, tile).words <= word:
        return None
    before, high = reader.play(right, tile, last=0), reader.tensor.symbol_count(tile)
    while high - before.steps > 1:
        middle = (before.steps + high) // 2
        there = reader.play(right, tile, last=middle, start=before)
        if there.words <= word:
            before = there
        else:
            high = middle
    return before.steps


class _Where:
    """The place of a slip, in the terms of whoever has to find it in a decoder."""

    def __init__(self, reader: Reader, shown: Shown, slip: _Found) -> None:
        self._reader, self._shown, self._slip = reader, shown, slip
        reading = reader.right(shown.tile)
        assert reading is not None  # a slip was found in it
        self._before = reader.play(reading, shown.tile, last=slip.step)
        self._after = reader.play(reading, shown.tile, last=slip.step + 1, start=self._before)
        self._forward = reading.forward

    @property
    def words(self) -> int:
        """Words taken before the step."""
        return self._before.words

    @property
    def told(self) -> str:
        """What goes wrong, where."""
        shown, step = self._shown, self._slip.step
        first = shown.first_wrong or 0
        symbol = int(shown.order[step])
        wrong = int(shown.order[first])
        lane = self._reader.tensor.interleaving.lane_of(symbol)
        of_lane = f" of lane {lane:,}" if self._reader.tensor.interleaving.lanes > 1 else ""
        state = int(self._before.states[lane])
        return (
            f"is right up to symbol {wrong:,} of tile {shown.tile:,} and lost from there on: in step {step:,}, "
            f"behind symbol {symbol:,}{of_lane} (state {state:,} before it), it {self._mistake}"
        )

    @property
    def _mistake(self) -> str:
        taken, size = self._taken, self._reader.tensor.coder.word_bytes
        kind, amount = self._slip.kind, self._slip.amount
        if kind == Slips.MISSED:
            return f"misses the renormalisation, which takes {taken}"
        if kind == Slips.DOUBLED:
            return f"takes a word too many, where renormalisation takes {taken}"
        if kind == Slips.REPLACED:
            return (
                f"takes the word to be 0x{amount:0{2 * size}X}, where renormalisation takes {taken}"
            )
        many = f"{abs(amount):,} {'bytes' if abs(amount) > 1 else 'byte'}"
        if amount > 0:
            return f"skips {many} before it renormalises, which takes {taken}"
        again = "they are" if amount < -1 else "it is"
        return f"goes back by {many}, so that {again} read twice, before it renormalises, which takes {taken}"

    @property
    def _taken(self) -> str:
        """The bytes that a sound decoder takes there."""
        first, last = sorted((self._before.at, self._after.at))
        if first == last:
            place = self._before.at if self._forward else self._before.at - 1
            return f"none (the next is the one at byte {place:,} of the file)"
        data = self._reader.container.source.read(first, last - first)
        what = "byte" if len(data) == 1 else f"{len(data)} bytes"
        return f"the {what} {data.hex(' ').upper()} at byte {first:,} of the file"
