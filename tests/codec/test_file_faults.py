"""What is wrong with a file, held against the weights that were encoded: its streams byte by byte, and its table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from codec import rans
from codec.comparison.comparison import Comparison, compare
from codec.comparison.output import Output, SideKind
from codec.container import Coding, Container, Framing, Tensor
from codec.decoders.availability import choose
from codec.decoders.base import DecodedTensor
from codec.diagnosis.encoded_again import encoded, symbol_counts, symbols_of
from codec.diagnosis.file_faults import file_findings
from codec.diagnosis.file_tables import coded_with
from codec.diagnosis.finding import Fault, Finding
from codec.diagnosis.stream_damage import damage_of
from codec.errors import DecodeError
from codec.formats import batched
from codec.formats.native import TILE_RECORD
from codec.frequency import FrequencyTable, histogram
from codec.original import CLAMP
from tests.codec.files import (
    DATA,
    Weights,
    batched_file,
    batched_symbols,
    field_of,
    noise,
    only_tensor,
    parsed,
    table_of,
    wcdc_file,
    wcdc_symbols,
    with_bytes,
    with_field,
)
from tests.codec.native_files import mixed, native_bytes, native_structs, resealed, smooth

WEIGHTS = noise(70, 90, 3)
FILES: dict[str, bytes] = {
    "batched": batched_file(WEIGHTS, 32),
    "wcdc": wcdc_file(WEIGHTS, 32),
    "native": native_bytes({"a": WEIGHTS}, tile_rows=32, tile_cols=32, lanes=4, run=8),
    "bytes": native_bytes(
        {"a": WEIGHTS}, tile_rows=32, tile_cols=32, lanes=1, run=1, word_bits=8, lower_bound_bits=23
    ),
}
each_file = pytest.mark.parametrize("name", FILES)


def output(weights: NDArray[np.int8], reads: NDArray[np.void] | None = None) -> Output:
    kind = SideKind.DUMP if reads is None else SideKind.DECODER
    return Output("x", kind, weights, reads=reads)


def judged(container: Container) -> Output:
    tensor = container.tensors[0]
    try:
        decoded = choose().decode(container, tensor)
    except DecodeError:
        return output(np.zeros((tensor.rows, tensor.cols), dtype=np.int8))
    return output(decoded.weights, decoded.reads)


def compared(container: Container, weights: Weights) -> Comparison:
    return compare(container.tensors[0], judged(container), output(weights))


def findings(data: bytes, weights: Weights = WEIGHTS) -> list[Finding]:
    container = parsed(data)
    return file_findings(container, compared(container, weights))


def the_finding(data: bytes, weights: Weights = WEIGHTS) -> Finding:
    (finding,) = findings(data, weights)
    assert finding.explains > 0.99
    assert finding.side == 0
    return finding


def place_of(data: bytes, tile: int) -> tuple[int, int]:
    record = parsed(data).tensors[0].tiles[tile]
    return int(record["offset"]), int(record["size"])


def flipped(data: bytes, at: int, bit: int = 4) -> bytes:
    return with_bytes(data, at, bytes([data[at] ^ 1 << bit]))


def scalar_stream(tensor: Tensor, symbols: NDArray[np.uint8], table: FrequencyTable) -> bytes:
    """A stream by the scalar coder."""
    words, states = rans.encode_lanes(symbols.tolist(), table, tensor.coder, tensor.interleaving)
    kind = "<u2" if tensor.coder.word_bytes == 2 else "<u1"
    ends = np.array(states, dtype="<u4").tobytes()
    if tensor.framing is Framing.LEADING_STATES:
        return ends + np.array(words[::-1], dtype=kind).tobytes()
    return len(symbols).to_bytes(4, "little") + bytes(words) + ends


@each_file
def test_weights_encoded_again_give_the_file(name: str) -> None:
    data = FILES[name]
    tensor = only_tensor(parsed(data))
    for tile in range(len(tensor.tiles)):
        offset, size = place_of(data, tile)
        symbols = symbols_of(tensor, WEIGHTS, tile)
        stream = data[offset : offset + size]
        if tensor.coding(tile) is Coding.RANS:
            assert encoded(tensor, symbols, tensor.table) == stream
            assert scalar_stream(tensor, symbols, tensor.table) == stream


def test_symbols_are_those_of_the_scalar_rules() -> None:
    tensor = only_tensor(parsed(FILES["batched"]))
    for tile, symbols in enumerate(batched_symbols(WEIGHTS, 32)):
        assert symbols_of(tensor, WEIGHTS, tile).tolist() == symbols
    tensor = only_tensor(parsed(FILES["wcdc"]))
    predictors = tensor.tiles["predictor"].tolist()
    for tile, symbols in enumerate(wcdc_symbols(WEIGHTS, 32, predictors)):
        assert symbols_of(tensor, WEIGHTS, tile).tolist() == symbols


def test_symbols_are_counted_in_all_tiles_of_a_kind() -> None:
    container = parsed(native_bytes(mixed(), tile_rows=32, tile_cols=32, predictor="auto"))
    tensor, weights = container.tensors[0], mixed()["block.0.mixed"]
    rans_tiles = [t for t in range(len(tensor.tiles)) if tensor.coding(t) is Coding.RANS]
    expected = sum(histogram(symbols_of(tensor, weights, tile)) for tile in rans_tiles)
    counts, sample = symbol_counts(tensor, weights)
    assert np.array_equal(counts, expected)
    assert np.array_equal(sample, expected)


def test_a_table_that_no_decoder_can_use_is_encoded_with_as_it_is() -> None:
    tensor = only_tensor(parsed(FILES["batched"]))
    frequencies = tensor.table.frequencies.copy()
    frequencies[np.argmax(frequencies)] = CLAMP
    broken = FrequencyTable.of_frequencies(frequencies)
    symbols = symbols_of(tensor, WEIGHTS, 0)
    assert encoded(tensor, symbols, broken) == scalar_stream(tensor, symbols, broken)


def test_a_symbol_without_a_frequency_cannot_be_encoded() -> None:
    tensor = only_tensor(parsed(FILES["batched"]))
    frequencies = tensor.table.frequencies.copy()
    frequencies[128] = 0
    symbols = np.full(16, 128, dtype=np.uint8)
    assert encoded(tensor, symbols, FrequencyTable.of_frequencies(frequencies)) is None


@each_file
def test_a_sound_file_is_not_accused(name: str) -> None:
    assert findings(FILES[name]) == []
    assert findings(FILES[name], noise(70, 90, 4)) == []


@each_file
def test_a_damaged_byte_is_told_with_its_place(name: str) -> None:
    offset, size = place_of(FILES[name], 4)
    at = offset + size // 2
    finding = the_finding(flipped(FILES[name], at))
    assert finding.faults == (Fault.FILE_CORRUPT,)
    assert finding.explains_symbols == 1
    assert 4 in finding.tiles
    has, wanted = FILES[name][at] ^ 16, FILES[name][at]
    assert f"byte {at:,} of the file is {has:02X} where {wanted:02X} belongs" in finding.detail
    assert "one bit is flipped" in finding.detail
    assert "In the stream of tile 4" in finding.detail


@each_file
def test_the_first_wrong_symbol_is_told(name: str) -> None:
    offset, size = place_of(FILES[name], 1)
    data = flipped(FILES[name], offset + size // 2)
    container = parsed(data)
    tensor = container.tensors[0]
    damage = damage_of(container, tensor, WEIGHTS, 1)
    assert damage is not None
    assert damage.step is not None
    decoded = choose().decode_streams(container, tensor, [1])[0]
    order = tensor.interleaving.order(len(decoded.symbols))
    right = symbols_of(tensor, WEIGHTS, 1)
    wrong = np.flatnonzero((decoded.symbols != right)[order])
    assert damage.step == wrong[0]
    assert damage.symbol == order[wrong[0]]
    assert f"from symbol {damage.symbol:,} of {len(right):,}" in the_finding(data).detail


def test_tiles_that_are_predicted_from_a_damaged_one_are_told_apart() -> None:
    offset, size = place_of(FILES["wcdc"], 0)
    finding = the_finding(flipped(FILES["wcdc"], offset + size // 2))
    assert len(finding.tiles) > 1
    assert "Predicted from these and so wrong, too" in finding.detail


@each_file
def test_many_damaged_streams_are_summed_up(name: str) -> None:
    data = FILES[name]
    for tile in range(6):
        offset, size = place_of(FILES[name], tile)
        data = flipped(data, offset + size // 2)
    finding = the_finding(data)
    assert "3 more streams are damaged" in finding.detail
    assert {0, 1, 2, 3, 4, 5} <= set(finding.tiles.tolist())


@each_file
@pytest.mark.parametrize("lost", [1, 3])
def test_bytes_that_are_missing_are_told(name: str, lost: int) -> None:
    offset, size = place_of(FILES[name], 1)
    at = offset + size // 3
    moved = FILES[name][at + lost : offset + size] + bytes(lost)
    finding = the_finding(with_bytes(FILES[name], at, moved))
    many = "3 bytes are" if lost == 3 else "1 byte is"
    assert f"{many} missing" in finding.detail
    assert finding.faults == (Fault.FILE_CORRUPT,)


def test_bytes_too_many_are_told() -> None:
    offset, size = place_of(FILES["batched"], 1)
    at = offset + size // 3
    moved = b"\xaa\x55" + FILES["batched"][at : offset + size - 2]
    finding = the_finding(with_bytes(FILES["batched"], at, moved))
    assert "2 bytes are too many at byte" in finding.detail


@each_file
def test_a_file_that_is_cut_is_told_so(name: str) -> None:
    offset, size = place_of(FILES[name], 8)
    data = FILES[name][: offset + size // 2]
    finding = the_finding(data)
    assert f"the file ends at byte {len(data):,}" in finding.detail
    assert "none of it can be decoded" in finding.detail


def test_a_stream_that_lies_elsewhere_is_found() -> None:
    """Two index entries are exchanged, and with them the streams' sizes."""
    data = FILES["batched"]
    begin = int(field_of(data, batched.HEADER, "tile_index_offset"))
    entry = 12
    first, second = data[begin : begin + 8], data[begin + entry : begin + entry + 8]
    wrong = with_bytes(with_bytes(data, begin, second), begin + entry, first)
    assert findings(wrong) == []  # both streams decode: nothing proves which is whose
    shifted = int.from_bytes(first[:4], "little") + 7
    lost = with_bytes(data, begin, shifted.to_bytes(4, "little"))
    finding = the_finding(lost)
    assert f"lies at byte {place_of(data, 0)[0]:,}" in finding.detail
    assert "the index says" in finding.detail


