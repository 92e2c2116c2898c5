"""The decoders there are, by name; making one imports no more than that one needs."""

from __future__ import annotations

from codec.decoders.base import Decoder
from codec.errors import InputError

DECODERS: tuple[str, ...] = ("reference", "cpu", "cupy")
"""Names, the judge first."""


def make(name: str) -> Decoder:
    """The decoder called `name`.

    Raises:
        InputError: there is none of that name.
    """
    if name == "reference":
        from codec.decoders.reference import ReferenceDecoder

        return ReferenceDecoder()
    if name == "cpu":
        # Imported only when asked for: numba takes most of a second to load.
        from codec.decoders.cpu import CpuDecoder

        return CpuDecoder()
    if name == "cupy":
        # cupy itself waits until the decoder is asked whether it is available, or to decode.
        from codec.decoders.cuda import CudaDecoder

        return CudaDecoder()
    raise InputError(f"there is no decoder called {name!r}; there are {', '.join(DECODERS)}")
