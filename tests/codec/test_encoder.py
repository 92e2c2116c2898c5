"""The encoders against the decoders, against each other, and against the sizes they have to reach."""

from __future__ import annotations

from pathlib import Path

import hypothesis.extra.numpy as npst
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec import decoders
from codec.checks import check
from codec.container import Predictor
from codec.encoder import ENCODERS, EncodeSettings, encode
from codec.errors import Cancelled, InputError
from codec.formats import LEGACY_FORMATS, open_file, parse
from codec.frequency import FrequencyTable, cross_entropy, histogram, normalise
from codec.source import BytesSource

LEGACY = Path(__file__).parent.parent / "data" / "legacy"
SOUND = sorted(p for p in LEGACY.glob("*_t*.[bw]*") if not p.name.startswith("broken"))


def container_of(encoded):
    return parse(BytesSource(b"".join(encoded.pieces()), "encoded"))


def matrices(longest: int = 40):
    """Small matrices: flat ones, skewed ones, and any."""
    shapes = st.tuples(st.integers(1, longest), st.integers(1, longest))
    values = st.sampled_from([st.just(0), st.integers(-2, 1), st.integers(-128, 127)])
    return values.flatmap(lambda v: npst.arrays(np.int8, shapes, elements=v))


@given(
    matrix=matrices(),
    layout=st.sampled_from(LEGACY_FORMATS),
    tile=st.integers(1, 50),
    encoder=st.sampled_from(ENCODERS),
    decoder=st.sampled_from(decoders.DECODERS[:2]),
)
@settings(max_examples=150, deadline=None)
def test_every_encoder_is_undone_by_every_decoder(matrix, layout, tile, encoder, decoder):
    encoded = encode(matrix, EncodeSettings(layout, tile), encoder=encoder)
    container = container_of(encoded)
    assert container.problems == ()
    decoded = decoders.make(decoder).decode(container, container.tensors[0])
    np.testing.assert_array_equal(decoded.weights, matrix)
    assert not len(decoded.failed)


@given(matrix=matrices(), layout=st.sampled_from(LEGACY_FORMATS), tile=st.integers(1, 50))
@settings(max_examples=60, deadline=None)
def test_the_fast_encoder_writes_what_the_reference_writes(matrix, layout, tile):
    chosen = EncodeSettings(layout, tile)
    fast, reference = encode(matrix, chosen), encode(matrix, chosen, encoder="reference")
    assert b"".join(fast.pieces()) == b"".join(reference.pieces())
    np.testing.assert_array_equal(fast.written, reference.written)


@pytest.mark.parametrize("path", SOUND, ids=lambda p: p.name)
def test_no_legacy_file_is_smaller_than_ours_nor_is_the_best_table_far(path):
    container = open_file(path)
    tensor = container.tensors[0]
    weights = np.load(path.with_suffix(".npy"))
    encoded = encode(weights, EncodeSettings(container.format, tensor.tile_rows))
    assert encoded.size <= container.source.size
    ours = container_of(encoded)
    streams = decoders.make("cpu").decode_streams(
        ours, ours.tensors[0], range(len(ours.tensors[0].tiles))
    )
    counts = histogram(np.concatenate([stream.symbols for stream in streams]))
    best = cross_entropy(counts, FrequencyTable.of_frequencies(normalise(counts)))
    coded = encoded.streams.sizes.sum() * 8 / counts.sum()
    frames = len(encoded.streams.sizes) * 64 / counts.sum()
    assert coded - frames <= best + 0.02


@pytest.mark.parametrize("layout", LEGACY_FORMATS)
def test_our_own_files_give_rise_to_no_problem(layout):
    matrix = np.random.default_rng(1).normal(0, 10, (300, 200)).round().astype(np.int8)
    container = container_of(encode(matrix, EncodeSettings(layout, 64)))
    assert check(container, decoders.make("cpu")).problems == ()


def test_uniform_data_hardly_grows():
    matrix = np.random.default_rng(2).integers(-128, 127, (2048, 2048)).astype(np.int8)
    assert encode(matrix).size <= 4_197_500


def test_a_million_equal_weights_take_almost_nothing():
    encoded = encode(np.zeros((1024, 1024), dtype=np.int8))
    assert encoded.size <= 2_000
    assert encoded.table.frequencies[128] == 4096


@pytest.mark.parametrize("predictor", ["left", "top"])
def test_the_predictor_asked_for_is_used(predictor):
    matrix = np.arange(64, dtype=np.int8).reshape(8, 8)
    encoded = encode(matrix, EncodeSettings("wcdc", 4, predictor))
    tensor = container_of(encoded).tensors[0]
    assert {tensor.predictor(t) for t in range(4)} == {Predictor(predictor)}


def test_auto_takes_the_predictor_that_costs_least():
    rng = np.random.default_rng(3)
    rows_alike = np.tile(rng.integers(-100, 100, 64).astype(np.int8), (64, 1))
    encoded = encode(rows_alike, EncodeSettings("wcdc", 64, "auto"))
    assert container_of(encoded).tensors[0].predictor(0) is Predictor.TOP


def test_the_log_says_what_lies_in_the_file():
    matrix = np.random.default_rng(4).normal(0, 9, (70, 50)).round().astype(np.int8)
    for layout in LEGACY_FORMATS:
        encoded = encode(matrix, EncodeSettings(layout, 32))
        container = container_of(encoded)
        tensor = container.tensors[0]
        reads = decoders.make("cpu").decode(container, tensor).reads
        for ours, theirs in (
            ("size", "size"),
            ("offset", "offset"),
            ("final_state", "initial_state"),
        ):
            np.testing.assert_array_equal(encoded.written[ours], reads[theirs])
        for name in ("symbol_count", "first_symbols", "first_weights"):
            np.testing.assert_array_equal(encoded.written[name], reads[name])


@pytest.mark.parametrize(
    ("settings_", "words"),
    [
        ({"format": "zip"}, "no format called 'zip'"),
        ({"tile": 0}, "not between 1 and 65,535"),
        ({"tile": 65536}, "not between 1 and 65,535"),
        ({"predictor": "best"}, "no predictor called 'best'"),
        ({"format": "batched", "predictor": "top"}, "only the predictor left"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings_, words):
    with pytest.raises(InputError, match=words):
        EncodeSettings(**settings_)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.zeros((4, 4), dtype=np.int16), "int16"),
        (np.zeros((0, 4), dtype=np.int8), "0×4"),
        (np.zeros((2, 2, 2), dtype=np.int8), "2×2×2"),
        (np.zeros(5, dtype=np.int8), "shape 5"),
    ],
)
def test_arrays_that_are_no_int8_matrix_are_refused(matrix, words):
    with pytest.raises(InputError, match=words):
        encode(matrix)


def test_a_grid_that_its_fields_cannot_hold_is_refused():
    with pytest.raises(InputError, match="tile rows would be 65,536"):
        encode(np.zeros((65536, 1), dtype=np.int8), EncodeSettings(tile=1))


@pytest.mark.parametrize("layout", LEGACY_FORMATS)
def test_encoding_can_be_cancelled(layout):
    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        encode(np.zeros((64, 64), dtype=np.int8), EncodeSettings(layout, 16), stop)
