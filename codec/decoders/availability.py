"""Which decoders can run here, and why the others cannot."""

from __future__ import annotations

from codec import decoders
from codec.decoders.base import Decoder
from codec.errors import InputError

DEFAULT = "cpu"
FALLBACK = "reference"


def unavailable(name: str) -> str:
    """Why the decoder called `name` cannot run here, as one sentence; "" where it can.

    Raises:
        InputError: there is none of that name.
    """
    try:
        return decoders.make(name).unavailable()
    except ImportError as error:
        return f"{error.name or 'a library'} cannot be loaded: {error}"


def choose(name: str | None = None) -> Decoder:
    """The decoder called `name`; without a name the fastest that any machine can run.

    Raises:
        InputError: there is none of that name, or it cannot run here.
        BroughtError: it is the user's, and cannot be loaded.
    """
    if name is None:
        name = FALLBACK if unavailable(DEFAULT) else DEFAULT
    if name not in decoders.DECODERS:
        brought = decoders.make(name)
        brought.require_available()
        return brought
    if reason := unavailable(name):
        raise InputError(f"the decoder {name!r} is not available here: {reason}")
    return decoders.make(name)
