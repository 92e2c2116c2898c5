"""Code that the user brought, as it is measured: a decoder like our own, an encoder of Python, or a file with both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codec.bench.data import Matrix
from codec.bench.options import Options
from codec.bench.ours import FileContender
from codec.container import Container
from codec.decoders.brought.encoder import load_encoder
from codec.decoders.brought.layer import Layer, layer_of
from codec.decoders.brought.naming import PYTHON, defines, is_file_name, title_of
from codec.errors import InputError
from codec.rerun.recipe import Recipe


class BroughtContender(FileContender):
    """As `FileContender`. The time of an encoder is that of its function `encode` alone.

    Attributes:
        stored_bytes: of a file with an encoder alone, what that made last.
    """

    def __init__(self, coder: str, recipe: Recipe, options: Options) -> None:
        """As `FileContender`.

        Raises:
            InputError: there is no such file, it is no Python where it says so, or an option means nothing here.
        """
        super().__init__(coder, recipe, options)
        is_python = is_file_name(coder) and Path(coder).suffix.lower() == PYTHON
        there = defines(coder) if is_python else frozenset({"decode"})
        self._has_decoder, self._has_encoder = "decode" in there, "encode" in there
        self._encoder: Callable[[NDArray[np.int8], Layer], bytes] | None = None
        self._container: Container | None = None

    def prepare(self, weights: Matrix) -> None:
        """As `FileContender.prepare`; loads the encoder, where there is one."""
        super().prepare(weights)
        self._container = self._parsed(self._file)
        if self._has_encoder:
            self._encoder = load_encoder(self._coder)

    def _require_decoder(self) -> None:
        """A file with an encoder alone needs none."""
        if self._has_decoder or not self._has_encoder:
            super()._require_decoder()

    def _encoding(self) -> Callable[[], None]:
        encoder, container = self._encoder, self._container
        if encoder is None or container is None:
            name = title_of(self._coder)
            raise InputError(
                f"{name} defines no function encode(weights, layer): measure what it decodes alone"
            )
        layer, given = layer_of(container, container.tensors[0]), self._weights.matrix.copy()

        def encode() -> None:
            self._encoded = encoder(given, layer)
            if not self._has_decoder:
                self.stored_bytes = len(self._encoded)

        return encode

    def _decode(self) -> None:
        if not self._has_decoder:
            name = title_of(self._coder)
            raise InputError(f"{name} defines no function decode: measure what it encodes alone")
        super()._decode()
