"""One rANS step in numbers: how the slot, the next state and the bytes follow from the state.

See the docstring of `codec.rans` for the formulas.
"""

from __future__ import annotations

from math import log2

from app.models.explanation.lanes import in_lane, stored_state
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
from app.models.explanation.recorded import Step, Word, unit, word_text, words_taken
from codec.container import Tensor
from codec.rans import Coder
from codec.trace import Trace


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
    step = Step.of(trace, row)
    words = words_taken(known, step, tensor.coder)
    return (
        Section("Symbol", (_symbol_line(step, tensor), _cost_line(step, tensor.coder))),
        Section("Slot", (_slot_line(step, tensor.coder), _owner_line(step, tensor))),
        Section("State", _state_lines(step, tensor, words)),
        Section(
            "Bytes", (_taken_line(step, tensor.coder, words), _unread_line(tensor, tile, step))
        ),
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


def _symbol_line(step: Step, tensor: Tensor) -> Line:
    link = Link(f"symbol {step.symbol}", table_entry(tensor, step.symbol))
    share = step.freq / tensor.table.total
    note = f"start {step.start:,}, frequency {step.freq:,} of {tensor.table.total:,}: {share:.2%}"
    return Line("symbol", (link,), note)


def _cost_line(step: Step, coder: Coder) -> Line:
    if not step.freq:
        return Line("cost", ("∞",), "a symbol of frequency 0 cannot be coded")
    bits = coder.scale_bits - log2(step.freq)
    return Line("cost", (f"{coder.scale_bits} - log2({step.freq:,}) = {bits:.3f} bits",))


def _slot_line(step: Step, coder: Coder) -> Line:
    slots = 1 << coder.scale_bits
    slot = step.state % slots
    text = f"{slot:,} = {step.state:,} mod {slots:,}"
    wrong = "" if slot == step.slot else f"but the trace says {step.slot:,}"
    return Line("slot", (text,), wrong)


def _owner_line(step: Step, tensor: Tensor) -> Line:
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


def _state_lines(step: Step, tensor: Tensor, words: tuple[Word, ...]) -> tuple[Line, ...]:
    coder = tensor.coder
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
    for word in words:
        if word.value is None:
            unread = f"its {unit(coder, len(words))} cannot be read"
            return (*lines, Line("renormalised", (f"{step.after:,}",), unread))
        lines.append(_shift_line(state, word.value, coder))
        state = (state << coder.word_bits) | word.value
    if not words:
        lines.append(_unshifted_line(state, coder))
    return (*lines, _after_line(step, state, tensor.interleaving.lanes))


def _unshifted_line(state: int, coder: Coder) -> Line:
    text = f"{state:,} ≥ L = {coder.lower_bound:,}"
    if state < coder.lower_bound:
        text = f"{state:,} < L = {coder.lower_bound:,}, yet nothing was read"
    return Line("renormalised", (text,), f"so no {unit(coder)} is taken")


def _in_band(state: int, coder: Coder) -> str:
    sound = coder.lower_bound <= state < coder.upper_bound
    band = f"L = {coder.lower_bound:,} … {coder.upper_bound - 1:,}"
    return f"{'inside' if sound else 'OUTSIDE'} {band}"


def _shift_line(state: int, word: int, coder: Coder) -> Line:
    shifted = (state << coder.word_bits) | word
    if state >= coder.lower_bound:
        text = f"{state:,} ≥ L, yet a {unit(coder)} was taken: {shifted:,}"
    else:
        moved = f"<< {coder.word_bits} | 0x{word_text(coder, word)}"
        text = f"{state:,} < L = {coder.lower_bound:,}, so {moved} = {shifted:,}"
    return Line("renormalised", (text,))


def _after_line(step: Step, computed: int, lanes: int) -> Line:
    text = f"{computed:,} = 0x{computed:08X}"
    if computed == step.after:
        whose = "the next step" if lanes == 1 else "the lane's next step"
        return Line("after", (text,), f"the state that {whose} starts from")
    return Line("after", (text,), f"but the trace says {step.after:,} = 0x{step.after:08X}")


def _taken_line(step: Step, coder: Coder, words: tuple[Word, ...]) -> Line:
    if not step.size:
        return Line("taken", ("none",), "the state stayed at L or above")
    parts: list[Part] = []
    for word in words:
        parts += [", " if parts else "", f"{word_text(coder, word.value)} at "]
        parts.append(_offset_link(word.offset))
    count = f"{len(words):,} {unit(coder, len(words))}"
    if coder.word_bytes > 1:
        count += f" of {coder.word_bytes} bytes, the low byte first"
    elif len(words) > 1 and not step.forward:
        count += ", the later in the file first"
    return Line("taken", tuple(parts), count)


def byte_parts(known: Known, tensor: Tensor, row: int) -> tuple[Part, ...]:
    """What a step took in a few words, for the chain."""
    if known.trace is None:
        return ()
    step, coder = Step.of(known.trace, row), tensor.coder
    if not step.size:
        return (f"no {unit(coder)}",)
    count = step.size // coder.word_bytes
    return f"{count} {unit(coder, count)} at ", _offset_link(step.position)


def _offset_link(offset: int) -> Link:
    return Link(f"{offset:,} ({hexadecimal(offset)})", ToBytes(offset))


def _unread_line(tensor: Tensor, tile: int, step: Step) -> Line:
    record = tensor.tiles[tile]
    begin, end = int(record["offset"]) + 4, int(record["offset"]) + int(record["size"])
    left = end - step.position - step.size if step.forward else step.first_byte - begin
    return Line("left", (f"{left:,}",), "bytes of the stream after this step")


def _neighbours(known: Known, tensor: Tensor, tile: int, row: int, step: Step) -> tuple[Line, ...]:
    """Where to go from here; at the ends of the stream, what stands there."""
    index = int(known.trace["symbol_index"][row]) if known.trace is not None else 0
    lines = []
    if step.number:
        lines.append(Line("previous", (_step_link(known, tensor, tile, row, -1),)))
    if in_lane(tensor, tile, index, -1) is None:
        lines.append(_first_line(tensor, tile, step))
    if in_lane(tensor, tile, index, 1) is None:
        lines.append(_last_line(step, tensor))
    if step.number + 1 < tensor.symbol_count(tile):
        lines.append(Line("next", (_step_link(known, tensor, tile, row, 1),)))
    if known.trace_note:
        lines.append(Line("trace", ("ends early",), known.trace_note))
    return tuple(lines)


def _step_link(known: Known, tensor: Tensor, tile: int, row: int, distance: int) -> Link | str:
    """Leads to the step before or behind; by its row where it is in the trace."""
    trace = known.trace
    if trace is None:
        return "?"
    number = int(trace["step"][row]) + distance
    if 0 <= row + distance < len(trace):
        symbol = int(trace["symbol_index"][row + distance])
    else:
        symbol = tensor.interleaving.symbol_of(number, tensor.symbol_count(tile))
    return Link(f"step {number:,}", ToSymbol(tile, symbol))


def _first_line(tensor: Tensor, tile: int, step: Step) -> Line:
    offset = stored_state(tensor, tile, step.lane)
    link = Link(f"{offset:,} ({hexadecimal(offset)})", ToBytes(offset, 4))
    lane = (
        "the first step" if tensor.interleaving.lanes == 1 else f"lane {step.lane:,}'s first step"
    )
    note = f"{lane} starts from the encoder's last state, stored there"
    return Line(_outer("previous", tensor), (f"{step.state:,} at ", link), note)


def _last_line(step: Step, tensor: Tensor) -> Line:
    bound = tensor.coder.lower_bound
    sound = step.after == bound
    whose = "a sound stream" if tensor.interleaving.lanes == 1 else "each lane of a sound stream"
    note = f"the last step of {whose} ends in L" + ("" if sound else ", this one does not")
    return Line(
        _outer("next", tensor), (f"{step.after:,} {'=' if sound else '≠'} L = {bound:,}",), note
    )


def _outer(label: str, tensor: Tensor) -> str:
    """What stands before a stream's only lane, or behind it, takes the place of a step."""
    if tensor.interleaving.lanes == 1:
        return label
    return "lane begins" if label == "previous" else "lane ends"
