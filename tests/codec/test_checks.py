"""The full check: sound files pass, every fault gets its code, and real files the verdict they deserve."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec import original, rans
from codec.checks import Report, bits_per_weight, check
from codec.decoders.base import Decoder
from codec.decoders.streams import Status
from codec.errors import Cancelled, DecodeError
from codec.formats import batched, open_file, wcdc
from codec.formats.streams import stream_bytes
from codec.frequency import FrequencyTable, cross_entropy, entropy, histogram, normalise
from codec.problems import CATALOGUE, Severity
from codec.stream_checks import stream_problems
from codec.table_checks import best_table, table_problems, worst_symbols
from tests.codec.files import (
    LEGACY,
    Weights,
    batched_file,
    batched_symbols,
    noise,
    only_tensor,
    parsed,
    sizes_of,
    stream_of,
    stream_place,
    supported,
    table_of,
    u32,
    wcdc_file,
    with_bytes,
    with_field,
)
from tests.codec.native_files import native_faults
from tests.codec.strategies import matrices

WEIGHTS = noise(14, 13, sigma=20)
TILE = 7
FILE = batched_file(WEIGHTS, TILE)
SYMBOLS = batched_symbols(WEIGHTS, TILE)
TABLE = table_of(SYMBOLS)

VERDICTS = {
    "brokentable_1024x1024_t256.batched": ["table-sum"],
    "gaussian10_256x256_t256.wcdc": ["table-mode-starved"],
    "gaussian10_300x200_t64.batched": ["table-mode-starved"],
    "gaussian10_512x256_t256.batched": ["table-mode-starved"],
    "gaussian10_512x384_t256.wcdc": ["table-mode-starved"],
    "gaussian10_512x512_t256.batched": ["table-mode-starved"],
    "minilm_key_pertensor_256x256_t256.wcdc": ["table-misfit"],
    "minilm_query_perrow_384x384_t128.batched": ["table-misfit"],
    "ramp_256x256_t16.batched": ["table-mode-starved"],
    "smooth_512x512_t256.batched": ["table-mode-starved"],
    "uniform_256x256_t256.wcdc": ["table-misfit", "not-compressed"],
    "uniform_512x512_t256.batched": ["table-misfit", "not-compressed"],
}
"""What is wrong with each file of the original."""


@pytest.mark.parametrize("path", LEGACY, ids=lambda path: path.name)
def test_files_of_the_original_get_their_verdict(path: Path, decoder: Decoder) -> None:
    report = check(open_file(path), decoder)
    assert [problem.code for problem in report.problems] == VERDICTS[path.name]
    assert report.sound == (not path.name.startswith("brokentable"))
    assert all(problem.message and problem.likely_cause for problem in report.problems)


def test_the_starved_symbol_is_the_one_in_the_format_document(decoder: Decoder) -> None:
    path = next(path for path in LEGACY if path.name.startswith("gaussian10_512x256"))
    (problem,) = check(open_file(path), decoder).problems
    assert "costs 0.206 bits a weight more" in problem.message
    assert "symbol 128 has frequency 1 where 118 fits" in problem.message
    assert "taken from symbol 128" in problem.likely_cause


@pytest.mark.parametrize("layout", [batched_file, wcdc_file])
@given(weights=matrices(), tile=st.integers(1, 30))
@settings(max_examples=25)
def test_what_we_write_is_sound(weights: Weights, tile: int, layout, decoder: Decoder) -> None:
    report = check(parsed(layout(weights, tile)), decoder)
    assert [p.code for p in report.problems if p.code != "not-compressed"] == []
    assert report.sound


def test_measures_of_a_sound_file(decoder: Decoder) -> None:
    container = parsed(FILE)
    tensor = only_tensor(container)
    (report,) = check(container, decoder).tensors
    np.testing.assert_array_equal(report.counts, histogram(np.array(SYMBOLS, dtype=np.uint8)))
    for tile, measured in enumerate(report.tiles):
        counts = histogram(np.array(SYMBOLS[tile], dtype=np.uint8))
        bits = int(tensor.tiles["size"][tile]) * 8 / tensor.rectangle(tile).size
        assert measured["bits_per_weight"] == pytest.approx(bits)
        assert measured["entropy"] == pytest.approx(entropy(counts))
        lost = cross_entropy(counts, TABLE) - entropy(counts)
        assert measured["table_loss"] == pytest.approx(lost)
        assert (measured["status"], measured["severity"]) == (Status.OK, 0)


def test_a_tile_without_weights_has_no_bits_per_weight() -> None:
    data = with_field(FILE, batched.INDEX_ENTRY, "tile_row", 9, batched.INDEX_OFFSET)
    found = bits_per_weight(only_tensor(parsed(data)))
    assert np.isnan(found[0])
    assert np.isfinite(found[1:]).all()


def file_of(
    streams: list[bytes], table: FrequencyTable = TABLE, weights: Weights = WEIGHTS
) -> bytes:
    shape = (weights.shape[0], weights.shape[1])
    return batched.head(shape, TILE, table, sizes_of(streams)) + b"".join(streams)


def with_stream(tile: int, stream: bytes) -> bytes:
    """The file with one stream replaced."""
    streams = [stream_of(part, TABLE) for part in SYMBOLS]
    streams[tile] = stream
    return file_of(streams)


def sound_stream(tile: int) -> tuple[bytes, int]:
    words, state = rans.encode(SYMBOLS[tile], TABLE)
    return bytes(words), state


def symbol_count() -> bytes:
    words, state = sound_stream(1)
    return with_stream(1, stream_bytes(48, words, state))


def initial_state() -> bytes:
    words, state = sound_stream(1)
    return with_stream(1, stream_bytes(49, words, state & 0x7FFFFF))


def stream_underrun() -> bytes:
    words, state = sound_stream(1)
    return with_stream(1, stream_bytes(49, words[3:], state))


def bytes_left() -> bytes:
    words, state = sound_stream(1)
    return with_stream(1, stream_bytes(49, b"\x11\x22" + words, state))


def final_state() -> bytes:
    """The bytes that are taken last only end up in the last state."""
    words, state = sound_stream(1)
    return with_stream(1, stream_bytes(49, bytes([words[0] ^ 1]) + words[1:], state))


def padding_of_an_edge_tile() -> bytes:
    """The last column of the tiles on the right is padding: 13 columns in tiles of 7."""
    symbols = [list(part) for part in SYMBOLS]
    symbols[1][-1] = (symbols[1][-1] + 1) % 256
    table = table_of(symbols)
    return file_of([stream_of(part, table) for part in symbols], table)


def without_slot_of(symbol: int, compact: bool) -> bytes:
    """The file with the frequency of a symbol that occurs set to 0; later starts move up or stay."""
    frequencies = TABLE.frequencies.copy()
    frequencies[symbol] = 0
    starts = FrequencyTable.of_frequencies(frequencies).starts if compact else TABLE.starts
    streams = [stream_of(part, TABLE) for part in SYMBOLS]
    return file_of(streams, FrequencyTable(frequencies, starts))


def unowned_slot() -> bytes:
    return without_slot_of(SYMBOLS[0][0], compact=True)


def zero_frequency() -> bytes:
    return without_slot_of(SYMBOLS[0][0], compact=False)


FLAT = FrequencyTable.of_frequencies(np.full(256, 16, dtype=np.int64))
"""Eight bits for every symbol."""


def table_misfit() -> bytes:
    return batched_file(WEIGHTS, TILE, FLAT)


def made_by_the_original(weights: Weights, tile: int) -> bytes:
    """A file with the table that the original would have made; equal streams are coded once."""
    symbols = batched_symbols(weights[:tile, :tile], tile)
    tiles = weights.size // tile**2
    counts = histogram(np.array(symbols, dtype=np.uint8)) * tiles
    table = FrequencyTable.of_frequencies(original.normalise(counts))
    streams = [stream_of(symbols[0], table)] * tiles
    return batched.head(weights.shape, tile, table, sizes_of(streams)) + b"".join(streams)


def table_wrapped() -> bytes:
    return made_by_the_original(np.zeros((1024, 1024), dtype=np.int8), 128)


def table_mode_starved() -> bytes:
    rows = np.tile(np.arange(32, dtype=np.int8) % 7, (32, 1))
    rows[::2, ::3] += 4
    return made_by_the_original(rows, 32)


def not_compressed() -> bytes:
    """A byte for every weight, and count and state on top."""
    return batched_file(noise(28, 28, sigma=200), 28, FLAT)


def exchanged() -> bytes:
    """Two streams in the other order, the index telling so."""
    base = batched.INDEX_OFFSET
    entries = [FILE[base + 12 * t : base + 12 * t + 8] for t in (0, 1)]
    return with_bytes(with_bytes(FILE, base, entries[1]), base + 12, entries[0])


W = wcdc_file(WEIGHTS, TILE)
HEADER, ENTRY = batched.HEADER, batched.INDEX_ENTRY
FIRST = batched.INDEX_OFFSET

FAULTS = {
    "truncated-header": FILE[:20],
    "truncated-table": FILE[:500],
    "truncated-index": FILE[: FIRST + 20],
    "version": with_field(FILE, HEADER, "version", 2),
    "tile-size": with_field(FILE, HEADER, "tile_size", 0),
    "empty-shape": with_field(FILE, HEADER, "rows", 0),
    "grid-shape": with_field(FILE, HEADER, "num_tiles_row", 1),
    "tile-count": with_field(FILE, HEADER, "num_tiles", 3),
    "file-size": with_field(FILE, HEADER, "compressed_size", 3),
    "section-offset": with_field(FILE, HEADER, "tile_data_offset", 0xFFFFFFFF),
    "section-overlap": with_field(FILE, HEADER, "tile_data_offset", 3),
    "predictor": with_field(W, wcdc.TILE_RECORD, "predictor", 7, wcdc.HEADER.size),
    "implausible-size": with_field(FILE, HEADER, "cols", 0xFFFFFFFF),
    "table-sum": unowned_slot(),
    "table-start": zero_frequency(),
    "tile-position": with_field(FILE, ENTRY, "tile_col", 1, FIRST),
    "tile-bounds": with_field(FILE, ENTRY, "size", 0xFFFFFF, FIRST),
    "tile-overlap": with_field(FILE, ENTRY, "offset", 3, FIRST + 12),
    "tile-order": exchanged(),
    "stream-size": with_field(FILE, ENTRY, "size", 3, FIRST),
    "symbol-count": symbol_count(),
    "initial-state": initial_state(),
    "stream-underrun": stream_underrun(),
    "unowned-slot": unowned_slot(),
    "final-state": final_state(),
    "bytes-left": bytes_left(),
    "zero-frequency": zero_frequency(),
    "padding": with_bytes(FILE, 38, b"\x01"),
    "tile-padding": padding_of_an_edge_tile(),
    "unclaimed-bytes": with_field(FILE, ENTRY, "size", 9, FIRST),
    "trailing-bytes": FILE + b"x",
    "table-misfit": table_misfit(),
    "table-wrapped": table_wrapped(),
    "table-mode-starved": table_mode_starved(),
    "not-compressed": not_compressed(),
    **native_faults(),
}
"""A file for every code that the bytes of a file can give rise to."""


REPORTS: dict[tuple[str, str], Report] = {}


def checked(code: str, decoder: Decoder) -> Report:
    """The report on one of `FAULTS`, made once: one of them holds a million symbols."""
    key = code, decoder.name
    if key not in REPORTS:
        REPORTS[key] = check(parsed(FAULTS[code]), decoder)
    return REPORTS[key]


def test_every_code_can_occur() -> None:
    assert set(FAULTS) == set(CATALOGUE) - {"unreadable"}, "unreadable needs a file that shrinks"


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_called_by_its_code(code: str, decoder: Decoder) -> None:
    if not supported(decoder, parsed(FAULTS[code])):
        with pytest.raises(DecodeError, match="the kernels know native streams with"):
            checked(code, decoder)
        return
    report = checked(code, decoder)
    problem = next(problem for problem in report.problems if problem.code == code)
    assert problem.message
    assert problem.likely_cause
    assert report.sound == all(p.severity is not Severity.ERROR for p in report.problems)
    assert report.sound <= (problem.severity is not Severity.ERROR)


STREAM_FAULTS = {
    "symbol-count": (Status.SYMBOL_COUNT, "says that it codes 48 symbols where its tile has 49"),
    "initial-state": (Status.STATE_OUT_OF_RANGE, "which no encoder can have left"),
    "stream-underrun": (Status.UNDERRUN, "runs out of bytes at symbol"),
    "final-state": (Status.FINAL_STATE, "with 0 bytes left"),
    "bytes-left": (Status.BYTES_LEFT, "has 2 bytes left when its last symbol is decoded"),
}


@pytest.mark.parametrize("code", STREAM_FAULTS)
def test_a_fault_of_a_stream_is_told_once_and_with_its_place(code: str, decoder: Decoder) -> None:
    status, says = STREAM_FAULTS[code]
    container = parsed(FAULTS[code])
    assert container.problems == ()
    report = check(container, decoder)
    problem = next(p for p in report.problems if p.code == code)
    assert [p.code for p in report.problems if p.severity is Severity.ERROR] == [code]
    assert says in problem.message
    assert problem.tile == 1
    offset, size = stream_place(FAULTS[code], 1)
    assert offset <= problem.offset <= problem.offset + problem.size <= offset + size
    (measured,) = report.tensors
    assert measured.tiles["status"].tolist() == [Status.OK, status, Status.OK, Status.OK]
    assert measured.tiles["severity"].tolist() == [0, 2, 0, 0]


def test_a_count_that_lies_is_told_from_a_stream_that_is_damaged(decoder: Decoder) -> None:
    sound = check(parsed(symbol_count()), decoder).problems[0]
    assert sound.message.endswith("decoded with the tile's own count it ends as it should")
    words, state = sound_stream(1)
    both = with_stream(1, stream_bytes(48, words[3:] + b"abc", state))
    assert "ends as it should" not in check(parsed(both), decoder).problems[0].message


def test_a_symbol_without_a_frequency_is_named(decoder: Decoder) -> None:
    problem = next(
        p for p in check(parsed(zero_frequency()), decoder).problems if p.code == "zero-frequency"
    )
    assert f"symbol {SYMBOLS[0][0]}'s, but that has frequency 0" in problem.message
    assert (problem.tile, problem.size) == (0, 0)


def test_starts_tell_whose_a_slot_was_only_where_slots_are_missing() -> None:
    frequencies, starts = np.zeros(256, dtype=np.int64), np.full(256, 4096, dtype=np.int64)
    frequencies[[5, 9]], starts[[5, 9]] = (100, 3000), (0, 1096)
    starts[7] = 100
    table = FrequencyTable(frequencies, starts)
    assert table.starved(100) == table.starved(1095) == 7
    assert table.starved(4096) is None
    starts[7] = 4096
    assert FrequencyTable(frequencies, starts).starved(500) is None, "5 may own too few slots"
    assert FrequencyTable.of_frequencies(frequencies).starved(3500) is None
    assert TABLE.starved(0) is None


def test_bits_of_a_table_that_does_not_fit(decoder: Decoder) -> None:
    problem = next(
        p for p in check(parsed(table_misfit()), decoder).problems if p.code == "table-misfit"
    )
    counts = histogram(np.array(SYMBOLS, dtype=np.uint8))
    lost = cross_entropy(counts, FLAT) - cross_entropy(counts, best_table(counts))
    assert f"costs {lost:.3f} bits a weight more" in problem.message
    assert (problem.offset, problem.size) == (40, 1024)
    symbol, worst = worst_symbols(counts, FLAT, 1)[0]
    assert f"symbol {symbol} has frequency 16 where" in problem.message
    assert 0 < worst <= lost * 8


def test_worst_symbols_are_those_that_lose_most() -> None:
    counts = histogram(np.array(SYMBOLS, dtype=np.uint8))
    assert worst_symbols(counts, best_table(counts)) == []
    assert worst_symbols(np.zeros(256, dtype=np.int64), TABLE) == []
    skewed = counts.copy()
    skewed[128] *= 9
    listed = worst_symbols(skewed, TABLE, 256)
    losses = [lost for _, lost in listed]
    assert listed[0][0] == 128
    assert losses == sorted(losses, reverse=True)
    assert min(losses) > 0


def test_the_cause_is_proved_by_repeating_it(decoder: Decoder) -> None:
    wrapped = checked("table-wrapped", decoder).problems[0]
    assert "wrapped in 32 bits" in wrapped.likely_cause
    assert "symbol 128 has frequency 1 where 4,096 fits" in wrapped.message
    starved = next(
        p for p in checked("table-mode-starved", decoder).problems if p.code == "table-mode-starved"
    )
    assert "gives exactly this table" in starved.likely_cause


def test_a_table_that_only_looks_like_the_originals_is_a_misfit() -> None:
    """The data would have wrapped, but this is not the table that wrapping gives."""
    counts = np.zeros(256, dtype=np.int64)
    counts[128] = 1 << 20
    tensor = only_tensor(parsed(FAULTS["table-wrapped"]))
    assert [p.code for p in table_problems(tensor, counts, counts)] == ["table-wrapped"]
    frequencies = tensor.table.frequencies.copy()
    frequencies[[0, 7]] += [-1, 1]
    other = replace(tensor, table=FrequencyTable.of_frequencies(frequencies))
    (problem,) = table_problems(other, counts, counts)
    assert problem.code == "table-misfit"
    assert "wrapped" not in problem.likely_cause


def test_a_file_that_shrinks_while_it_is_checked(tmp_path: Path, decoder: Decoder) -> None:
    """The parser saw every stream; two of them are gone when the check comes to them."""
    path = tmp_path / "layer.batched"
    path.write_bytes(FILE)
    container = open_file(path)
    offset, size = stream_place(FILE, 2)
    os.truncate(path, offset + size - 1)
    report = check(container, decoder)
    unreadable = [p for p in report.problems if p.code == "unreadable"]
    assert [(p.tile, p.offset) for p in unreadable] == [
        (2, offset),
        (3, stream_place(FILE, 3)[0]),
    ]
    assert "has shrunk" in unreadable[0].message
    assert not report.sound
    assert report.tensors[0].tiles["severity"].tolist() == [0, 0, 2, 2]


def test_a_refused_tensor_is_not_decoded(decoder: Decoder) -> None:
    data = with_field(FILE, HEADER, "predictor_mode", 2)
    (report,) = check(parsed(data), decoder).tensors
    assert set(report.tiles["status"].tolist()) == {Status.TENSOR_REFUSED}
    assert set(report.tiles["severity"].tolist()) == {2}
    assert not report.counts.any()


def test_a_file_without_a_tensor_is_checked_as_far_as_it_goes(decoder: Decoder) -> None:
    report = check(parsed(FILE[:100]), decoder)
    assert (report.tensors, report.sound) == ((), False)


def test_progress_counts_tiles(decoder: Decoder) -> None:
    told: list[tuple[int, int]] = []
    weights = noise(20, 20)
    check(parsed(batched_file(weights, 2)), decoder, lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == [0, 64, 100]
    assert {total for _, total in told} == {100}


def test_a_check_can_be_cancelled(decoder: Decoder) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        check(parsed(FILE), decoder, stop)


def test_a_report_with_warnings_only_is_sound() -> None:
    (warning,) = parsed(with_bytes(FILE, 38, b"\x01")).problems
    assert warning.severity is Severity.WARNING
    assert Report((warning,), ()).sound
    (error,) = parsed(with_field(FILE, HEADER, "version", 2)).problems
    assert not Report((warning, error), ()).sound


def test_a_sound_stream_has_no_problem(reference: Decoder) -> None:
    container = parsed(FILE)
    tensor = only_tensor(container)
    for stream in reference.decode_streams(container, tensor, range(4)):
        assert stream_problems(tensor, stream) == []


@pytest.mark.parametrize("share", [0.5, 0.99])
def test_our_table_is_never_a_misfit(share: float, reference: Decoder) -> None:
    """However skewed the data is; so `table-misfit` speaks of others' tables alone."""
    rng = np.random.default_rng(5)
    skewed = np.where(rng.random((32, 32)) < share, 0, rng.integers(-128, 128, (32, 32)))
    data = batched_file(skewed.astype(np.int8), 32)
    assert [p.code for p in check(parsed(data), reference).problems] == []
    counts = histogram(np.array(batched_symbols(skewed.astype(np.int8), 32), dtype=np.uint8))
    np.testing.assert_array_equal(only_tensor(parsed(data)).table.frequencies, normalise(counts))


def test_a_symbol_count_may_claim_anything(decoder: Decoder) -> None:
    """Four billion symbols are claimed; the tile's own 49 are decoded."""
    offset, _ = stream_place(FILE, 1)
    container = parsed(with_bytes(FILE, offset, u32(0xFFFFFFFF)))
    (problem,) = [p for p in check(container, decoder).problems if p.tile == 1]
    assert (problem.code, problem.offset, problem.size) == ("symbol-count", offset, 4)
    assert problem.found == "4,294,967,295"
