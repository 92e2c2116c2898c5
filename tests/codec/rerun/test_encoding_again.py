"""Encoding anew: the original's files byte for byte with the original's faults, ours without, and honest figures."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy as npst
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec import decoders, original, rans
from codec.any_table_streams import encode_anyway
from codec.encoder import EncodeSettings, encode
from codec.errors import Cancelled, DecodeError, InputError
from codec.fast.any_table import encode_any
from codec.formats import FORMATS, open_file
from codec.formats.native import NAME as NATIVE
from codec.frequency import FrequencyTable, cross_entropy, entropy, histogram, normalise
from codec.interleaving import Interleaving
from codec.native_coder import ReferenceLaneCoder
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.native_plan import tile_rectangles
from codec.prediction import undo_difference
from codec.rans import Coder
from codec.rerun.choices import Choices, Refused, grid
from codec.rerun.encoding import encode_again, scales_beside, write_again
from codec.rerun.figures import KEYS, figures, table_bytes
from codec.rerun.measured import Measured, Outcome
from codec.rerun.measures import measure
from codec.rerun.recipe import Recipe, usual
from codec.rerun.sources import SourceWeights, generated, named, of_file, of_tensor
from codec.rerun.sweep import sweep
from codec.table_rule import Normalisation, TableRule
from tests.codec.files import DATA, DECODABLE, expected_weights, only_tensor, parsed

BROKEN = DATA / "legacy" / "brokentable_1024x1024_t256.batched"
AS_ORIGINAL = TableRule(Normalisation.ORIGINAL, original.SAMPLE_SYMBOLS)
MIXED = "gaussian10_512x384_t256.wcdc"
"""Its predictors were chosen by a measure of the original's own, so none of ours repeats it."""


def weights_of(matrix: Any) -> SourceWeights:
    return SourceWeights("weights", "weights of a test", np.ascontiguousarray(matrix, np.int8))


@pytest.mark.parametrize(
    "path", [p for p in DECODABLE if p.name != MIXED], ids=lambda path: path.name
)
def test_with_its_normalisation_the_files_of_the_original_come_out_byte_for_byte(
    path: Path,
) -> None:
    container = open_file(path)
    tensor = only_tensor(container)
    predictor = str(tensor.predictor(0))
    chosen = EncodeSettings(container.format, tensor.tile_rows, predictor, AS_ORIGINAL)
    made = b"".join(encode(expected_weights(path), chosen).pieces())
    assert made == path.read_bytes()


def crowded(layout: str) -> SourceWeights:
    """One tile of 256×256 whose symbols are 40 frequent ones and, once or so, all others.

    The original rounds each of the rare ones up to a slot, and then has more slots to take back than any symbol has.
    """
    random = np.random.default_rng(3)
    symbols = random.integers(108, 148, 256 * 256).astype(np.uint8)
    symbols[:256] = np.arange(256)
    values = (symbols - np.uint8(128)).reshape(256, 256)
    if layout != NATIVE:
        values = undo_difference(symbols).reshape(256, 256)
    if layout == "wcdc":  # which takes the difference of what LEFT has left
        values = np.cumsum(values, axis=1, dtype=np.uint8)
    return weights_of(values.view(np.int8))


@pytest.mark.parametrize("layout", FORMATS)
def test_a_table_that_nobody_can_use_is_written_and_told(layout: str) -> None:
    base = usual(layout)
    predictor = "none" if layout == NATIVE else "left"
    recipe = Recipe(
        layout, 256, 256, predictor, 12, base.word_bits, base.lanes, base.run,
        None, Normalisation.ORIGINAL,
    )  # fmt: skip
    row = measure(crowded(layout), recipe)
    assert row.outcome is Outcome.WRONG
    assert "the frequencies sum to" in row.says
    assert row.frequency_sum > 4096
    assert row.file_size > 0
    assert (row.wrong, row.table_cost, row.decode_seconds) == (None, None, None)


@given(
    symbols=npst.arrays(np.uint8, st.integers(0, 300)),
    lanes=st.integers(1, 40),
    run=st.integers(1, 5),
    word_bits=st.sampled_from([8, 16]),
)
@settings(max_examples=25, deadline=None)
def test_the_coder_for_any_table_is_the_reference(symbols, lanes, run, word_bits) -> None:
    coder = Coder(1 << (32 - word_bits - 1), word_bits)
    table = FrequencyTable.of_frequencies(np.full(256, 16, dtype=np.int64))
    coded = encode_any(symbols, table, coder, Interleaving(lanes, run))
    assert coded is not None
    words, states = rans.encode_lanes(symbols.tolist(), table, coder, Interleaving(lanes, run))
    assert (coded[0].tolist(), coded[1].tolist()) == (words, states)


