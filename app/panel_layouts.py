"""Where the panels stand at first, and where they stand for comparing two sides."""

from __future__ import annotations

from typing import NamedTuple


class Layout(NamedTuple):
    """An arrangement of all panels.

    Attributes:
        columns: the panel at the top of each column, and the column's share of the width.
        rows: in each column the upper panel, the lower, and the upper one's share of the height.
        tabs: panels that share a place; the first of each is on top.
        hidden: panels that are not shown until they are asked for.
    """

    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str, str, float], ...]
    tabs: tuple[tuple[str, ...], ...]
    hidden: tuple[str, ...]


INSPECTING = Layout(
    columns=(("Structure", 0.23), ("Tiles", 0.46), ("Selection", 0.31)),
    rows=(
        ("Structure", "Problems", 0.66),
        ("Tiles", "Bytes", 0.56),
        ("Selection", "Frequencies", 0.52),
    ),
    tabs=(
        ("Tiles", "Weights", "Comparison"),
        ("Bytes", "Tile reads", "Files"),
        ("Frequencies", "States", "Divergence", "Decoding"),
        ("Selection", "Help"),
    ),
    hidden=("Help",),
)
"""For looking at one file."""

COMPARING = Layout(
    columns=(("Comparison", 0.7), ("Selection", 0.3)),
    rows=(
        ("Comparison", "Divergence", 0.68),
        ("Selection", "Structure", 0.5),
    ),
    tabs=(
        ("Comparison", "Weights"),
        ("Divergence", "Tile reads", "Files", "Bytes", "States"),
        ("Selection", "Tiles", "Frequencies", "Decoding", "Help"),
        ("Structure", "Problems"),
    ),
    hidden=("Help",),
)
"""For holding two sides against each other: the pictures have most of the room."""
