"""Front ends that take a wrong table, or find the wrong symbol in it: `frequency-table`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.diagnosis.finding import Fault
from codec.diagnosis.streams.candidate import Candidate, Candidates, always, setting
from codec.diagnosis.streams.reading import Reader, Reading
from codec.diagnosis.streams.slot_tables import SlotTable, owned, slot_table
from codec.diagnosis.streams.weighing import Shown
from codec.errors import SourceError
from codec.frequency import SYMBOLS, prefix_sums

Numbers = NDArray[np.int64]

FORGIVEN = 8
"""One in so many first symbols of lanes may be another than a table's."""


class Wrong(NamedTuple):
    """A table as a decoder takes it by mistake: int64[256] each."""

    detail: str
    frequencies: Numbers
    starts: Numbers


def table_candidates(reader: Reader, shown: Shown) -> Candidates:
    """Every way known to get the table wrong that fits the first symbols of a tile, the likelier first."""
    first = _FirstSymbols(reader, shown)
    for wrong in (
        *_shifted(reader),
        *_misread(reader),
        *_other_tables(reader),
        *_cut(reader, shown),
    ):
        for detail, table in _completed(wrong, reader, first):
            yield Candidate(Fault.FREQUENCY_TABLE, detail, setting(reader, table=table))
    yield from _scales(reader)


class _FirstSymbols:
    """The first symbol of each lane, which depends on nothing but its stored state and who owns which slot."""

    def __init__(self, reader: Reader, shown: Shown) -> None:
        reading = reader.right(shown.tile)
        first = shown.order[: min(reader.tensor.interleaving.lanes, len(shown.order))]
        known = shown.valid[first]
        states = np.zeros(0, dtype=np.uint64) if reading is None else reading.states
        slots = states[: len(first)] & reader.rules.slot_mask
        self._slots: Numbers = slots.astype(np.int64)[known]
        self._wanted = shown.implied[first][known]

    def fit(self, owners: Numbers) -> bool:
        """Whether nearly all of them are those of a table, int64[slots]."""
        missed = int(np.count_nonzero(owners[self._slots] != self._wanted))
        return missed <= len(self._slots) // FORGIVEN


def _completed(
    wrong: Wrong, reader: Reader, first: _FirstSymbols
) -> Iterator[tuple[str, SlotTable]]:
    """The table by slot, for each thing that a decoder may do with slots that it gives to no symbol."""
    detail, frequencies, starts = wrong
    owners = owned(frequencies, starts, reader.tensor.table.total, -1)
    unowned = owners < 0
    used = np.flatnonzero(frequencies)
    heirs = {0, int(used[-1]) if len(used) else 0, SYMBOLS - 1} if unowned.any() else {0}
    for symbol in sorted(heirs):
        found = np.where(unowned, symbol, owners)
        if not first.fit(found):
            continue
        table = slot_table(found, frequencies, starts)
        yield detail, table
        if unowned.any() and symbol == 0:
            steps, rests = table.lookup.freqs.copy(), table.lookup.rests.copy()
            steps[unowned], rests[unowned] = 0, 0
            yield detail, SlotTable.of(found, steps.astype(np.int64), rests.astype(np.int64))


def _shifted(reader: Reader) -> Iterator[Wrong]:
    """Entries in the wrong place."""
    table = reader.tensor.table
    freqs, starts = table.frequencies, table.starts
    for by, what in ((1, "one before it"), (-1, "one behind it")):
        rolled = np.roll(freqs, by)
        told = f"takes for each symbol the table's entry of the {what}: the table is shifted by one"
        yield Wrong(told, rolled, np.roll(starts, by))
        yield Wrong(told, rolled, prefix_sums(rolled))
        yield Wrong(
            f"takes for each symbol the frequency of the {what}, but its own start: the frequencies are shifted by one",
            rolled,
            starts,
        )
        yield Wrong(
            f"takes for each symbol the start of the {what}, but its own frequency: the starts are shifted by one",
            freqs,
            np.roll(starts, by),
        )
    inclusive = "sums the starts inclusively: a symbol's start holds its own frequency, too, as if it were its end"
    yield Wrong(inclusive, freqs, np.cumsum(freqs))
    yield Wrong("exchanges start and frequency of the table's entries", starts, freqs)
    yield Wrong(
        "takes every symbol for equally frequent instead of reading the table",
        *_even(table.total),
    )


