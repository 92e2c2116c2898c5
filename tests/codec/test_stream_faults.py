"""Front ends with a mistake in them: the kernel against a scalar one, and the search that names the mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from codec.comparison.output import Output, SideKind
from codec.container import Coding, Container, Framing, Tensor
from codec.decoders.availability import choose
from codec.diagnosis.evidence import Evidence
from codec.diagnosis.finding import Fault
from codec.diagnosis.streams import SymbolSource, sources
from codec.diagnosis.streams.reading import Reader, Reading
from codec.diagnosis.streams.stepping import NO_SLIP, Outside, Slip, Slips
from codec.prediction import undo_difference
from tests.codec.files import DATA, batched_file, noise, only_tensor, parsed, wcdc_file
from tests.codec.native_files import mixed, native_bytes, smooth

Bytes = NDArray[np.uint8]


def containers() -> dict[str, Container]:
    """Files of all layouts, of one lane and of many, of bytes and of words."""
    two = {"layer": noise(60, 70, 3), "other": noise(40, 40, 4, sigma=30)}
    files = {
        "batched": batched_file(noise(70, 50, 1), 32),
        "wcdc": wcdc_file(noise(70, 50, 2), 32),
        "lanes": native_bytes(two, tile_rows=32, tile_cols=32, lanes=4, run=8),
        "bytes": native_bytes(
            two, tile_rows=32, tile_cols=32, lanes=3, run=5, word_bits=8, lower_bound_bits=23
        ),
        "single": native_bytes(two, tile_rows=32, tile_cols=32, lanes=1, run=1),
    }
    return {name: parsed(data, name) for name, data in files.items()}


CONTAINERS = containers()
each_file = pytest.mark.parametrize("name", CONTAINERS)


def opened(name: str) -> tuple[Container, Tensor, Reader]:
    container = CONTAINERS[name]
    tensor = container.tensors[0]
    return container, tensor, Reader(container, tensor)


def right(reader: Reader, tile: int = 0) -> Reading:
    reading = reader.right(tile)
    assert reading is not None
    return reading


def true_symbols(container: Container, tensor: Tensor, tile: int = 0) -> Bytes:
    return choose().decode_streams(container, tensor, [tile])[0].symbols


class ScalarFrontEnd:
    """What the kernel does, one plain step after the other."""

    def __init__(self, container: Container, reading: Reading) -> None:
        self.data = container.source.read(0, container.source.size)
        self.reading, self.at, self.ran_out = reading, reading.at, False

    def symbols(self, tensor: Tensor, tile: int) -> Bytes:
        reading, states = self.reading, self.reading.states.tolist()
        found = np.zeros(tensor.symbol_count(tile), dtype=np.uint8)
        look, rules = reading.table.lookup, reading.rules
        for step, (lane, place) in enumerate(tensor.interleaving.places(len(found))):
            slot = states[lane] & int(rules.slot_mask)
            found[place] = look.symbols[slot]
            rest = int(look.rests[slot].view(np.int64))
            state = int(look.freqs[slot]) * (states[lane] >> int(rules.scale_bits)) + rest
            states[lane] = self.renormalised(step, state & int(rules.state_mask))
            if self.ran_out and reading.outside is Outside.STOP:
                break
        return found

    def renormalised(self, step: int, state: int) -> int:
        rules, slip = self.reading.rules, self.reading.slip
        slips = slip.step >= 0 and step >= slip.step
        slips &= step == slip.step or (slip.period > 0 and (step - slip.step) % slip.period == 0)
        kind = slip.kind if slips else Slips.NONE
        if kind == Slips.MOVED:
            self.at += int(slip.amount if self.reading.forward else -slip.amount)
        if kind == Slips.MISSED:
            return state
        taken = 0
        while taken < rules.most and (taken < rules.least or self.needy(state)):
            word = self.word()
            if word is None:
                return state
            if kind == Slips.REPLACED and taken == 0:
                word = int(slip.amount)
            state, taken = self.pushed(state, word), taken + 1
        if kind == Slips.DOUBLED:
            word = self.word()
            state = state if word is None else self.pushed(state, word)
        return state

    def needy(self, state: int) -> bool:
        negative = self.reading.rules.signed and bool(state >> 31 & 1)
        return negative or state < int(self.reading.rules.lower_bound)

    def pushed(self, state: int, word: int) -> int:
        rules = self.reading.rules
        return (state << 8 * rules.word_bytes | word) & int(rules.state_mask)

    def word(self) -> int | None:
        reading, size = self.reading, self.reading.rules.word_bytes
        first = self.at if reading.forward else self.at - size
        within = reading.begin <= first and first + size <= reading.end
        self.ran_out |= not within
        if not within and reading.outside in (Outside.STOP, Outside.KEEP):
            return None
        self.at += size if reading.forward else -size
        if not within and reading.outside is Outside.ZERO:
            return 0
        taken = [self.data[i] if 0 <= i < len(self.data) else 0 for i in range(first, first + size)]
        return int.from_bytes(bytes(taken), "big" if reading.rules.swapped else "little")


@each_file
def test_a_sound_front_end_gives_the_judges_symbols(name: str) -> None:
    container, tensor, reader = opened(name)
    for tile in range(len(tensor.tiles)):
        played = reader.play(right(reader, tile), tile)
        assert np.array_equal(played.symbols, true_symbols(container, tensor, tile))
        assert not played.ran_out
        assert (played.states == tensor.coder.lower_bound).all()


def test_tiles_that_are_not_coded_by_rans_have_no_reading() -> None:
    container = parsed(native_bytes(mixed(), tile_rows=32, tile_cols=32, predictor="auto"))
    tensor = container.tensors[0]
    codings = {tensor.coding(tile) for tile in range(len(tensor.tiles))}
    assert codings == set(Coding)
    reader = Reader(container, tensor)
    for tile in range(len(tensor.tiles)):
        assert (reader.right(tile) is None) == (tensor.coding(tile) is not Coding.RANS)
    assert reader.right(len(tensor.tiles)) is None
    assert reader.right(-1) is None


slips = st.builds(
    Slip,
    st.integers(0, 300),
    st.sampled_from([0, 0, 1, 7]),
    st.sampled_from([int(kind) for kind in Slips]),
    st.integers(-9, 9),
)


@given(
    name=st.sampled_from(sorted(CONTAINERS)),
    moved=st.tuples(*[st.integers(-40, 40)] * 3),
    bits=st.integers(8, 31),
    flags=st.tuples(*[st.booleans()] * 4),
    words=st.tuples(st.integers(1, 2), st.integers(0, 1), st.integers(1, 16)),
    outside=st.sampled_from(Outside),
    slip=slips,
    scale=st.integers(8, 12),
)
def test_the_kernel_does_what_a_scalar_front_end_does(
    name, moved, bits, flags, words, outside, slip, scale
) -> None:
    container, tensor, reader = opened(name)
    reading = right(reader)
    swapped, signed, turned, wide = flags
    if slip.kind == Slips.REPLACED:
        slip = slip._replace(amount=abs(slip.amount))
    size, least, most = words
    reading = replace(
        reading,
        begin=reading.begin + moved[0],
        end=reading.end + moved[1],
        at=reading.at + moved[2],
        forward=reading.forward != turned,
        outside=outside,
        slip=slip,
        rules=reading.rules._replace(
            lower_bound=np.uint64(1 << bits), word_bytes=size, swapped=swapped, signed=signed,
            least=least, most=most, scale_bits=np.uint64(scale),
            state_mask=np.uint64((1 << 40) - 1 if wide else (1 << 32) - 1),
        ),
    )  # fmt: skip
    scalar = ScalarFrontEnd(container, reading)
    expected = scalar.symbols(tensor, 0)
    played = reader.play(reading, 0)
    assert np.array_equal(played.symbols, expected)
    assert played.ran_out == scalar.ran_out
    assert played.at == scalar.at


@each_file
def test_playing_can_go_on_where_it_ended(name: str) -> None:
    _, tensor, reader = opened(name)
    whole = reader.play(right(reader), 0)
    half = reader.play(right(reader), 0, last=333)
    rest = reader.play(right(reader), 0, start=half)
    assert half.steps == 333
    assert np.array_equal(half.symbols | rest.symbols, whole.symbols)
    assert (rest.words, rest.at) == (whole.words, whole.at)
    assert tensor.symbol_count(0) == whole.steps


def test_states_are_read_at_the_ends_of_the_file_and_not_far_outside() -> None:
    container, _, reader = opened("batched")
    size = container.source.size
    last = container.source.read(size - 2, 2)
    found = reader.words_32(size - 2, 1)
    assert found is not None
    assert int(found[0]) == int.from_bytes(last, "little")
    assert reader.words_32(size + 8, 1) is not None
    assert reader.words_32(size + 1000, 1) is None
    assert reader.words_32(-2, 1) is not None
    assert reader.words_32(-1000, 1) is None


def evidence_of(container: Container, wrong: dict[int, Bytes]) -> Evidence:
    """Evidence of an output in which some tiles have other symbols than they should; else it is right."""
    tensor = container.tensors[0]
    truth = choose().decode(container, tensor)
    weights = truth.weights.copy()
    for tile, symbols in wrong.items():
        place = tensor.rectangle(tile)
        values = undo_difference(symbols).reshape(tensor.coded_shape(tile))
        inside = values[: place.rows, : place.cols].view(np.int8)
        weights[place.row : place.row + place.rows, place.col : place.col + place.cols] = inside
    return Evidence(container, tensor, Output("x", SideKind.DUMP, weights), truth, choose())


def found_in(
    container: Container, symbols: Bytes, tile: int = 0, valid: NDArray[np.bool_] | None = None
) -> list[SymbolSource]:
    """What explains that a tile has these symbols, where no other tile is right either."""
    known = np.ones(len(symbols), dtype=np.bool_) if valid is None else valid
    return sources(all_wrong(container), tile, symbols, known)


@cache
def all_wrong(container: Container) -> Evidence:
    """Evidence of an output of which no weight is right."""
    truth = choose().decode(container, container.tensors[0])
    weights = truth.weights + np.int8(1)
    output = Output("x", SideKind.DUMP, weights)
    return Evidence(container, container.tensors[0], output, truth, choose())


def played(name: str, change: Callable[[Reading], Reading], tile: int = 0) -> Bytes:
    """What a scalar front end with a mistake gives; words outside of the stream are not taken."""
    container, tensor, reader = opened(name)
    reading = replace(change(right(reader, tile)), outside=Outside.KEEP)
    return ScalarFrontEnd(container, reading).symbols(tensor, tile)


def state_at(off: int) -> Callable[[Reading], Reading]:
    return lambda reading: replace(reading, states=reading.states + np.uint64(off))


MISTAKES: dict[str, tuple[Callable[[Reading], Reading], Fault, str]] = {
    "byte order": (
        lambda r: replace(
            r, states=np.array([s.byteswap() for s in r.states.astype(np.uint32)], dtype=np.uint64)
        ),
        Fault.INITIAL_STATE,
        "wrong byte order",
    ),
    "16 bits": (
        lambda r: replace(r, states=r.states & np.uint64(0xFFFF)),
        Fault.INITIAL_STATE,
        "low 16 bits",
    ),
    "word moved": (
        lambda r: replace(r, at=r.at + (2 if r.forward else -2)),
        Fault.STREAM_OFFSET,
        "takes its first word 2 bytes",
    ),
    "other end": (
        lambda r: replace(r, forward=not r.forward, at=r.end if r.forward else r.begin),
        Fault.DESYNC,
        "wrong end",
    ),
    "bound": (
        lambda r: replace(r, rules=r.rules._replace(lower_bound=r.rules.lower_bound // 4)),
        Fault.DESYNC,
        "where the lower bound is",
    ),
    "scale": (
        lambda r: replace(r, rules=r.rules._replace(scale_bits=np.uint64(11))),
        Fault.FREQUENCY_TABLE,
        "takes 11 bits off the state",
    ),
}


@each_file
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(name: str, mistake: str) -> None:
    change, fault, words = MISTAKES[mistake]
    symbols = played(name, change)
    found = found_in(CONTAINERS[name], symbols)
    assert found, "nothing was found"
    assert found[0].faults == (fault,)
    assert words in found[0].detail
    claimed = found[0].claims(0)
    assert np.array_equal(found[0].symbols(0)[claimed], symbols[claimed])


SLIPS = {
    Slips.MISSED: ("misses the renormalisation", 0),
    Slips.DOUBLED: ("takes a word too many", 0),
    Slips.MOVED: ("skips 4 bytes", 4),
    Slips.REPLACED: ("takes the word to be 0x", 0x5B),
}


def step_with_a_word(reader: Reader, beyond: int) -> tuple[int, int, int]:
    """A step that takes a word, the place of its first byte in the file, and the bytes it takes."""
    before = reader.play(right(reader), 0, last=beyond)
    while True:
        behind = reader.play(right(reader), 0, last=before.steps + 1, start=before)
        if behind.words > before.words:
            low, high = sorted((before.at, behind.at))
            return before.steps, low, high - low
        before = behind


@each_file
@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_is_named_with_its_place(name: str, kind: Slips) -> None:
    words, amount = SLIPS[kind]
    container, tensor, reader = opened(name)
    step, offset, size = step_with_a_word(reader, 400)
    symbols = played(name, lambda r: replace(r, slip=Slip(step, 0, int(kind), amount)))
    found = found_in(container, symbols)
    order = tensor.interleaving.order(len(symbols))
    first = order[np.flatnonzero((symbols != true_symbols(container, tensor))[order])[0]]
    assert found[0].faults == (Fault.DESYNC,)
    assert found[0].exact
    detail = found[0].detail
    assert words in detail
    assert f"right up to symbol {first:,} of tile 0" in detail
    assert f"step {step:,}" in detail
    assert f"at byte {offset:,} of the file" in detail
    taken = container.source.read(offset, size).hex(" ").upper()
    assert taken in detail
    claimed = found[0].claims(0)
    assert np.array_equal(found[0].symbols(0)[claimed], symbols[claimed])


def test_a_slip_that_comes_again_is_told_so() -> None:
    container, _, reader = opened("batched")
    step, _, _ = step_with_a_word(reader, 200)
    symbols = played("batched", lambda r: replace(r, slip=Slip(step, step, int(Slips.MOVED), 1)))
    found = found_in(container, symbols)
    assert f"again every {step:,} steps" in found[0].detail


def test_a_slip_at_a_word_is_found_in_other_tiles_at_the_same_word() -> None:
    container, tensor, reader = opened("batched")
    step, _, _ = step_with_a_word(reader, 300)
    word = reader.play(right(reader), 0, last=step).words
    symbols = played("batched", lambda r: replace(r, slip=Slip(step, 0, int(Slips.MISSED), 0)))
    at_word = next(s for s in found_in(container, symbols) if "word" in s.detail.split("; so")[-1])
    other = at_word.symbols(1) != true_symbols(container, tensor, 1)
    first = int(np.flatnonzero(other)[0])
    assert reader.play(right(reader, 1), 1, last=first).words >= word


@each_file
def test_what_is_right_needs_no_mistake(name: str) -> None:
    container, tensor, _ = opened(name)
    assert found_in(container, true_symbols(container, tensor)) == []


@each_file
def test_rubbish_is_explained_by_nothing(name: str) -> None:
    container, tensor, _ = opened(name)
    true = true_symbols(container, tensor)
    rubbish = np.random.default_rng(7).permutation(true)
    assert found_in(container, rubbish) == []


def test_symbols_in_another_order_are_not_the_front_ends_fault() -> None:
    container, tensor, _ = opened("batched")
    assert found_in(container, true_symbols(container, tensor)[::-1].copy()) == []


@each_file
def test_a_stream_that_is_lost_for_no_known_reason_is_told_as_such(name: str) -> None:
    container, tensor, _ = opened(name)
    true = true_symbols(container, tensor)
    symbols, order = true.copy(), tensor.interleaving.order(len(true))
    symbols[order[500:]] = np.random.default_rng(8).permutation(true[order[500:]])
    (source,) = found_in(container, symbols)
    assert source.faults == (Fault.DESYNC,)
    assert not source.exact
    assert "not known" in source.detail
    claimed = source.claims(0)
    assert np.array_equal(symbols[claimed], true[claimed])
    assert not claimed[order[520:]].any()
    assert source.claims(1).all()


def test_what_was_not_written_is_not_taken_for_lost() -> None:
    container, tensor, _ = opened("batched")
    symbols = true_symbols(container, tensor).copy()
    symbols[500:] = 128
    assert found_in(container, symbols) == []


def test_equal_symbols_prove_nothing() -> None:
    """Where nearly all symbols are one, any front end gives them."""
    rare = np.random.default_rng(9).random((64, 64)) < 0.002
    container = parsed(batched_file(np.where(rare, 3, 0).astype(np.int8), 32))
    true = true_symbols(container, only_tensor(container))
    symbols = true.copy()
    symbols[[100, 500]] = 131
    assert all(
        not source.exact or source.explained > 0.9 for source in found_in(container, symbols)
    )
    assert not any(source.exact for source in found_in(container, symbols))


def test_unknown_symbols_do_not_count() -> None:
    symbols = played("batched", state_at(1 << 20))
    container = CONTAINERS["batched"]
    tensor = container.tensors[0]
    swapped = played("batched", MISTAKES["byte order"][0])
    valid = np.random.default_rng(3).random(len(symbols)) < 0.5
    mixed_up = np.where(valid, swapped, np.uint8(7))
    found = found_in(container, mixed_up, valid=valid)
    assert found[0].faults == (Fault.INITIAL_STATE,)
    assert tensor.symbol_count(0) == len(symbols)


def test_a_mistake_in_one_tile_alone_leaves_the_others_right() -> None:
    container, tensor, reader = opened("batched")
    moved = right(reader, 2)
    shifted = replace(moved, at=moved.at - 3, outside=Outside.KEEP)
    wrong = ScalarFrontEnd(container, shifted).symbols(tensor, 2)
    evidence = evidence_of(container, {2: wrong})
    assert evidence.wrong.tolist() == [2]
    found = sources(evidence, 2, wrong, np.ones(len(wrong), dtype=np.bool_))
    assert found
    for tile in (0, 1, 3):
        assert np.array_equal(found[0].symbols(tile), true_symbols(container, tensor, tile))
        assert found[0].claims(tile).all()
    assert np.array_equal(found[0].symbols(2), wrong)


def test_another_tiles_stream_is_found_wherever_it_is() -> None:
    weights = noise(160, 160, 12)
    container = parsed(batched_file(weights, 32))
    tensor = container.tensors[0]
    for source, words in (
        (8, "next one"),
        (6, "before it"),
        (19, "12 places behind"),
        (0, "tile 0"),
    ):
        symbols = true_symbols(container, tensor, source)
        told = [
            s for s in found_in(container, symbols, tile=7) if s.faults == (Fault.STREAM_OFFSET,)
        ]
        assert any(words in s.detail for s in told), (source, [s.detail for s in told])


def test_the_table_of_another_tensor_is_named() -> None:
    container, tensor, reader = opened("lanes")
    other = Reader(container, container.tensors[1]).table
    symbols = played("lanes", lambda r: replace(r, table=other))
    found = found_in(container, symbols)
    assert found[0].faults == (Fault.FREQUENCY_TABLE,)
    assert "another tensor, other" in found[0].detail
    assert reader.tensor is tensor


def test_words_that_run_out_are_followed_to_the_end_where_that_is_known() -> None:
    """A decoder that keeps its state where no word is left is told from one that ends."""
    container, _, _ = opened("batched")
    symbols = played("batched", lambda r: replace(r, rules=r.rules._replace(least=1)))
    found = found_in(container, symbols)
    assert found[0].faults == (Fault.DESYNC,)
    assert found[0].claims(0).all()
    assert np.array_equal(found[0].symbols(0), symbols)


def test_a_broken_stream_ends_every_front_end() -> None:
    """Whatever stands in a file, playing it ends, and leaves no array."""
    data = bytearray(
        native_bytes({"a": smooth(40, 40)}, tile_rows=20, tile_cols=20, lanes=2, run=4)
    )
    container = parsed(bytes(data))
    tensor = only_tensor(container)
    reader = Reader(container, tensor)
    reading = right(reader)
    for outside in Outside:
        for states in (0, 0xFFFFFFFF):
            lost = replace(
                reading,
                states=np.full_like(reading.states, states),
                outside=outside,
                slip=NO_SLIP,
                rules=reading.rules._replace(least=1, lower_bound=np.uint64(1 << 31)),
            )
            assert len(reader.play(lost, 0).symbols) == tensor.symbol_count(0)


def test_the_legacy_layouts_are_read_backwards_and_the_native_one_forwards() -> None:
    for name in CONTAINERS:
        _, tensor, reader = opened(name)
        assert right(reader).forward == (tensor.framing is Framing.LEADING_STATES)


def test_a_whole_file_of_the_original_codec() -> None:
    container = parsed((DATA / "legacy" / "gaussian10_512x512_t256.batched").read_bytes())
    tensor = only_tensor(container)
    reader = Reader(container, tensor)
    reading = right(reader, 3)
    swapped = replace(reading, states=reading.states.astype(np.uint32).byteswap().astype(np.uint64))
    symbols = reader.play(replace(swapped, outside=Outside.KEEP), 3).symbols
    found = found_in(container, symbols, tile=3)
    assert found[0].faults == (Fault.INITIAL_STATE,)


def test_warming_compiles_all_that_is_used_later() -> None:
    from codec.diagnosis import encoded_again
    from codec.diagnosis.streams import slip_trials, slot_tables, stepping
    from codec.fast import any_table
    from codec.warmup import warm

    kernels = (
        stepping.advance, slip_trials.try_slips, slot_tables._owners, any_table._encode,
    )  # fmt: skip
    warm()
    before = [list(kernel.signatures) for kernel in kernels]
    assert all(before)
    for name, container in CONTAINERS.items():
        found_in(container, played(name, MISTAKES["bound"][0]))
        tensor = container.tensors[0]
        lost = true_symbols(container, tensor).copy()
        lost[300:] ^= 1
        found_in(container, lost)
        encoded_again.encoded(tensor, lost | np.uint8(128), tensor.table)
    assert [list(kernel.signatures) for kernel in kernels] == before
