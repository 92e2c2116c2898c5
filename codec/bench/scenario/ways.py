"""What becomes of one layer for one token: from its file to its weights where they are used, in timed stages.

A file is opened, and its index parsed, before the first token; its bytes are read anew for every token, from what the
system keeps in memory of the disk.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from codec import decoders
from codec.bench.contender import Timing
from codec.bench.options import Options, require_known, switch, whole
from codec.bench.used_cores import kept_to, require_threads
from codec.container import Container
from codec.decoders.base import Decoder
from codec.decoders.cpu import CpuDecoder
from codec.errors import DecodeError, InputError
from codec.formats import parse
from codec.source import BytesSource, Source
from codec.threads import cores

OPTIONS = ("threads", "checksums", "to_card")
"""Of decoders on the processor; `to_card`: whether the weights are copied to the card then, as a model there needs."""

Matrix = NDArray[np.int8]


class Way(Protocol):
    """One layer's.

    Attributes:
        tiles: of it.
        stored_bytes: of its file.
    """

    tiles: int
    stored_bytes: int

    def bring(self) -> Timing:
        """Reads, decodes and transfers it once; the time ends when its weights are where they are used.

        Raises:
            DecodeError: a tile does not decode.
        """

    def weights(self) -> Matrix | None:
        """What was brought last, untimed; None where nothing was."""

    def clear(self) -> None:
        """Overwrites what was brought last, untimed."""


class Ways(Protocol):
    """How a candidate brings layers.

    Attributes:
        threads: of the processor; 0 where the decoding is a card's.
        device: `cpu`, or the card's name.
        encoder: what encodes for it: one of `native_coder.CODERS`.
    """

    threads: int
    device: str
    encoder: str

    def open(self, file: Source) -> Way:
        """The way of the layer in a file.

        Raises:
            RanscopeError: it cannot be opened, or is not for this decoder.
        """

    def kept(self) -> AbstractContextManager[None]:
        """Has what is done meanwhile use no more cores than it may."""


class Receiver(Protocol):
    """Takes weights on the card: `codec.bench.gpu.bringing.Receiver`."""

    def put(self, weights: Matrix) -> Any:
        """Copies them there; waits until they are there."""

    def fetched(self, there: Any, rows: int, cols: int) -> Matrix:
        """Copies them back."""

    def clear(self, there: Any) -> None:
        """Overwrites them."""


class HostWays:
    """Decoding on the processor; see `Ways`."""

    device = "cpu"

    def __init__(self, coder: str, options: Options, receiver: Receiver | None = None) -> None:
        """Makes the decoder.

        Args:
            coder: its name.
            options: see `OPTIONS`.
            receiver: on the card; by default it is opened where the options ask for it.

        Raises:
            InputError: an option is not for it, or there is no card and the options ask for one.
        """
        require_known(options, OPTIONS, coder)
        self.encoder = "reference" if coder == "reference" else "cpu"
        self.threads = 1 if coder == "reference" else whole(options, "threads", cores(), 1, 4096)
        require_threads(self.threads)
        self._decoder = CpuDecoder(self.threads) if coder == "cpu" else decoders.make(coder)
        self._decoder.verify_checksums = switch(options, "checksums", True)
        self._receiver = None
        if switch(options, "to_card", False):
            self._receiver = receiver or _receiver()

    def open(self, file: Source) -> Way:
        """As `Ways.open`."""
        self._decoder.require_available()
        container = parse(file)
        if reason := self._decoder.unsupported(container.tensors[0]):
            raise InputError(reason)
        return HostWay(container, self._decoder, self._receiver)

    def kept(self) -> AbstractContextManager[None]:
        """As `Ways.kept`."""
        return kept_to(self.threads)


class HostWay:
    """One layer's; see `Way`."""

    def __init__(self, container: Container, decoder: Decoder, receiver: Receiver | None) -> None:
        self._container, self._decoder, self._receiver = container, decoder, receiver
        (self._tensor,) = container.tensors
        self.tiles, self.stored_bytes = len(self._tensor.tiles), container.source.size
        self._decoded: Matrix | None = None
        self._on_card: Any = None

    def bring(self) -> Timing:
        """As `Way.bring`."""
        begin = perf_counter()
        data = self._container.source.read(0, self.stored_bytes)
        read = perf_counter()
        container = replace(self._container, source=BytesSource(data, self._container.source.name))
        found = self._decoder.decode(container, self._tensor)
        end = decoded = perf_counter()
        if self._receiver is not None:
            self._on_card = self._receiver.put(found.weights)
            end = perf_counter()
        require_decoded(len(found.failed), self._tensor.name)
        self._decoded = found.weights
        stages = {"read": read - begin, "decode": decoded - read}
        if self._receiver is not None:
            stages["to_device"] = end - decoded
        return Timing(end - begin, stages)

    def weights(self) -> Matrix | None:
        """As `Way.weights`: those on the card, where they were copied there."""
        if self._decoded is None or self._receiver is None:
            return self._decoded
        return self._receiver.fetched(self._on_card, *self._decoded.shape)

    def clear(self) -> None:
        """As `Way.clear`."""
        if self._decoded is not None and self._decoded.flags.writeable:
            np.invert(self._decoded, out=self._decoded)
        if self._receiver is not None and self._on_card is not None:
            self._receiver.clear(self._on_card)
        self._decoded = self._on_card = None


def require_decoded(failed: int, layer: str) -> None:
    """Raises DecodeError where tiles of a layer have failed."""
    if failed:
        raise DecodeError(f"{failed:,} tiles of {layer} do not decode")


def _receiver() -> Receiver:
    from codec.bench.gpu.bringing import Receiver as OnCard
    from codec.bench.gpu.on_card import card_or_refusal

    return OnCard(card_or_refusal(None))
