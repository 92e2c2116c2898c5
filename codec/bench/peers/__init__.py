"""Coders of others beside ours: found or not found, with the reason, and made only when they are wanted.

None of their packages is a dependency. `processor` holds what those that run on the processor share, `nvcomp` those
that run on a card; `options` says what a plan may tell each.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from codec.bench.contender import Contender
from codec.bench.peers import blosc2, constriction, htscodecs, nvcomp, zstandard
from codec.bench.peers.options import Option, Value, resolved
from codec.bench.peers.processor import Coder, ProcessorPeer
from codec.errors import InputError


@dataclass(frozen=True)
class Peer:
    """A peer as it is known before anything of it is loaded.

    Attributes:
        meaning: what it is, in a few words.
        options: that a plan may give.
        available: why it cannot run here, as one sentence with what to do; "" where it can.
        make: makes one out of all its options; whoever calls has asked `available` first.
    """

    meaning: str
    options: tuple[Option, ...]
    available: Callable[[], str]
    make: Callable[[dict[str, Value]], Contender]


def available(name: str) -> str:
    """Why a peer cannot run here, as one sentence; "" where it can.

    Raises:
        InputError: there is no such peer.
    """
    return known(name).available()


def check(name: str, options: Mapping[str, Value]) -> None:
    """Holds the options of a plan against what a peer knows; nothing of the peer is loaded.

    Raises:
        InputError: there is no such peer, or an option is not for it.
    """
    resolved(name, known(name).options, options)


def make(name: str, options: Mapping[str, Value]) -> Contender:
    """A peer, ready to be given weights.

    Raises:
        InputError: there is no such peer, it cannot run here, or an option is not for it.
    """
    peer = known(name)
    values = resolved(name, peer.options, options)
    if reason := peer.available():
        raise InputError(f"{name} is not available: {reason}")
    return peer.make(values)


def known(name: str) -> Peer:
    """What is known of a peer.

    Raises:
        InputError: there is none of that name.
    """
    if name not in PEERS:
        raise InputError(f"there is no peer called {name!r}; there are {', '.join(PEERS)}")
    return PEERS[name]


def _on_processor(
    package: str, meaning: str, options: tuple[Option, ...], coder: Callable[[Any, Any], Coder]
) -> Peer:
    """A peer that is a package of the same name."""

    def missing() -> str:
        if importlib.util.find_spec(package) is None:
            return f"it is not installed: pip install {package}"
        try:
            importlib.import_module(package)
        except Exception as error:  # a wheel may be for another processor, or lack a library
            return f"it is installed but cannot be loaded: {type(error).__name__}: {error}"
        return ""

    def made(values: dict[str, Value]) -> Contender:
        return ProcessorPeer(coder(importlib.import_module(package), values))

    return Peer(meaning, options, missing, made)


def _on_card(format_name: str) -> Peer:
    """One of nvCOMP's formats."""
    layout = nvcomp.FORMATS[format_name]

    def made(values: dict[str, Value]) -> Contender:
        return nvcomp.make(layout, values)

    return Peer(layout.meaning, layout.options, nvcomp.missing, made)


PEERS: dict[str, Peer] = {
    "zstandard": _on_processor(
        "zstandard", "Zstandard, one frame", zstandard.OPTIONS, zstandard.Zstandard
    ),
    "constriction": _on_processor(
        "constriction", "an ANS coder of one lane", constriction.OPTIONS, constriction.Constriction
    ),
    "blosc2": _on_processor(
        "blosc2", "Blosc2: zstd, LZ4 and others in blocks", blosc2.OPTIONS, blosc2.Blosc2
    ),
    "htscodecs": Peer(
        "the rANS coders of CRAM, of 4 lanes or 32",
        htscodecs.OPTIONS,
        htscodecs.missing,
        lambda values: ProcessorPeer(htscodecs.Htscodecs(htscodecs.open_library(), values)),
    ),
    **{f"nvcomp-{name}": _on_card(name) for name in nvcomp.FORMATS},
}
"""By the names in plans."""
