"""From a candidate of a plan to what is measured: which coders there are, which can run here, and how one is made.

Nothing of a coder is loaded before it is asked for: not numba, not the card, and no peer.
"""

from __future__ import annotations

from collections.abc import Sequence

from codec import decoders
from codec.bench.contender import Contender
from codec.bench.options import require_ours
from codec.bench.plan import Candidate
from codec.bench.result import LayerFacts
from codec.decoders import brought
from codec.errors import InputError, RanscopeError

CARD = "cupy"
"""Our decoder on the card, which has more than one way to be measured."""


def check(candidate: Candidate) -> None:
    """Holds what a candidate says against what its coder takes, as far as that can be told without loading it.

    Raises:
        InputError: as `check_coder` and `check_options`.
    """
    check_coder(candidate)
    check_options(candidate)


def check_coder(candidate: Candidate) -> None:
    """Raises InputError where there is no such coder, or it takes no recipe or needs one."""
    if _is_decoder(candidate.coder):
        if candidate.recipe is None:
            raise InputError(
                f"{candidate.coder} decodes files of ours, so it needs a recipe to encode one by: "
                'recipe = { layout = "native" }'
            )
        return
    from codec.bench import peers

    if candidate.coder not in peers.PEERS:
        known = ", ".join((*decoders.DECODERS, *brought.entry_points(), *peers.PEERS))
        suffixes = ", ".join(brought.SUFFIXES)
        raise InputError(
            f"there is no coder called {candidate.coder!r}; there are {known}, and files that end in {suffixes}"
        )
    if candidate.recipe is not None:
        raise InputError(f"{candidate.coder} has a format of its own, which takes no recipe")


def check_options(candidate: Candidate) -> None:
    """Raises InputError where an option is not for the coder, which there is, or cannot have that value."""
    if _is_decoder(candidate.coder):
        require_ours(candidate.options, candidate.coder, on_card=candidate.coder == CARD)
        return
    from codec.bench import peers

    peers.check(candidate.coder, candidate.options)


def unavailable(candidate: Candidate) -> str:
    """Why a candidate cannot run here, as one sentence; "" where it can.

    Raises:
        RanscopeError: there is no such coder, or it cannot be loaded.
    """
    if brought.is_brought(candidate.coder):
        return ""  # it is loaded when it is prepared, which says what is wrong with it
    if _is_decoder(candidate.coder):
        from codec.decoders.availability import unavailable as reason

        to_card = candidate.options.get("to_card") is True
        return reason(candidate.coder) or (reason(CARD) if to_card else "")
    from codec.bench import peers

    return peers.available(candidate.coder)


def make(candidate: Candidate, layers: Sequence[LayerFacts] = ()) -> Contender:
    """What is measured, not prepared yet.

    Args:
        candidate: of a plan.
        layers: of the model that it is to bring, where the data is one.

    Raises:
        RanscopeError: it cannot be made, for a reason that a person can be told.
    """
    check(candidate)
    if layers:
        from codec.bench.scenario.model import make as of_model

        return of_model(candidate, layers)
    if not _is_decoder(candidate.coder):
        from codec.bench import peers

        return peers.make(candidate.coder, candidate.options)
    return _decoder(candidate)


def _decoder(candidate: Candidate) -> Contender:
    from codec.bench.ours import FileContender

    recipe, options = candidate.recipe, candidate.options
    if recipe is None:
        raise InputError(f"{candidate.coder} needs a recipe")
    if brought.is_brought(candidate.coder):
        from codec.bench.brought import BroughtContender

        return BroughtContender(candidate.coder, recipe, options)
    if candidate.coder != CARD:
        return FileContender(candidate.coder, recipe, options)
    if options.get("on_card"):
        from codec.bench.gpu.on_card import OnCardContender

        return OnCardContender(recipe, options)
    if options.get("per_tile"):
        from codec.bench.gpu.per_tile import PerTileContender

        return PerTileContender(recipe, options)
    from codec.bench.gpu.host_to_host import CardContender

    ways = ("on_card", "per_tile")
    return CardContender(recipe, {name: options[name] for name in options if name not in ways})


def sentence(error: Exception) -> str:
    """What a person is told of an error, whoever raised it."""
    if isinstance(error, RanscopeError):
        return error.sentence()
    return f"{type(error).__name__}: {error}".rstrip(": ")


def _is_decoder(coder: str) -> bool:
    return coder in decoders.DECODERS or brought.is_brought(coder)