def coded_in_32_bits(symbols: list[int], frequencies: list[int]) -> tuple[list[int], int]:
    """What an encoder of 32-bit states does with a table that sums to anything: `rans.encode`, cut to 32 bits."""
    starts = [sum(frequencies[:symbol]) for symbol in range(256)]
    state, words = 1 << 23, []
    for symbol in reversed(symbols):
        while state >= (1 << 19) * frequencies[symbol]:
            words.append(state & 0xFF)
            state >>= 8
        whole, rest = divmod(state, frequencies[symbol])
        state = ((whole << 12) + rest + starts[symbol]) & 0xFFFFFFFF
    return words, state


@given(symbols=st.lists(st.integers(0, 255), max_size=400), frequent=st.integers(20, 60))
@settings(max_examples=40, deadline=None)
def test_a_table_that_sums_to_too_much_is_coded_as_32_bits_would(symbols, frequent) -> None:
    counts = np.ones(256, dtype=np.int64)
    counts[:frequent] = 40_000
    table = FrequencyTable.of_frequencies(original.normalise(counts))
    coded = encode_any(np.array(symbols, np.uint8), table, rans.LEGACY, Interleaving())
    assert coded is not None
    words, state = coded_in_32_bits(symbols, table.frequencies.tolist())
    assert (coded[0].tolist(), coded[1].tolist()) == (words, [state])


def test_streams_coded_anyway_are_the_references_where_the_table_is_sound() -> None:
    matrix = crowded(NATIVE).matrix[:40, :50].copy()
    tiles = tile_rectangles((40, 50), 16, 32)
    predictors = (np.arange(len(tiles)) % 3).astype(np.uint8)
    table = FrequencyTable.of_frequencies(np.full(256, 16, dtype=np.int64))
    arguments = (matrix, tiles, predictors, table, Coder(1 << 16, 16), Interleaving(32, 4))
    ours, judge = encode_anyway(*arguments), ReferenceLaneCoder().encode(*arguments)
    for part, expected in zip(ours, judge, strict=True):
        np.testing.assert_array_equal(part, expected)


def test_a_symbol_without_a_slot_is_refused() -> None:
    frequencies = np.zeros(256, dtype=np.int64)
    frequencies[:2] = 4000
    table = FrequencyTable.of_frequencies(frequencies)
    assert encode_any(np.array([0, 5], np.uint8), table, rans.LEGACY, Interleaving()) is None
    matrix, tiles = np.zeros((4, 4), np.int8), tile_rectangles((4, 4), 4, 4)
    with pytest.raises(InputError, match="has frequency 0"):
        encode_anyway(
            matrix, tiles, np.zeros(1, np.uint8), table, Coder(1 << 16, 16), Interleaving()
        )


# What a sample does.


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize("sample", [1, 100, 1000, 1 << 30])
def test_a_table_of_a_sample_still_codes_everything(layout: str, sample: int) -> None:
    base = usual(layout)
    recipe = Recipe(
        layout, 32, 32, base.predictor, 12, base.word_bits, min(base.lanes, 8), base.run, sample
    )
    row = measure(generated("normal-5", 100, 70), recipe)
    assert (row.outcome, row.wrong) == (Outcome.EXACT, 0)
    assert row.frequency_sum == 4096


@given(
    sample=st.integers(1, 2000),
    seed=st.integers(0, 5),
    encoder=st.sampled_from(["cpu", "reference"]),
)
@settings(max_examples=30, deadline=None)
def test_a_sample_is_the_first_symbols_in_coding_order(
    sample: int, seed: int, encoder: str
) -> None:
    matrix = generated("normal-3", 37, 29, seed).matrix
    chosen = EncodeSettings("batched", 16, table_rule=TableRule(sample=sample))
    encoded = encode(matrix, chosen, encoder=encoder)
    tensor = only_tensor(parsed(b"".join(encoded.pieces())))
    streams = decoders.make("reference").decode_streams(
        parsed(b"".join(encoded.pieces())), tensor, range(len(tensor.tiles))
    )
    symbols = np.concatenate([stream.symbols for stream in streams])
    first = histogram(symbols[:sample])
    lacking = (histogram(symbols) > 0) & (first == 0)
    assert set(encoded.table.frequencies[lacking].tolist()) <= {1}
    best = FrequencyTable.of_frequencies(normalise(first))
    room = 4096 - int(lacking.sum())
    ideal = cross_entropy(first, best) + np.log2(4096 / room)
    assert cross_entropy(first, encoded.table) <= ideal + 0.01


