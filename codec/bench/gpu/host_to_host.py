"""Our decoder and encoder on the card, from memory of the host to memory of the host: what a program waits for."""

from __future__ import annotations

from collections.abc import Callable

from codec.bench.data import Matrix
from codec.bench.options import Options, require_known
from codec.bench.ours import OPTIONS, FileContender, stages
from codec.bench.plan import Action
from codec.decoders.base import Decoder
from codec.decoders.cuda import CudaDecoder
from codec.decoders.cuda.card import Card
from codec.decoders.cuda.lane_coder import CudaLaneCoder
from codec.formats import native
from codec.native_encoder import encode_native
from codec.rerun.recipe import Recipe


class CardContender(FileContender):
    """Our decoder and encoder on the card, from the host's memory to the host's memory."""

    def __init__(self, recipe: Recipe, options: Options, card: Card | None = None) -> None:
        """As `FileContender`; but threads are none of its options.

        Args:
            recipe: of the file.
            options: see `OPTIONS`.
            card: the card; by default the current one.
        """
        require_known(options, OPTIONS[1:], "cupy")
        self._card = card
        super().__init__("cupy", recipe, options)
        self.threads = 0

    def prepare(self, weights: Matrix) -> None:
        """As `FileContender.prepare`; opens the card."""
        super().prepare(weights)
        self.device = self._decoder.platform().device["name"]

    def _made(self, checksums: bool) -> Decoder:
        made = CudaDecoder(card=self._card)
        made.verify_checksums = checksums
        return made

    def _encoding(self) -> Callable[[], None]:
        if self._recipe.layout != native.NAME:
            return super()._encoding()
        self._coder_on_card = CudaLaneCoder(self._card)

        def encode() -> None:
            layers, settings = [self._weights.layer], self._recipe.native()
            self._encoded = encode_native(layers, settings, encoder=self._coder_on_card)[0]

        return encode

    def _stages(self, action: Action) -> dict[str, float]:
        """Of encoding, what the card had a part in; counting, checksums and the file itself are the host's."""
        timing = self._coder_on_card.timing if action is Action.ENCODE else self._decoder.timing
        return {} if timing is None else stages(timing)