def test_a_wrong_size_in_the_index_is_told() -> None:
    begin = int(field_of(FILES["batched"], batched.HEADER, "tile_index_offset")) + 4
    size = place_of(FILES["batched"], 0)[1]
    wrong = with_bytes(FILES["batched"], begin, (size - 3).to_bytes(4, "little"))
    assert f"the index says {size - 3:,} bytes" in the_finding(wrong).detail


def test_raw_and_constant_tiles_that_are_damaged_are_told() -> None:
    layers = {"a": mixed()["block.0.mixed"]}
    data = native_bytes(layers, tile_rows=64, tile_cols=64, predictor="auto")
    tensor = only_tensor(parsed(data))
    codings = [tensor.coding(tile) for tile in range(len(tensor.tiles))]
    raw, constant = codings.index(Coding.RAW), codings.index(Coding.CONSTANT)
    offset = place_of(data, raw)[0] + 100
    detail = the_finding(flipped(data, offset), layers["a"]).detail
    assert f"byte {offset:,} of the file" in detail
    records = [at for struct, at in native_structs(data) if struct is TILE_RECORD]
    other = resealed(with_field(data, TILE_RECORD, "constant", 5, records[constant]))
    assert "all weights are 5 where they are -7" in the_finding(other, layers["a"]).detail