def test_native_samples_count_the_tiles_that_are_coded() -> None:
    matrix = np.zeros((64, 64), dtype=np.int8)
    matrix[32:] = generated("normal-3", 32, 64).matrix  # the first tile is constant
    chosen = NativeSettings(32, 64, lanes=8, table_rule=TableRule(sample=64))
    file, _ = encode_native([Layer.of_matrix("m", matrix)], chosen)
    table = only_tensor(parsed(file)).table
    seen = histogram(matrix[32].view(np.uint8) + np.uint8(128))
    often = int(np.argmax(seen))
    assert table.frequencies[often] > 100
    assert (table.frequencies[(seen == 0)] <= 1).all()


# Figures.


def test_known_entropies_and_every_byte() -> None:
    weights = generated("normal-10", 512, 512)
    for row in sweep(weights, grid(Choices(tiles=((96, 96), (256, 256))))):
        assert isinstance(row, Measured)
        assert (row.outcome, row.wrong, row.says) == (Outcome.EXACT, 0, "")
        assert row.weight_entropy == pytest.approx(5.369, abs=0.01)
        size = row.table_bytes + row.index_bytes + row.stream_bytes + row.other_bytes
        assert size == row.file_size == len(encode_again(weights, row.recipe))
        assert 0 < row.frame_bytes < row.stream_bytes
        assert row.ratio == pytest.approx(512 * 512 / row.file_size)
        tile = row.recipe.tile_rows
        padded = tile == 96 and row.recipe.layout == "batched"
        assert row.padding_symbols == (576 * 576 - 512 * 512 if padded else 0)
        known = figures(row)
        assert 0 < known["table_cost"] < 0.05
        assert 0 < known["coder_cost"] <= 8 * row.frame_bytes / row.weights + 0.002
        coded = known["symbol_entropy"] * (row.weights + row.padding_symbols) / row.weights
        parts = coded + known["table_cost"] + known["coder_cost"]
        assert known["stream_bits_per_weight"] == pytest.approx(parts)


def test_zeros_by_the_original_grow_and_by_us_nearly_vanish() -> None:
    weights = generated("zeros", 1024, 1024)
    rows = [measure(weights, Recipe(normalisation=name)) for name in Normalisation]
    ours, theirs = rows
    assert (ours.outcome, theirs.outcome) == (Outcome.EXACT, Outcome.EXACT)
    assert theirs.file_size == 1_574_248  # as the file of the original that is known
    assert theirs.remark.startswith(
        "symbol 128, 100.0% of those coded, owns 1 of 4,096 slots, not 4,096"
    )
    assert ours.remark == ""
    assert theirs.table_cost == 12
    assert ours.file_size < 2000


def test_uniform_data_is_stored_and_its_ratio_is_below_one() -> None:
    row = measure(generated("uniform", 256, 256), usual("native"))
    assert row.codings == (0, 1, 0)
    assert (row.symbol_entropy, row.table_cost, row.frame_bytes) == (None, None, 0)
    assert 0.98 < (row.ratio or 0) < 1


@given(
    matrix=npst.arrays(np.int8, st.tuples(st.integers(1, 40), st.integers(1, 40))),
    layout=st.sampled_from(FORMATS),
    tile=st.integers(1, 50),
    sample=st.none() | st.integers(1, 500),
)
@settings(max_examples=25, deadline=None)
def test_whatever_the_weights_our_tables_bring_them_back(matrix, layout, tile, sample) -> None:
    base = usual(layout)
    recipe = Recipe(
        layout, tile, tile, base.predictor, 12, base.word_bits, base.lanes, base.run, sample
    )
    row = measure(weights_of(matrix), recipe)
    assert (row.outcome, row.wrong) == (Outcome.EXACT, 0), row.says


@given(
    matrix=npst.arrays(np.int8, st.tuples(st.integers(1, 30), st.integers(1, 30))),
    layout=st.sampled_from(FORMATS),
    tile=st.integers(1, 40),
)
@settings(max_examples=25, deadline=None)
def test_the_originals_tables_are_exact_or_said_to_be_wrong(matrix, layout, tile) -> None:
    base = usual(layout)
    recipe = Recipe(
        layout, tile, tile, base.predictor, 12, base.word_bits, base.lanes, base.run,
        None, Normalisation.ORIGINAL,
    )  # fmt: skip
    row = measure(weights_of(matrix), recipe)
    assert row.outcome in (Outcome.EXACT, Outcome.WRONG)
    assert (row.outcome is Outcome.EXACT) == (row.wrong == 0 and not row.says)


def test_a_recipe_that_fails_does_not_end_a_sweep() -> None:
    too_small = Recipe("batched", 1, 1)
    good = Recipe("batched", 64, 64)
    wide = weights_of(np.zeros((1, 70_000)))
    rows = list(sweep(wide, [too_small, good]))
    assert [row.outcome for row in rows if isinstance(row, Measured)] == ["refused", "exact"]
    assert figures(rows[0])["file_size"] is None


