"""How much memory the bytes of a file can justify, so that no header is believed on its word.

A stream whose table gives one symbol the whole range spends no bits at all: a few bytes may
rightly stand for any number of weights. So no bound follows from the theory, and one is set here.
"""

from __future__ import annotations

WEIGHTS_PER_BYTE = 1 << 16
"""Weights that one byte of a file may stand for. The best real case known, a zero layer of one
4096×4096 tile in 1,084 bytes, has 15,477."""


def justified(weights: int, file_size: int) -> bool:
    """Whether a file of `file_size` bytes may claim to hold `weights` weights."""
    return weights <= file_size * WEIGHTS_PER_BYTE
