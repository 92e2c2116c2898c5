"""Whether others use the card: what takes turns with them takes longer, and a median does not tell why."""

from __future__ import annotations

import subprocess
import time

from codec.decoders.cuda.card import NoCard, open_card
from codec.errors import RanscopeError

SAMPLED = 1.0
"""Seconds that the driver looks back at most (nvidia-smi's manual, utilization.gpu)."""

ASKED_WITHIN = 10.0
"""Seconds that the driver's program gets to answer."""

QUERY = ("--query-gpu=utilization.gpu", "--format=csv,noheader,nounits")


def busy_card() -> float | None:
    """The share of the last moment in which anybody kept the card busy, from 0 to 1; None where it is not told.

    Ours count too, so it waits until none of theirs is in what is told.
    """
    try:
        card = open_card()
    except (NoCard, RanscopeError):
        return None
    time.sleep(SAMPLED)
    bus = card.cupy.cuda.Device().pci_bus_id
    return share_told(["nvidia-smi", "-i", bus, *QUERY])


def share_told(command: list[str]) -> float | None:
    """What a command prints, a number of percent, as a share; None where it prints none."""
    try:
        told = subprocess.run(command, capture_output=True, timeout=ASKED_WITHIN, check=True)
        return float(told.stdout) / 100
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
