"""The self-test passes with sound decoders, and sees what a broken one or a broken encoder does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codec import decoders, selftest
from codec.decoders.base import DecodedTensor, Decoder, no_tick
from codec.encoder import encode
from codec.errors import Cancelled, DecodeError
from codec.known_data import Case, cases, known
from codec.selftest import VARIANTS, round_trips


class Broken(Decoder):
    """The fast decoder, with a fault."""

    name = "broken"
    description = "for tests"

    def __init__(self, fault) -> None:
        self._sound = decoders.make("cpu")
        self._fault = fault

    def decode_streams(self, container, tensor, tiles):
        raise NotImplementedError

    def trace(self, container, tensor, tile, first=0, last=None):
        raise NotImplementedError

    def decode(self, container, tensor, tick=no_tick):
        return self._fault(self._sound.decode(container, tensor, tick))


ONE = [Case("normal σ 10", known("normal σ 10").matrix(20, 30), 16)]


def test_every_case_comes_back_through_every_layout():
    everything = list(cases())
    trips = list(round_trips(everything, [decoders.make("cpu")]))
    assert len(trips) == len(everything) * len(VARIANTS)
    assert [trip for trip in trips if not trip.exact] == []
    assert {(trip.format, trip.predictor) for trip in trips} == set(VARIANTS)
    assert all(trip.file_size and trip.encode_seconds and trip.decode_seconds for trip in trips)


def test_ratios_are_against_int8_and_fp16():
    trip = next(round_trips(ONE, [decoders.make("cpu")]))
    assert trip.ratio == 600 / trip.file_size
    assert trip.ratio_fp16 == 1200 / trip.file_size


def test_every_decoder_is_tried(decoder):
    trips = list(round_trips(ONE, [decoder]))
    assert {(trip.decoder, trip.exact) for trip in trips} == {(decoder.name, True)}


def test_a_single_wrong_weight_is_counted():
    def flip(decoded):
        weights = decoded.weights.copy()
        weights[3, 4] ^= 1
        return DecodedTensor(weights, decoded.reads)

    trips = list(round_trips(ONE, [Broken(flip)]))
    assert {(trip.wrong, trip.exact, trip.failure) for trip in trips} == {(1, False, "")}


def test_a_tile_that_does_not_end_well_is_a_failure_though_its_weights_are_right():
    def doubt(decoded):
        reads = decoded.reads.copy()
        reads["status"][0] = 4
        return DecodedTensor(decoded.weights, reads)

    trip = next(round_trips(ONE, [Broken(doubt)]))
    assert (trip.wrong, trip.exact) == (0, False)
    assert "1 tile " in trip.failure


@pytest.mark.parametrize("error", [DecodeError("no"), ZeroDivisionError("no"), MemoryError()])
def test_a_decoder_that_fails_is_reported_and_the_rest_goes_on(error):
    def fail(_decoded):
        raise error

    trips = list(round_trips(ONE, [Broken(fail), decoders.make("cpu")]))
    assert len(trips) == 2 * len(VARIANTS)
    assert [trip.exact for trip in trips[:2]] == [False, True]
    assert trips[0].failure.startswith("decoding failed: ")
    assert trips[0].wrong == trips[0].weights


def test_an_encoder_that_fails_is_reported(monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("no")

    monkeypatch.setattr(selftest, "encode", fail)
    monkeypatch.setattr(selftest, "encode_native", fail)
    trips = list(round_trips(ONE, [decoders.make("cpu")]))
    assert {trip.failure for trip in trips} == {"encoding failed: ZeroDivisionError: no"}
    assert {(trip.exact, trip.ratio) for trip in trips} == {(False, 0.0)}


def test_an_encoder_that_writes_a_wrong_header_is_reported(monkeypatch):
    def wrong_version(matrix, settings):
        encoded = encode(matrix, settings)
        return replace(encoded, head=encoded.head[:4] + b"\x02\x00" + encoded.head[6:])

    monkeypatch.setattr(selftest, "encode", wrong_version)
    trip = next(round_trips(ONE, [decoders.make("cpu")]))
    assert trip.wrong == 0
    assert "version is 2" in trip.failure


def test_it_can_be_cancelled():
    def stop(*_):
        raise Cancelled

    with pytest.raises(Cancelled):
        list(round_trips(ONE, [decoders.make("cpu")], tick=stop))
