"""The ANS coder of the package `constriction`, the fastest that Python has from a library of entropy coders.

One categorical model for all symbols. It is counted with what is stored, as 256 float32, and the decoder
makes it anew from them, for a file would have to hold it too.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.bench.data import Matrix
from codec.bench.peers.options import Option, Value

OPTIONS: tuple[Option, ...] = ()


class Stored(NamedTuple):
    """Words of the coder, u32[n], and the share of each symbol, float32[256]."""

    words: NDArray[np.uint32]
    shares: NDArray[np.float32]


class Constriction:
    """A `processor.Coder`."""

    name = "constriction"
    threads = 1

    def __init__(self, library: Any, options: dict[str, Value]) -> None:
        self._coder = library.stream.stack.AnsCoder
        self._model = library.stream.model.Categorical

    def encode(self, weights: Matrix) -> Stored:
        """As `Coder.encode`."""
        symbols = (weights.view(np.uint8) + np.uint8(128)).reshape(-1)
        counts = np.bincount(symbols, minlength=256)
        shares = (counts / symbols.size).astype(np.float32)
        coder = self._coder()
        coder.encode_reverse(symbols.astype(np.int32), self._model(shares, perfect=False))
        return Stored(coder.get_compressed(), shares)

    def decode(self, stored: Stored, shape: tuple[int, int]) -> Matrix:
        """As `Coder.decode`."""
        model = self._model(stored.shares, perfect=False)
        symbols: NDArray[np.int32] = self._coder(stored.words).decode(model, shape[0] * shape[1])
        return (symbols - 128).astype(np.int8).reshape(shape)

    def size(self, stored: Stored) -> int:
        """As `Coder.size`."""
        return int(stored.words.nbytes + stored.shares.nbytes)

    def parts(self, stored: Stored) -> int:
        """As `Coder.parts`: one stream."""
        return 1
