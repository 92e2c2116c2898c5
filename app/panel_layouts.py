"""Where the panels stand at first, and where they stand for comparing two sides, stepping and benchmarking."""

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
        ("Structure", "Bookmarks"),
        ("Problems", "Edits"),
        ("Tiles", "Weights", "Comparison", "Encode again", "Benchmarks"),
        ("Bytes", "Tile reads", "Files", "Debugger"),
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
        ("Comparison", "Weights", "Encode again", "Benchmarks"),
        ("Divergence", "Tile reads", "Files", "Bytes", "States", "Debugger"),
        ("Selection", "Tiles", "Frequencies", "Decoding", "Help"),
        ("Structure", "Problems", "Edits", "Bookmarks"),
    ),
    hidden=("Help",),
)
"""For holding two sides against each other: the pictures have most of the room."""

DEBUGGING = Layout(
    columns=(("Debugger", 0.6), ("Weights", 0.4)),
    rows=(
        ("Debugger", "Bytes", 0.66),
        ("Weights", "States", 0.55),
    ),
    tabs=(
        ("Debugger", "Comparison", "Divergence", "Encode again", "Benchmarks"),
        ("Bytes", "Selection", "Structure", "Problems", "Edits"),
        ("Weights", "Tiles", "Decoding", "Tile reads", "Files", "Help"),
        ("States", "Frequencies", "Bookmarks"),
    ),
    hidden=("Help",),
)
"""For stepping through a stream: what the step does, and beside it all that follows from it."""

BENCHMARKING = Layout(
    columns=(("Benchmarks", 0.76), ("Tiles", 0.24)),
    rows=(("Tiles", "Selection", 0.55),),
    tabs=(
        (
            "Benchmarks",
            "Comparison",
            "Divergence",
            "Encode again",
            "Bytes",
            "States",
            "Tile reads",
            "Files",
            "Debugger",
            "Edits",
            "Bookmarks",
        ),
        ("Tiles", "Weights", "Structure", "Frequencies"),
        ("Selection", "Problems", "Decoding", "Help"),
    ),
    hidden=("Help",),
)
"""For measuring: the form, the table and the plots have most of the room, a tile that a point stands for the rest."""