def test_a_sweep_can_be_stopped() -> None:
    def stop(done: int, total: int) -> None:
        if done > 1000:
            raise Cancelled

    rows = sweep(generated("ramp", 32, 32), grid(Choices()), stop)
    assert isinstance(next(rows), Measured)
    with pytest.raises(Cancelled):
        next(rows)


def test_rows_become_csv_and_json() -> None:
    rows = list(
        sweep(generated("real", 1, 1), grid(Choices(predictors=("none",), tiles=((64, 64),))))
    )
    assert [isinstance(row, Refused) for row in rows] == [True, True, False]
    as_json = json.loads(table_bytes(rows, "x.json"))["rows"]
    assert [list(row) for row in as_json] == [list(KEYS)] * 3
    as_csv = list(csv.DictReader(io.StringIO(table_bytes(rows, "X.CSV").decode())))
    assert [row["outcome"] for row in as_csv] == ["refused", "refused", "exact"]
    assert float(as_csv[2]["ratio"]) == as_json[2]["ratio"] > 1.2
    with pytest.raises(InputError, match=r"\.csv or \.json; x\.txt names neither"):
        table_bytes(rows, "x.txt")


# Sources.


@pytest.mark.parametrize("path", DECODABLE[:3], ids=lambda path: path.name)
def test_the_weights_of_an_opened_tensor(path: Path) -> None:
    container = open_file(path)
    source = of_tensor(container, container.tensors[0])
    np.testing.assert_array_equal(source.matrix, expected_weights(path))


def test_weights_that_are_not_known_are_not_encoded_again() -> None:
    container = open_file(BROKEN)
    with pytest.raises(DecodeError):
        of_tensor(container, container.tensors[0])


def test_a_tensor_that_fails_in_part_is_refused() -> None:
    path = DECODABLE[0]
    data = bytearray(path.read_bytes())
    data[-1] ^= 0xFF
    container = parsed(bytes(data))
    with pytest.raises(DecodeError, match="do not decode, so its weights"):
        of_tensor(container, container.tensors[0])


def test_scales_go_along(tmp_path: Path) -> None:
    floats = np.random.default_rng(1).normal(0, 1, (2, 3, 40)).astype(np.float32)
    np.save(tmp_path / "w.npy", floats)
    source = of_file(tmp_path / "w.npy", granularity="row")
    assert (source.matrix.shape, source.quantisation, len(source.scales)) == ((6, 40), "row", 6)
    (file,) = write_again(tmp_path / "w.rsc", source, usual("native"))
    again = of_tensor(open_file(file), open_file(file).tensors[0])
    assert (again.shape, again.dtype) == ((2, 3, 40), "float32")
    np.testing.assert_array_equal(again.scales, source.scales)
    legacy, beside = write_again(tmp_path / "w.wcdc", again, usual("wcdc"))
    assert beside == scales_beside(legacy)
    np.testing.assert_array_equal(np.load(beside)["scales"].reshape(-1), source.scales)
    kept = of_tensor(open_file(legacy), open_file(legacy).tensors[0])
    np.testing.assert_array_equal(kept.matrix, source.matrix)


def test_one_of_several_arrays_has_to_be_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", a=np.ones((3, 4), np.int8), b=np.zeros((2, 2), np.int8))
    with pytest.raises(InputError, match="holds 2 tensors, a, b: name one"):
        of_file(tmp_path / "two.npz")
    assert of_file(tmp_path / "two.npz", "b").matrix.shape == (2, 2)
    with pytest.raises(InputError, match="no tensor called 'c'"):
        of_file(tmp_path / "two.npz", "c")


def test_generated_weights_are_the_same_again() -> None:
    first, second = named("generated:normal-2.5:20x30:7"), named("generated:normal-2.5:20×30:7")
    np.testing.assert_array_equal(first.matrix, second.matrix)
    assert first.matrix.std() == pytest.approx(2.5, rel=0.1)
    assert named("generated:zeros").matrix.shape == (1024, 1024)
    assert named("generated:real").matrix.shape == (384, 384)
    assert entropy(histogram(named("generated:uniform:512x512").matrix.view(np.uint8))) > 7.99


@pytest.mark.parametrize(
    "text",
    [
        "generated:", "generated:fog", "generated:zeros:1", "generated:zeros:0x5",
        "generated:zeros:99999999x99999999", "generated:normal-x", "generated:normal--3",
        "generated:zeros:4x4:-1", "generated:zeros:4x4:1:2", "generated:real:4x4", "zeros",
        "generated:zeros:4x4:", "generated:normal-nan", "generated:ramp:²x4",
    ],
)  # fmt: skip
def test_what_is_no_generated_input_says_so(text: str) -> None:
    with pytest.raises(InputError) as caught:
        named(text)
    assert caught.value.sentence()
