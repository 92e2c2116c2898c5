"""The commands that choose what is compared, repeat it, and go from difference to difference."""

from __future__ import annotations

from app.commands.command import Command

MENU = "&Compare"

COMPARING = (
    Command(
        "compare.with",
        "Compare &with a file…",
        "Ctrl+D",
        "Hold the weights against a dump, a capture, a decoder of yours or another compressed file.",
        MENU,
        undoes="end the comparison",
        needs_file=True,
    ),
    Command(
        "compare.left",
        "Choose the &left side…",
        "Ctrl+Shift+D",
        "Put a file on the left side, on which the reference stands otherwise.",
        MENU,
        undoes="end the comparison",
        needs_file=True,
    ),
    Command(
        "compare.swap",
        "&Swap the sides",
        "",
        "Have the two sides change places.",
        MENU,
        undoes="swap them again",
        needs_file=True,
    ),
    Command(
        "compare.end",
        "&End the comparison",
        "",
        "Take both sides away; their files stay as they are.",
        MENU,
        undoes="compare again",
        needs_file=True,
    ),
    Command(
        "compare.again",
        "Run both a&gain",
        "F9",
        "Read both sides again, and run their decoders.",
        MENU,
        needs_file=True,
        starts_group=True,
    ),
    Command(
        "compare.repeat",
        "Run &ten times",
        "Shift+F9",
        "Run the decoders of both sides ten times, to see which tiles do not always come out the same.",
        MENU,
        needs_file=True,
    ),
    Command(
        "compare.first",
        "&First difference",
        "Ctrl+F3",
        "Select the first weight that differs, in coding order.",
        MENU,
        needs_file=True,
        starts_group=True,
    ),
    Command(
        "compare.next_coding",
        "&Next difference in coding order",
        "F3",
        "Select the next weight that differs, tile by tile and symbol by symbol.",
        MENU,
        undoes="previous difference",
        needs_file=True,
    ),
    Command(
        "compare.previous_coding",
        "&Previous difference in coding order",
        "Shift+F3",
        "Select the weight before it that differs, tile by tile and symbol by symbol.",
        MENU,
        undoes="next difference",
        needs_file=True,
    ),
    Command(
        "compare.next_matrix",
        "Next difference in &matrix order",
        "F4",
        "Select the next weight that differs, along the rows of the matrix.",
        MENU,
        undoes="previous difference",
        needs_file=True,
    ),
    Command(
        "compare.previous_matrix",
        "Previous difference in matri&x order",
        "Shift+F4",
        "Select the weight before it that differs, along the rows of the matrix.",
        MENU,
        undoes="next difference",
        needs_file=True,
    ),
)
