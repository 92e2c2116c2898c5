"""What the members of a capture are called."""

from __future__ import annotations

SUFFIX = ".rscap"
"""What the name of a capture ends in."""

METADATA = "capture.json"

MOST_METADATA = 1 << 24
"""Bytes that it has at most: JSON takes much more memory than its text."""

WEIGHTS = "weights.npy"
READS = "reads.npy"
TABLE = "table.npy"
VARYING = "varying.npy"


def trace(tile: int) -> str:
    """Of the trace of a tile."""
    return f"traces/{tile}.npz"


def path(tensor: int, member: str) -> str:
    """Of a member that belongs to the tensor with this number."""
    return f"tensors/{tensor}/{member}"
