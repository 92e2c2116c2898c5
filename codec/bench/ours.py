"""Our own coders, and those that were brought, as they are measured: a whole file in memory, encoded and decoded.

Encoding is from weights in memory to the finished bytes of the file: histogram, table, coding and all checksums.
Decoding is from these bytes to the matrix, parsing included.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from codec import decoders
from codec.bench.contender import Timing
from codec.bench.data import Matrix, digest
from codec.bench.options import Options, require_known, switch, whole
from codec.bench.plan import Action
from codec.bench.used_cores import kept_to, require_threads
from codec.container import Container
from codec.decoders import timing as decoder_timing
from codec.decoders.base import Decoder
from codec.decoders.cpu import CpuDecoder
from codec.encoder import ENCODERS
from codec.errors import DecodeError, InputError, RanscopeError
from codec.formats import native, parse
from codec.native_coder import CODERS
from codec.rerun.encoding import encode_again
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights
from codec.source import BytesSource
from codec.threads import cores

OPTIONS = ("threads", "checksums")
"""`threads`: cores that are used at most, by default all. `checksums`: whether a decoder checks them."""


class FileContender:
    """A decoder of ours or of the user's, and the encoder that goes with it. See `Contender`."""

    stored_bytes = 0
    tiles = 0
    device = "cpu"

    def __init__(self, coder: str, recipe: Recipe, options: Options) -> None:
        """Makes the decoder.

        Args:
            coder: name of the decoder.
            recipe: of the file.
            options: see `OPTIONS`.

        Raises:
            InputError: an option means nothing here, or has a value that cannot be.
        """
        require_known(options, OPTIONS, coder)
        self._coder, self._recipe = coder, recipe
        self._cores = 1 if coder == "reference" else whole(options, "threads", cores(), 1, 4096)
        require_threads(self._cores)
        self.threads = self._cores
        self._decoder = self._made(switch(options, "checksums", True))
        self._weights = SourceWeights("weights", "", np.zeros((0, 0), dtype=np.int8))
        self._file = b""
        self._encoded: bytes | None = None
        self._decoded: Matrix | None = None
        self._failed = 0

    def prepare(self, weights: Matrix) -> None:
        """As `Contender.prepare`; the file is made by the CPU encoder, and decoded once to be sure of it.

        Raises:
            DecodeError: the file does not give the weights back.
        """
        self._require_decoder()
        self._weights = SourceWeights("weights", "weights", weights)
        self._file = encode_again(self._weights, self._recipe)
        container = self._parsed(self._file)
        (tensor,) = container.tensors
        self.stored_bytes, self.tiles = len(self._file), len(tensor.tiles)
        if reason := self._decoder.unsupported(tensor):
            raise InputError(reason)
        if wrong := self._differing(_known_right(self._file)):
            raise DecodeError(f"{wrong:,} weights do not survive being encoded by this recipe")

    def clear(self) -> None:
        """As `Contender.clear`: what was decoded is inverted before its memory is given back."""
        if self._decoded is not None and self._decoded.flags.writeable:
            np.invert(self._decoded, out=self._decoded)
        self._decoded = self._encoded = None

    def run(self, action: Action) -> Timing:
        """As `Contender.run`."""
        work = self._encoding() if action is Action.ENCODE else self._decode
        with kept_to(self._cores):
            begin = time.perf_counter()
            work()
            seconds = time.perf_counter() - begin
        return Timing(seconds, self._stages(action))

    @property
    def encoded(self) -> bytes | None:
        """The file that the last run made of the weights; None where there is none."""
        return self._encoded

    def wrong(self, action: Action) -> int:
        """As `Contender.wrong`."""
        if action is Action.DECODE:
            return self._differing(self._decoded) or self._failed
        if self._encoded == self._file:  # which was found right
            return 0
        return self._differing(self._output(action))

    def digest(self, action: Action) -> str:
        """As `Contender.digest`."""
        output = self._output(action)
        return "" if output is None else digest(output)

    def moved_bytes(self, action: Action) -> int:
        """As `Contender.moved_bytes`: the weights and the file, one read and the other written."""
        return self._weights.matrix.size + self.stored_bytes

    def close(self) -> None:
        """As `Contender.close`."""
        self._file, self._encoded, self._decoded = b"", None, None
        self._weights = SourceWeights("weights", "", np.zeros((0, 0), dtype=np.int8))

    def _stages(self, action: Action) -> dict[str, float]:
        """Where the time of the last run went, as far as that is told."""
        return {} if action is Action.ENCODE else stages_of(self._decoder)

    def _require_decoder(self) -> None:
        """Raises DecodeError where the decoder cannot run here."""
        self._decoder.require_available()

    def _made(self, checksums: bool) -> Decoder:
        """The decoder; ours on the CPU is told how many threads it has."""
        made = CpuDecoder(self._cores) if self._coder == "cpu" else decoders.make(self._coder)
        made.verify_checksums = checksums
        return made

    def _encoding(self) -> Callable[[], None]:
        """What encodes.

        Raises:
            InputError: the coder has no encoder for such files.
        """
        known = CODERS if self._recipe.layout == native.NAME else ENCODERS
        if self._coder not in known:
            what = f"no encoder for the {self._recipe.layout} layout"
            raise InputError(f"{self._coder} has {what}: measure what it decodes alone")

        def encode() -> None:
            self._encoded = encode_again(self._weights, self._recipe, encoder=self._coder)

        return encode

    def _decode(self) -> None:
        container = self._parsed(self._file)
        found = self._decoder.decode(container, container.tensors[0])
        self._decoded, tensor = found.weights, container.tensors[0]
        self._failed = sum(tensor.rectangle(tile).size for tile in found.failed.tolist())

    def _output(self, action: Action) -> Matrix | None:
        """The weights that the last output of an action gives back; None where there is none."""
        if action is Action.DECODE:
            return self._decoded
        return None if self._encoded is None else _known_right(self._encoded)

    def _differing(self, output: Matrix | None) -> int:
        """Weights that an output gives back wrong; all of them where it has another shape."""
        weights = self._weights.matrix
        if output is None or output.shape != weights.shape:
            return int(weights.size)
        return int(np.count_nonzero(output != weights))

    @staticmethod
    def _parsed(file: bytes) -> Container:
        return parse(BytesSource(file, "the encoded file"))


def stages_of(decoder: Decoder) -> dict[str, float]:
    """Where the time of a decoder's last run went; nothing where it does not tell."""
    found = decoder.timing
    return {} if found is None else stages(found)


def stages(found: decoder_timing.Timing) -> dict[str, float]:
    """The parts of a run by the names that `contender.Timing` has for them."""
    return {
        "read": found.read,
        "to_device": found.transfer,
        "kernel": found.kernel,
        "from_device": found.copy_back,
    }


def _known_right(file: bytes) -> Matrix | None:
    """What our own CPU decoder, which the reference judges, makes of a file; None where it makes nothing of it."""
    try:
        container = parse(BytesSource(file, "the encoded file"))
        found = CpuDecoder().decode(container, container.tensors[0])
    except (RanscopeError, IndexError):
        return None
    return None if len(found.failed) else found.weights
