"""Round trips of known data through every layout and decoder: bit-exact, or how many weights are wrong.

It answers "does this installation work on this machine", where the tests answer "is the code right".
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from codec.container import Container
from codec.decoders.base import Decoder, Tick, no_tick
from codec.encoder import Encoded, EncodeSettings, encode
from codec.errors import Cancelled, RanscopeError
from codec.formats import FORMATS, parse
from codec.known_data import Case, cases
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


def round_trips(
    decoders: Sequence[Decoder], seed: int = 0, tick: Tick = no_tick
) -> Iterator[RoundTrip]:
    """Every case of known data, through every layout and each of `decoders`.

    Args:
        decoders: those to try.
        seed: of the random data.
        tick: told (matrices done, matrices in all).

    Raises:
        Cancelled: `tick` says so.
    """
    everything = tuple(cases(seed))
    _warm_up(everything[0], decoders)
    for done, case in enumerate(everything):
        tick(done, len(everything))
        for layout in FORMATS:
            yield from _trips(case, layout, decoders)
    tick(len(everything), len(everything))


def _warm_up(case: Case, decoders: Sequence[Decoder]) -> None:
    """Has everything compiled that is compiled at first use, so that the times are those of the work."""
    for layout in FORMATS:
        for _ in _trips(case, layout, decoders):
            pass


def _trips(case: Case, layout: str, decoders: Sequence[Decoder]) -> Iterator[RoundTrip]:
    begin = time.perf_counter()
    try:
        encoded = encode(case.matrix, EncodeSettings(layout, case.tile))
    except Cancelled:
        raise
    except Exception as error:  # a self-test reports what breaks; it does not break with it
        failure = f"encoding failed: {_sentence(error)}"
        yield from (_trip(case, layout, decoder, failure=failure) for decoder in decoders)
        return
    seconds = time.perf_counter() - begin
    for decoder in decoders:
        yield _back(case, layout, decoder, encoded, seconds)


def _back(
    case: Case, layout: str, decoder: Decoder, encoded: Encoded, encode_seconds: float
) -> RoundTrip:
    """Decodes what was encoded and counts the weights that differ."""
    known = {"file_size": encoded.size, "encode_seconds": encode_seconds}
    try:
        container = parse(BytesSource(b"".join(encoded.pieces())))
        begin = time.perf_counter()
        decoded = decoder.decode(container, container.tensors[0])
        seconds = time.perf_counter() - begin
        wrong = int(np.count_nonzero(decoded.weights != case.matrix))
    except Cancelled:
        raise
    except Exception as error:
        failure = f"decoding failed: {_sentence(error)}"
        return _trip(case, layout, decoder, failure=failure, wrong=case.matrix.size, **known)
    failure = _complaint(container, len(decoded.failed))
    return _trip(
        case, layout, decoder, decode_seconds=seconds, wrong=wrong, failure=failure, **known
    )


def _trip(case: Case, layout: str, decoder: Decoder, **known: float | str) -> RoundTrip:
    rows, cols = case.matrix.shape
    return RoundTrip(case.name, rows, cols, case.tile, layout, decoder.name, **known)


def _complaint(container: Container, failed_tiles: int) -> str:
    """What a reader of our own file has to complain of, right weights or not."""
    if failed_tiles:
        return f"{failed_tiles:,} tiles did not end as they should"
    errors = (p.message for p in container.problems if p.severity is Severity.ERROR)
    return next(errors, "")


def _sentence(error: Exception) -> str:
    if isinstance(error, RanscopeError):
        return error.sentence()
    return f"{type(error).__name__}: {error}"
