"""What the status document of the original says of its scenario. None of it was measured here, nor is its model known.

Eight hours at 295 ms a transfer are some 98,000 transfers, so its model has more tiles than the small ones that are
measured; what can be held side by side is the time of a tile.
"""

from __future__ import annotations

from dataclasses import dataclass

TOKENS = 5
"""Of its scenario."""

TRANSFER_S = 0.295
"""Seconds that it states for the transfer of one tile."""


@dataclass(frozen=True)
class Claim:
    """One of its figures.

    Attributes:
        what: took, or was hoped to take, so long.
        least, most: seconds.
        measured: whether it says that it was measured; else it was hoped for.
    """

    what: str
    least: float
    most: float
    measured: bool = True


CLAIMS = (
    Claim("encoding all layers, once", 45, 45),
    Claim("on the GPU with one transfer a tile, at 295 ms each", 8 * 3600, 8 * 3600),
    Claim("on the GPU", 30, 30, measured=False),
    Claim("with decoding on the CPU", 10, 20),
)


def at_its_transfer(tiles: int) -> float:
    """Seconds that five tokens of a model of so many tiles would take at its time for a transfer."""
    return TOKENS * tiles * TRANSFER_S
