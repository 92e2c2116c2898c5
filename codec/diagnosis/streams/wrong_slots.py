"""Front ends that have the right table and take the wrong thing out of it: `frequency-table`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from codec.diagnosis.finding import Fault
from codec.diagnosis.streams.candidate import Candidate, Candidates, setting
from codec.diagnosis.streams.reading import Reader
from codec.diagnosis.streams.slot_tables import SlotTable, owned, slot_table
from codec.frequency import SYMBOLS


def slot_candidates(reader: Reader) -> Candidates:
    """Every way known to find the wrong symbol for a slot, or to step with the wrong numbers, the likelier first."""
    for detail, table in (*_searches(reader), *_arithmetic(reader)):
        yield Candidate(Fault.FREQUENCY_TABLE, detail, setting(reader, table=table))


def _searches(reader: Reader) -> Iterator[tuple[str, SlotTable]]:
    """The right table, in which the wrong symbol is found for a slot."""
    table = reader.tensor.table
    freqs, starts = table.frequencies, table.starts
    owners = owned(freqs, starts, table.total)
    slots = np.arange(table.total, dtype=np.int64)
    begins = slots == starts[owners]
    before = np.concatenate([owners[:1], owners[:-1]])
    behind = np.concatenate([owners[1:], owners[-1:]])
    first = "at a symbol's first slot takes the symbol before it: it searches the starts with < where ≤ belongs"
    for found in (before, np.where(begins, np.maximum(owners - 1, 0), owners)):
        yield first, slot_table(np.where(begins, found, owners), freqs, starts)
    last = (
        "at a symbol's last slot takes the symbol behind it: the search for a slot goes one too far"
    )
    yield last, slot_table(behind, freqs, starts)
    yield (
        last,
        slot_table(np.where(behind != owners, np.minimum(owners + 1, 255), owners), freqs, starts),
    )
    lowest = np.searchsorted(starts, starts[owners], side="left").astype(np.int64)
    if (lowest != owners).any():
        told = "finds the first of several symbols with one start, though those before the last own no slot"
        yield told, slot_table(lowest, freqs, starts)
    for by, what in ((1, "behind"), (-1, "before")):
        moved = np.clip(owners + by, 0, SYMBOLS - 1)
        told = f"finds the symbol one {what} the right one"
        yield f"{told}, with its frequency and start", slot_table(moved, freqs, starts)
        yield (
            f"{told}, but goes on with the right frequency and start",
            SlotTable.of((owners + by) & 0xFF, freqs[owners], slots - starts[owners]),
        )


def _arithmetic(reader: Reader) -> Iterator[tuple[str, SlotTable]]:
    """The right symbol, and a step that takes the wrong numbers of it."""
    table = reader.tensor.table
    freqs, starts = table.frequencies, table.starts
    owners = owned(freqs, starts, table.total)
    slots = np.arange(table.total, dtype=np.int64)
    own, rests = freqs[owners], slots - starts[owners]
    yield "does not subtract the symbol's start from the slot", SlotTable.of(owners, own, slots)
    yield "leaves out slot - start when it steps", SlotTable.of(owners, own, np.zeros_like(slots))
    yield (
        "adds the symbol's start instead of subtracting it",
        SlotTable.of(owners, own, slots + starts[owners]),
    )
    ends = (starts + freqs)[owners]
    yield "subtracts the symbol's end instead of its start", SlotTable.of(owners, own, slots - ends)
    for by in (1, -1):
        yield (
            f"takes each frequency for {abs(by)} {'more' if by > 0 else 'less'} than it is",
            SlotTable.of(owners, own + by, rests),
        )
    for by in (1, -1):
        neighbour = np.clip(owners + by, 0, SYMBOLS - 1)
        where = "behind" if by > 0 else "before"
        yield (
            f"steps with the frequency of the symbol {where} the right one",
            SlotTable.of(owners, freqs[neighbour], rests),
        )
        yield (
            f"steps with the start of the symbol {where} the right one",
            SlotTable.of(owners, own, slots - starts[neighbour]),
        )