def with_table(name: str, frequencies: NDArray[np.int64]) -> bytes:
    data = FILES[name]
    begin, size = only_tensor(parsed(data)).table_span
    if size == 1024:
        starts = np.cumsum(frequencies) - frequencies
        entries = np.stack([starts, frequencies], axis=1).astype("<u2")
        return with_bytes(data, begin, entries.tobytes())
    changed = with_bytes(data, begin, frequencies.astype("<u2").tobytes())
    return changed if name == "wcdc" else resealed(changed)


def exchanged(frequencies: NDArray[np.int64]) -> NDArray[np.int64]:
    most = int(np.argmax(frequencies))
    frequencies[[most, most - 9]] = frequencies[[most - 9, most]]
    return frequencies


def too_few(frequencies: NDArray[np.int64]) -> NDArray[np.int64]:
    frequencies[np.argmax(frequencies)] -= 6
    return frequencies


def clamped(frequencies: NDArray[np.int64]) -> NDArray[np.int64]:
    frequencies[np.argmax(frequencies)] = CLAMP
    return frequencies


@each_file
@pytest.mark.parametrize("change", [exchanged, too_few, clamped])
def test_the_table_that_was_used_is_found(
    name: str, change: Callable[[NDArray[np.int64]], NDArray[np.int64]]
) -> None:
    right = only_tensor(parsed(FILES[name])).table.frequencies
    wrong = change(right.copy())
    finding = the_finding(with_table(name, wrong))
    assert finding.faults == (Fault.FILE_TABLE,)
    symbol = int(np.argmax(right))
    told = f"symbol {symbol} has frequency {wrong[symbol]:,} where {right[symbol]:,} was used"
    assert told in finding.detail
    assert "byte for byte" in finding.detail


