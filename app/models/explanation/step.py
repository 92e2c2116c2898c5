"""One rANS step in numbers: how the slot, the next state and the bytes follow from the state.

See the docstring of `codec.rans` for the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from app.models.explanation.parts import (
    Known,
    Line,
    Link,
    Part,
    Section,
    ToBytes,
    ToSymbol,
    hexadecimal,
    table_entry,
)
from codec.container import Tensor
from codec.errors import SourceError
from codec.rans import Coder
from codec.trace import Trace


@dataclass(frozen=True)
class _Step:
    """One row of a trace, as Python integers."""

    number: int
    state: int
    slot: int
    symbol: int
    freq: int
    start: int
    after: int
    position: int
    size: int

    @classmethod
    def of(cls, trace: Trace, row: int) -> _Step:
        names = ("step", "state_before", "slot", "symbol", "freq", "start", "state_after")
        return cls(*(int(trace[name][row]) for name in (*names, "position", "bytes_read")))

    def reduced(self, coder: Coder) -> int:
        """The state once the symbol is taken off, before renormalisation."""
        return self.freq * (self.state >> coder.scale_bits) + self.slot - self.start


def step_sections(
    known: Known, tensor: Tensor, tile: int, index: int, symbol: int | None
) -> tuple[Section, ...]:
    """Symbol, slot, state, bytes, and the steps beside this one; or why they are not known."""
    trace = known.trace
    row = None if trace is None else trace.row_of_symbol(index)
    if trace is None or row is None:
        entry = () if symbol is None else (_entry_line(tensor, symbol),)
        why = Line("trace", ("—",), _why_no_step(known, tensor))
        return (Section("Step", (*entry, why, *_last_recorded(trace, tile))),)
    step = _Step.of(trace, row)
    data = _bytes_taken(known, step)
    return (
        Section("Symbol", (_symbol_line(step, tensor), _cost_line(step, tensor.coder))),
        Section("Slot", (_slot_line(step, tensor.coder), _owner_line(step, tensor))),
        Section("State", _state_lines(step, tensor.coder, data)),
        Section("Bytes", (_bytes_line(step, data), _unread_line(tensor, tile, step))),
        Section("Steps beside it", _neighbours(known, tensor, tile, row, step)),
    )


def _why_no_step(known: Known, tensor: Tensor) -> str:
    if tensor.refusal:
        return f"there is none: {tensor.refusal}"
    if known.trace is None and not known.trace_note:
        return "the trace is being computed; slot, state and bytes follow"
    if known.trace_note:
        return known.trace_note
    return "this step is outside the part of the stream that has been traced; it is being computed"


def _last_recorded(trace: Trace | None, tile: int) -> tuple[Line, ...]:
    """Where a stream that ends early has stopped."""
    if trace is None or not trace.stopped or not len(trace):
        return ()
    step, symbol = int(trace["step"][-1]), int(trace["symbol_index"][-1])
    return (Line("last step", (Link(f"step {step:,}", ToSymbol(tile, symbol)),), "before that"),)


def _entry_line(tensor: Tensor, symbol: int) -> Line:
    link = Link(f"symbol {symbol}", table_entry(tensor, symbol))
    freq = int(tensor.table.frequencies[symbol])
    return Line("symbol", (link,), f"frequency {freq:,} of {tensor.table.total:,}")


def _symbol_line(step: _Step, tensor: Tensor) -> Line:
    link = Link(f"symbol {step.symbol}", table_entry(tensor, step.symbol))
    share = step.freq / tensor.table.total
    note = f"start {step.start:,}, frequency {step.freq:,} of {tensor.table.total:,}: {share:.2%}"
    return Line("symbol", (link,), note)


def _cost_line(step: _Step, coder: Coder) -> Line:
    if not step.freq:
        return Line("cost", ("∞",), "a symbol of frequency 0 cannot be coded")
    bits = coder.scale_bits - log2(step.freq)
    return Line("cost", (f"{coder.scale_bits} - log2({step.freq:,}) = {bits:.3f} bits",))


def _slot_line(step: _Step, coder: Coder) -> Line:
    slots = 1 << coder.scale_bits
    slot = step.state % slots
    text = f"{slot:,} = {step.state:,} mod {slots:,}"
    wrong = "" if slot == step.slot else f"but the trace says {step.slot:,}"
    return Line("slot", (text,), wrong)


def _owner_line(step: _Step, tensor: Tensor) -> Line:
    end = step.start + step.freq
    text = f"{step.start:,} ≤ {step.slot:,} < {step.start:,} + {step.freq:,} = {end:,}"
    note = f"so symbol {step.symbol} owns it"
    if not step.start <= step.slot < end:
        text = f"{step.slot:,} is not in {step.start:,} … {end - 1:,}"
        note = f"yet the trace says that symbol {step.symbol} owns it"
    owned = int(tensor.table.frequencies[step.symbol]), int(tensor.table.starts[step.symbol])
    if owned != (step.freq, step.start):
        note += f"; the file's table says start {owned[1]:,}, frequency {owned[0]:,}"
    return Line("owner", (text,), note)


def _state_lines(step: _Step, coder: Coder, data: bytes | None) -> tuple[Line, ...]:
    quotient, state = step.state >> coder.scale_bits, step.reduced(coder)
    offset = step.slot - step.start
    lines = [
        Line("before", (f"{step.state:,} = 0x{step.state:08X}",), _in_band(step.state, coder)),
        Line(
            "reduced",
            (
                f"{step.freq:,}·({step.state:,} >> {coder.scale_bits}) + {step.slot:,} - "
                f"{step.start:,} = {step.freq:,}·{quotient:,} + {offset:,} = {state:,}",
            ),
            "freq·(state >> scale bits) + slot - start",
        ),
    ]
    if data is None:
        lines.append(Line("renormalised", (f"{step.after:,}",), "its bytes cannot be read"))
        return tuple(lines)
    for byte in data:
        lines.append(_shift_line(state, byte, coder))
        state = (state << 8) | byte
    if not data:
        text = f"{state:,} ≥ L = {coder.lower_bound:,}"
        if state < coder.lower_bound:
            text = f"{state:,} < L = {coder.lower_bound:,}, yet nothing was read"
        lines.append(Line("renormalised", (text,), "so no byte is taken"))
    lines.append(_after_line(step, state))
    return tuple(lines)


def _in_band(state: int, coder: Coder) -> str:
    sound = coder.lower_bound <= state < coder.upper_bound
    band = f"L = {coder.lower_bound:,} … {coder.upper_bound - 1:,}"
    return f"{'inside' if sound else 'OUTSIDE'} {band}"


def _shift_line(state: int, byte: int, coder: Coder) -> Line:
    shifted = (state << 8) | byte
    if state >= coder.lower_bound:
        text = f"{state:,} ≥ L, yet a byte was taken: {shifted:,}"
    else:
        text = f"{state:,} < L = {coder.lower_bound:,}, so << 8 | 0x{byte:02X} = {shifted:,}"
    return Line("renormalised", (text,))


def _after_line(step: _Step, computed: int) -> Line:
    text = f"{computed:,} = 0x{computed:08X}"
    if computed == step.after:
        return Line("after", (text,), "the state that the next step starts from")
    return Line("after", (text,), f"but the trace says {step.after:,} = 0x{step.after:08X}")


def _bytes_taken(known: Known, step: _Step) -> bytes | None:
    """The bytes of a step in the order in which it took them; None where they cannot be read."""
    if not step.size:
        return b""
    try:
        return known.container.source.read(step.position - step.size + 1, step.size)[::-1]
    except SourceError:
        return None


def _bytes_line(step: _Step, data: bytes | None) -> Line:
    if not step.size:
        return Line("taken", ("none",), "the state stayed at L or above")
    parts: list[Part] = []
    for number in range(step.size):
        shown = "??" if data is None else f"{data[number]:02X}"
        offset = step.position - number
        parts += [", " if number else "", f"{shown} at ", _offset_link(offset)]
    count = "1 byte" if step.size == 1 else f"{step.size} bytes, the later in the file first"
    return Line("taken", tuple(parts), count)


def byte_parts(known: Known, row: int) -> tuple[Part, ...]:
    """The bytes that a step took in a few words, for the chain."""
    if known.trace is None:
        return ()
    step = _Step.of(known.trace, row)
    if not step.size:
        return ("no byte",)
    count = "1 byte" if step.size == 1 else f"{step.size} bytes"
    return f"{count} at ", _offset_link(step.position)


def _offset_link(offset: int) -> Link:
    return Link(f"{offset:,} ({hexadecimal(offset)})", ToBytes(offset))


def _unread_line(tensor: Tensor, tile: int, step: _Step) -> Line:
    begin = int(tensor.tiles["offset"][tile]) + 4
    left = step.position - step.size + 1 - begin
    return Line("left", (f"{left:,}",), "bytes of the stream after this step")


def _neighbours(known: Known, tensor: Tensor, tile: int, row: int, step: _Step) -> tuple[Line, ...]:
    """Where to go from here; at the ends of the stream, what stands there."""
    before, after = _first_line(tensor, tile, step), _last_line(step, tensor.coder)
    if step.number:
        before = Line("previous", (_step_link(known, tile, row, step.number, -1),))
    if step.number + 1 < tensor.symbol_count(tile):
        after = Line("next", (_step_link(known, tile, row, step.number, 1),))
    if known.trace_note:
        return before, after, Line("trace", ("ends early",), known.trace_note)
    return before, after


def _step_link(known: Known, tile: int, row: int, number: int, distance: int) -> Link:
    """Leads to the step before or behind; by its row where it is in the trace."""
    symbol, trace = number + distance, known.trace
    if trace is not None and 0 <= row + distance < len(trace):
        symbol = int(trace["symbol_index"][row + distance])
    return Link(f"step {number + distance:,}", ToSymbol(tile, symbol))


def _first_line(tensor: Tensor, tile: int, step: _Step) -> Line:
    record = tensor.tiles[tile]
    offset = int(record["offset"]) + int(record["size"]) - 4
    link = Link(f"{offset:,} ({hexadecimal(offset)})", ToBytes(offset, 4))
    note = "the first step starts from the encoder's last state, stored there"
    return Line("previous", (f"{step.state:,} at ", link), note)


def _last_line(step: _Step, coder: Coder) -> Line:
    sound = step.after == coder.lower_bound
    note = "the last step of a sound stream ends in L" + ("" if sound else ", this one does not")
    return Line(
        "next", (f"{step.after:,} {'=' if sound else '≠'} L = {coder.lower_bound:,}",), note
    )
