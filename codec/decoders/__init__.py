"""The decoders there are, by name; making one imports no more than that one needs."""

from __future__ import annotations

from codec.decoders.base import Decoder
from codec.errors import InputError

DECODERS: tuple[str, ...] = ("reference", "cpu", "cupy")
"""Names of ours, the judge first; `brought` has those of the user."""


def make(name: str) -> Decoder:
    """The decoder called `name`.

    Args:
        name: one of `DECODERS`; the path of a file that ends in .py, .so or .cu; or the name of an entry point of
            the group `ranscope.decoders`.

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
    from codec.decoders import brought

    if brought.is_brought(name):
        return brought.make_brought(name)
    known = ", ".join((*DECODERS, *brought.entry_points()))
    raise InputError(
        f"there is no decoder called {name!r}; there are {known}, and files that end in "
        f"{', '.join(brought.SUFFIXES)}"
    )