def test_one_wrong_entry_is_repaired_though_the_table_is_no_ones_best() -> None:
    """The streams were coded with a table that no normalisation gives."""
    symbols = batched_symbols(WEIGHTS, 32)
    odd = table_of(symbols).frequencies.copy()
    odd[[100, 128]] += [-1 + int(odd[100] == 1), 0]
    odd[np.argmax(odd)] += 4096 - odd.sum()
    odd[[120, 135]] += [-5, 5]
    used = FrequencyTable.of_frequencies(odd)
    data = batched_file(WEIGHTS, 32, used)
    damaged = odd.copy()
    damaged[140] += 9
    starts = np.cumsum(damaged) - damaged
    entries = np.stack([starts, damaged], axis=1).astype("<u2")
    finding = the_finding(with_bytes(data, batched.TABLE_OFFSET, entries.tobytes()))
    assert f"symbol 140 has frequency {odd[140] + 9} where {odd[140]} was used" in finding.detail


def test_no_table_is_named_where_the_weights_are_others() -> None:
    data = with_table(
        "batched", exchanged(only_tensor(parsed(FILES["batched"])).table.frequencies.copy())
    )
    container = parsed(data)
    assert coded_with(container, only_tensor(container), noise(70, 90, 8), [0, 1]) is None


def test_the_originals_broken_table_is_proved_to_be_its_work() -> None:
    """The original's table of these weights wraps; no decoder can use it, whichever weights are at hand."""
    path = DATA / "legacy" / "brokentable_1024x1024_t256.batched"
    container = parsed(path.read_bytes(), path.name)
    zeros = np.zeros((1024, 1024), dtype=np.int8)
    comparison = compare(container.tensors[0], output(zeros), output(noise(1024, 1024, 2)))
    (finding,) = file_findings(container, comparison)
    assert finding.faults == (Fault.FILE_TABLE,)
    assert finding.explains == 1
    assert "7,938" in finding.detail
    assert "wrapped and was clamped to 3,841" in finding.detail


@each_file
def test_without_the_weights_it_is_only_said_where_decoding_fails(name: str) -> None:
    offset, size = place_of(FILES[name], 2)
    data = flipped(FILES[name], offset + size // 2)
    container = parsed(data)
    other = judged(container).weights.copy()
    place = container.tensors[0].rectangle(2)
    other[place.row : place.row + place.rows, place.col : place.col + place.cols] ^= np.int8(85)
    (finding,) = file_findings(container, compared(container, other))
    assert finding.faults == (Fault.FILE_CORRUPT,)
    assert finding.explains_symbols == 0
    assert "cannot be decoded" in finding.detail
    assert finding.tiles.tolist() == [2]


def test_a_failing_tile_in_which_both_sides_agree_is_not_told_of() -> None:
    offset, size = place_of(FILES["batched"], 2)
    container = parsed(flipped(FILES["batched"], offset + size // 2))
    other = judged(container).weights.copy()
    other[0, 0] ^= np.int8(1)
    assert file_findings(container, compared(container, other)) == []


def test_what_the_judge_makes_of_the_file_may_be_given() -> None:
    offset, size = place_of(FILES["batched"], 2)
    container = parsed(flipped(FILES["batched"], offset + size // 2))
    truth = choose().decode(container, container.tensors[0])
    comparison = compared(container, WEIGHTS)
    found = file_findings(container, comparison, truth=truth)
    assert [f.detail for f in found] == [f.detail for f in file_findings(container, comparison)]
    sound = DecodedTensor(truth.weights, np.zeros_like(truth.reads))
    assert file_findings(container, comparison, truth=sound) == []


def test_the_side_is_the_one_that_was_decoded() -> None:
    offset, size = place_of(FILES["batched"], 2)
    container = parsed(flipped(FILES["batched"], offset + size // 2))
    comparison = compare(container.tensors[0], output(WEIGHTS), judged(container))
    (finding,) = file_findings(container, comparison)
    assert finding.side == 1


def test_a_smooth_file_of_one_lane_is_damaged_at_its_state() -> None:
    weights = smooth(64, 64)
    data = batched_file(weights, 64)
    offset, size = place_of(data, 0)
    finding = the_finding(flipped(data, offset + size - 2), weights)
    assert f"byte {offset + size - 2:,} of the file" in finding.detail
