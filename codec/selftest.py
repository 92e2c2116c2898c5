"""Round trips of known data through every layout and decoder: bit-exact, or how many weights are wrong.

It answers "does this installation work on this machine", where the tests answer "is the code right".
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from codec.container import Container
from codec.decoders.base import Decoder, Tick, no_tick
from codec.encoder import EncodeSettings, encode
from codec.errors import RanscopeError
from codec.formats import batched, native, parse, wcdc
from codec.known_data import Case
from codec.native_encoder import encode_native
from codec.native_layer import Layer, NativeSettings
from codec.problems import Severity
from codec.source import BytesSource


@dataclass(frozen=True)
class RoundTrip:
    """What became of one matrix that was encoded in one layout and decoded by one decoder.

    Attributes:
        data: the kind of data.
        rows, cols: shape of the matrix.
        tile: T.
        format: the layout.
        predictor: as the encoder was told.
        decoder: name of the decoder.
        file_size: bytes of the encoded file; 0 where it could not be encoded.
        encode_seconds, decode_seconds: what each took; 0 where it failed.
        wrong: weights that differ from the original.
        failure: why the trip ended early or is not to be trusted, as one sentence; else "".
    """

    data: str
    rows: int
    cols: int
    tile: int
    format: str
    predictor: str
    decoder: str
    file_size: int = 0
    encode_seconds: float = 0.0
    decode_seconds: float = 0.0
    wrong: int = 0
    failure: str = ""

    @property
    def weights(self) -> int:
        """Weights in the matrix."""
        return self.rows * self.cols

    @property
    def exact(self) -> bool:
        """Whether every weight came back, and nothing else was amiss."""
        return not self.wrong and not self.failure

    @property
    def ratio(self) -> float:
        """How many times smaller than the int8 weights the file is."""
        return self.weights / self.file_size if self.file_size else 0.0

    @property
    def ratio_fp16(self) -> float:
        """How many times smaller than the weights in FP16 the file is."""
        return 2 * self.ratio


VARIANTS: tuple[tuple[str, str], ...] = (
    (batched.NAME, "auto"),
    (wcdc.NAME, "auto"),
    (wcdc.NAME, "left"),
    (wcdc.NAME, "top"),
    (native.NAME, "none"),
    (native.NAME, "auto"),
    (native.NAME, "left"),
    (native.NAME, "top"),
)
"""Layouts and predictors that every matrix is encoded with."""


def round_trips(
    known: Sequence[Case], decoders: Sequence[Decoder], tick: Tick = no_tick
) -> Iterator[RoundTrip]:
    """Every one of the `known` cases, in every layout, through each of `decoders`.

    Args:
        known: what to encode: `known_data.cases`, or some of them.
        decoders: those to try.
        tick: told (cases done, cases in all).

    Raises:
        Cancelled: `tick` says so.
    """
    # Once for nothing: what is compiled at first use must not count as time of the work.
    for case in known[:1]:
        list(_trips_of(case, decoders))
    for done, case in enumerate(known):
        tick(done, len(known))
        yield from _trips_of(case, decoders)
    tick(len(known), len(known))


def _trips_of(case: Case, decoders: Sequence[Decoder]) -> Iterator[RoundTrip]:
    for layout, predictor in VARIANTS:
        trips = [_planned(case, layout, predictor, decoder) for decoder in decoders]
        begin = time.perf_counter()
        try:
            file = _encoded(case, layout, predictor)
        except Exception as error:  # a self-test reports what breaks; it does not break with it
            failure = f"encoding failed: {_sentence(error)}"
            yield from (replace(trip, failure=failure, wrong=trip.weights) for trip in trips)
            continue
        seconds = time.perf_counter() - begin
        for trip, decoder in zip(trips, decoders, strict=True):
            encoded_trip = replace(trip, file_size=len(file), encode_seconds=seconds)
            yield _back(encoded_trip, case, file, decoder)


def _planned(case: Case, layout: str, predictor: str, decoder: Decoder) -> RoundTrip:
    rows, cols = case.matrix.shape
    return RoundTrip(case.name, rows, cols, case.tile, layout, predictor, decoder.name)


def _encoded(case: Case, layout: str, predictor: str) -> bytes:
    """The file that a case becomes."""
    if layout != native.NAME:
        settings = EncodeSettings(layout, case.tile, predictor)
        return b"".join(encode(case.matrix, settings).pieces())
    layer = Layer.of_matrix(case.name, case.matrix)
    return encode_native([layer], NativeSettings(case.tile, case.tile, predictor))[0]


def _back(trip: RoundTrip, case: Case, file: bytes, decoder: Decoder) -> RoundTrip:
    """Decodes what was encoded and counts the weights that differ."""
    try:
        container = parse(BytesSource(file))
        begin = time.perf_counter()
        decoded = decoder.decode(container, container.tensors[0])
        seconds = time.perf_counter() - begin
        wrong = int(np.count_nonzero(decoded.weights != case.matrix))
    except Exception as error:
        return replace(trip, failure=f"decoding failed: {_sentence(error)}", wrong=trip.weights)
    complaint = _complaint(container, len(decoded.failed))
    return replace(trip, decode_seconds=seconds, wrong=wrong, failure=complaint)


def _complaint(container: Container, failed_tiles: int) -> str:
    """What a reader of our own file has to complain of, right weights or not."""
    if failed_tiles:
        tiles = "1 tile" if failed_tiles == 1 else f"{failed_tiles:,} tiles"
        return f"{tiles} did not end as a sound one does"
    errors = (p.message for p in container.problems if p.severity is Severity.ERROR)
    return next(errors, "")


def _sentence(error: Exception) -> str:
    if isinstance(error, RanscopeError):
        return error.sentence()
    return f"{type(error).__name__}: {error}"