def _even(total: int) -> tuple[Numbers, Numbers]:
    each = np.full(SYMBOLS, total // SYMBOLS, dtype=np.int64)
    return each, prefix_sums(each)


def _cut(reader: Reader, shown: Shown) -> Iterator[Wrong]:
    """Entries that are not read, or read short."""
    table = reader.tensor.table
    freqs, starts = table.frequencies, table.starts
    low, exact = freqs & 0xFF, "reads only the low byte of each frequency"
    if (low != freqs).any():
        yield Wrong(exact, low, starts)
        yield Wrong(f"{exact}, and sums the starts from these", low, prefix_sums(low))
    numbers = np.arange(SYMBOLS)
    before, first = _symbols_to(shown)
    # What comes out right was read, and what comes out wrong first was not.
    for count in _by_tidiness(range(max(before, default=-1) + 1, first + 1)):
        kept = numbers < count
        told = (
            f"reads only the first {count} entries of the table; symbols from {count} on have none"
        )
        yield Wrong(told, freqs * kept, starts * kept)
    for count in _by_tidiness(range(first + 1, min(before, default=SYMBOLS) + 1)):
        kept = numbers >= count
        yield Wrong(
            f"leaves out the first {count} entries of the table", freqs * kept, starts * kept
        )


def _symbols_to(shown: Shown) -> tuple[set[int], int]:
    """The true symbols before the first wrong one, and the true one in its place."""
    first = shown.first_wrong or 0
    return set(shown.true[shown.order[:first]].tolist()), int(shown.true[shown.order[first]])


def _by_tidiness(counts: range) -> list[int]:
    """Counts of entries, those that are mistaken for the whole most often first: the roundest."""
    return sorted((n for n in counts if 0 < n < SYMBOLS), key=lambda n: (-(n & -n), n))


def _misread(reader: Reader) -> Iterator[Wrong]:
    """The table's bytes taken from the wrong place, or as numbers of another size."""
    offset, size = reader.tensor.table_span
    paired = size == 4 * SYMBOLS
    near = sorted((n for n in range(-16, 17) if n), key=abs)
    for off in (*near, 40, -40, 64, -64):
        where = "before" if off < 0 else "behind"
        many = "byte" if abs(off) == 1 else "bytes"
        entries = _numbers(reader, offset + off, "<u2", size // 2)
        if entries is not None:
            yield _parsed(f"reads the table {abs(off)} {many} {where} its place", entries, paired)
    for kind, count, told in (
        (">u2", size // 2, "reads the table's numbers in the wrong byte order"),
        ("<u1", size // 2, "reads the table's 16-bit numbers as single bytes"),
        ("<u4", size // 2, "reads the table's 16-bit numbers as numbers of 32 bits"),
    ):
        entries = _numbers(reader, offset, kind, count)
        if entries is not None:
            yield _parsed(told, entries, paired)


def _numbers(reader: Reader, offset: int, kind: str, count: int) -> Numbers | None:
    """int64[count] of the file; None outside of it."""
    try:
        found = reader.container.source.array(offset, np.dtype(kind), count)
    except SourceError:
        return None
    return np.minimum(found.astype(np.int64), 1 << 20)


def _parsed(detail: str, numbers: Numbers, paired: bool) -> Wrong:
    """A table of numbers: start and frequency in turn, or the frequencies alone."""
    if paired:
        return Wrong(detail, numbers[1::2].copy(), numbers[::2].copy())
    return Wrong(detail, numbers, prefix_sums(numbers))


def _other_tables(reader: Reader) -> Iterator[Wrong]:
    """The tables of other tensors of the file."""
    for tensor in reader.container.tensors:
        if tensor.index != reader.tensor.index and len(tensor.table.frequencies) == SYMBOLS:
            told = f"takes the table of another tensor, {tensor.name}"
            yield Wrong(told, tensor.table.frequencies, tensor.table.starts)


def _scales(reader: Reader) -> Candidates:
    """Another number of slots than the table's."""
    bits = reader.tensor.table.scale_bits
    for wrong in (n for n in range(8, 17) if n != bits):
        mask, scale = np.uint64((1 << wrong) - 1), np.uint64(wrong)
        wide = _widened(reader.table, 1 << max(wrong, bits))
        told = f"takes the table to have 2^{wrong} slots, where it has 2^{bits}"
        for detail, rules in (
            (told, {"slot_mask": mask, "scale_bits": scale}),
            (
                f"takes {wrong} bits of the state for the slot, where it should take {bits}",
                {"slot_mask": mask},
            ),
            (
                f"takes {wrong} bits off the state in a step, where it should take {bits}",
                {"scale_bits": scale},
            ),
        ):
            change = _with_table(wide, rules)
            yield Candidate(Fault.FREQUENCY_TABLE, detail, always(reader, change))


def _with_table(table: SlotTable, rules: dict[str, Any]) -> Callable[[Reading], Reading]:
    return lambda right: replace(right, table=table, rules=right.rules._replace(**rules))


def _widened(table: SlotTable, slots: int) -> SlotTable:
    """The table with more slots: those behind the last are its last one's."""
    look = table.lookup
    places = np.minimum(np.arange(slots), len(look.symbols) - 1)
    return SlotTable.of(
        look.symbols[places].astype(np.int64),
        look.freqs[places].astype(np.int64),
        look.rests[places].astype(np.int64),
    )
