"""The arithmetic of one step of a coder, each formula with its symbols and with its numbers.

See the docstring of `codec.rans` for the formulas. All is computed anew from the state that the step began with, so
that a decoder that computes otherwise is found out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from app.debug_standing import Standing
from codec.container import Tensor
from codec.rans import Coder
from codec.stepping.walk import Direction
from codec.trace import Trace

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Formula:
    """One line of the arithmetic.

    Attributes:
        name: what it computes.
        symbols: with letters.
        numbers: with the numbers of the step.
        note: what follows, or what is wrong.
        wrong: whether the step's own numbers do not follow from it.
    """

    name: str
    symbols: str
    numbers: str
    note: str = ""
    wrong: bool = False


@dataclass(frozen=True)
class StepRow:
    """One step as plain integers.

    Attributes:
        number: of the step.
        lane: that takes it.
        place: of its symbol in the tile.
        before, after: the lane's state.
        slot, symbol, freq, start: as the trace has them.
        offsets: of the words that it takes in or moves out, in that order.
    """

    number: int
    lane: int
    place: int
    before: int
    after: int
    slot: int
    symbol: int
    freq: int
    start: int
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, trace: Trace, row: int, coder: Coder) -> StepRow:
        """The step in a row of a walk's trace."""
        names = (
            "step", "lane", "symbol_index", "state_before", "state_after", "slot", "symbol",
            "freq", "start",
        )  # fmt: skip
        number, lane, place, before, after, slot, symbol, freq, start = (
            int(trace[name][row]) for name in names
        )
        offset, size = trace.bytes_of_row(row)
        width = coder.word_bytes
        words = range(offset, offset + size // width * width, width)
        ordered = tuple(words if trace.forward else reversed(words))
        return cls(number, lane, place, before, after, slot, symbol, freq, start, ordered)


def formulas(tensor: Tensor, direction: Direction, step: StepRow) -> tuple[Formula, ...]:
    """What a step computes, line by line, in the order in which it does."""
    if direction is Direction.DECODE:
        return _decoding(step, tensor.coder)
    return _encoding(step, tensor.coder)


def headline(tensor: Tensor, tile: int, direction: Direction, step: StepRow) -> str:
    """What a step does, as a sentence."""
    verb = "decodes" if direction is Direction.DECODE else "encodes"
    lane = f" with lane {step.lane:,}" if tensor.interleaving.lanes > 1 else ""
    return f"Step {step.number:,} {verb} symbol {step.symbol}{lane}: {place_words(tensor, tile, step.place)}."


def end_sentence(standing: Standing) -> str:
    """What is left of a coder that has taken its last step."""
    bound, states = standing.tensor.coder.lower_bound, standing.moment.states
    if standing.stopped:
        return f"The coder cannot go on: {standing.stopped}."
    if standing.course.direction is Direction.ENCODE:
        many = "state is" if len(states) == 1 else f"states of all {len(states):,} lanes are"
        return f"No step is left: the last {many} stored with the stream, for the decoder to begin with."
    off = sum(state != bound for state in states)
    if not off:
        return (
            f"No step is left: {_all_states(states)} L = {bound:,} again, as a sound stream ends."
        )
    if len(states) == 1:
        return f"No step is left, but the state is {states[0]:,} and not L = {bound:,}."
    return f"No step is left, but {off:,} of {len(states):,} lanes do not end in L = {bound:,}."


def _all_states(states: tuple[int, ...]) -> str:
    return "the state is" if len(states) == 1 else "the states of all lanes are"


def place_words(tensor: Tensor, tile: int, place: int) -> str:
    """Where the weight of a symbol stands in the matrix."""
    weight = tensor.weight_of(tile, place)
    if weight is None:
        return "padding beyond the matrix"
    return f"the weight in row {weight[0]:,}, column {weight[1]:,}"


def _decoding(step: StepRow, coder: Coder) -> tuple[Formula, ...]:
    slots = 1 << coder.scale_bits
    slot = step.before % slots
    reduced = step.freq * (step.before >> coder.scale_bits) + step.slot - step.start
    return (
        _checked(
            Formula("slot", "x mod M", f"{step.before:,} mod {slots:,} = {slot:,}"),
            slot, step.slot,
        ),
        _owner(step),
        Formula(
            "state",
            "f·⌊x / M⌋ + slot − start",
            f"{step.freq:,}·{step.before >> coder.scale_bits:,} + {step.slot:,} − {step.start:,} = {reduced:,}",
        ),
        *_taken(step, coder, reduced),
        _cost(step, coder),
    )  # fmt: skip


def _owner(step: StepRow) -> Formula:
    end = step.start + step.freq
    owns = step.start <= step.slot < end
    return Formula(
        "symbol",
        "start ≤ slot < start + f",
        f"{step.start:,} ≤ {step.slot:,} < {step.start:,} + {step.freq:,} = {end:,}",
        f"so symbol {step.symbol}" if owns else f"is false, yet symbol {step.symbol} was decoded",
        not owns,
    )


def _taken(step: StepRow, coder: Coder, state: int) -> tuple[Formula, ...]:
    """What a decoder's renormalisation does, word by word; the words are those that its state has swallowed."""
    lines, bound, count = [], coder.lower_bound, len(step.offsets)
    power = f"2{str(coder.word_bits).translate(SUPERSCRIPTS)}"
    for number, offset in enumerate(step.offsets):
        word = step.after >> coder.word_bits * (count - 1 - number) & (1 << coder.word_bits) - 1
        shifted = (state << coder.word_bits) | word
        low = state < bound
        lines.append(
            Formula(
                "renormalise",
                f"x < L: x·{power} + {unit(coder)}",
                f"{state:,} {'<' if low else '≥'} {bound:,}: {state:,}·{1 << coder.word_bits:,} + "
                f"{word:,} = {shifted:,}",
                f"{unit(coder)} {_hex(word, coder)} at offset {offset:,}"
                + ("" if low else ", though the state was large enough"),
                not low,
            )
        )
        state = shifted
    if not lines:
        enough = state >= bound
        lines.append(
            Formula(
                "renormalise",
                f"x ≥ L: no {unit(coder)}",
                f"{state:,} {'≥' if enough else '<'} {bound:,}",
                "" if enough else f"yet no {unit(coder)} was taken",
                not enough,
            )
        )
    lines[-1] = _checked(lines[-1], state, step.after)
    return tuple(lines)


def _encoding(step: StepRow, coder: Coder) -> tuple[Formula, ...]:
    slots, lines, state = 1 << coder.scale_bits, *_moved(step, coder)
    freq = max(step.freq, 1)
    after = (state // freq) * slots + state % freq + step.start
    power = Formula(
        "state",
        "⌊x / f⌋·M + x mod f + start",
        f"⌊{state:,} / {step.freq:,}⌋·{slots:,} + {state % freq:,} + {step.start:,} = {after:,}",
    )
    slot = Formula(
        "slot",
        "x mod M",
        f"{after:,} mod {slots:,} = {after % slots:,}",
        "which the decoder will find",
    )
    return (
        Formula("symbol", "f, start", f"{step.freq:,}, {step.start:,}", f"of symbol {step.symbol}"),
        *lines,
        _checked(power, after, step.after),
        slot,
        _cost(step, coder),
    )


def _moved(step: StepRow, coder: Coder) -> tuple[tuple[Formula, ...], int]:
    """What an encoder's renormalisation does, word by word, and the state that is left."""
    lines, state, most = [], step.before, coder.renormalise_from(step.freq)
    mask = (1 << coder.word_bits) - 1
    power = f"2{str(coder.word_bits).translate(SUPERSCRIPTS)}"
    limit = f"f·(L/M)·{power}"
    for offset in step.offsets:
        word, shifted = state & mask, state >> coder.word_bits
        lines.append(
            Formula(
                "renormalise",
                f"x ≥ {limit}: move x mod {power} out, x = ⌊x / {power}⌋",
                f"{state:,} {'≥' if state >= most else '<'} {most:,}: ⌊{state:,} / {mask + 1:,}⌋ = {shifted:,}",
                f"{unit(coder)} {_hex(word, coder)} to offset {offset:,}",
                state < most,
            )
        )
        state = shifted
    if not lines:
        enough = state < most
        lines.append(
            Formula(
                "renormalise",
                f"x < {limit}: no {unit(coder)}",
                f"{state:,} {'<' if enough else '≥'} {most:,}",
                "" if enough else f"yet no {unit(coder)} was moved out",
                not enough,
            )
        )
    return tuple(lines), state


def _cost(step: StepRow, coder: Coder) -> Formula:
    if not step.freq:
        return Formula("cost", "log₂(M / f)", "∞", "a symbol of frequency 0 cannot be coded", True)
    bits = coder.scale_bits - log2(step.freq)
    slots = 1 << coder.scale_bits
    return Formula("cost", "log₂(M / f)", f"log₂({slots:,} / {step.freq:,}) = {bits:.3f} bits")


def _checked(line: Formula, computed: int, recorded: int) -> Formula:
    """The line, marked where the step has another number than it comes to."""
    if computed == recorded:
        return line
    return Formula(line.name, line.symbols, line.numbers, f"but the coder has {recorded:,}", True)


def unit(coder: Coder) -> str:
    """What renormalisation moves at a time."""
    return "byte" if coder.word_bytes == 1 else "word"


def _hex(word: int, coder: Coder) -> str:
    return f"0x{word:0{2 * coder.word_bytes}X}"
