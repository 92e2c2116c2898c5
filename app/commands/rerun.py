"""The commands that encode weights anew, and try what other settings would make of them."""

from __future__ import annotations

from app.commands.command import Command

MENU = "&Run"

RERUN = (
    Command(
        "rerun.sweep",
        "&Try all settings",
        "Ctrl+R",
        "Sweep: encode the chosen weights with every combination of the settings in Encode again, and measure each.",
        MENU,
        starts_group=True,
    ),
    Command(
        "rerun.stop",
        "Stop tr&ying",
        "",
        "Stop the sweep, whose rows so far stay, or the encoding that is being written.",
        MENU,
    ),
    Command(
        "rerun.smallest",
        "Select the s&mallest",
        "",
        "Select the row with the smallest file that gives the weights back.",
        MENU,
    ),
    Command(
        "rerun.encode",
        "&Encode again…",
        "Ctrl+Alt+E",
        "Write the one combination, or the selected row, to a new file; open it and compare it with this one.",
        MENU,
        starts_group=True,
    ),
    Command(
        "rerun.file",
        "Encode a file of &arrays…",
        "",
        "Choose a .npy, .npz, .safetensors or .gguf file whose weights are to be encoded.",
        MENU,
        starts_group=True,
    ),
    Command(
        "rerun.opened",
        "Encode the &opened tensor",
        "",
        "Take the weights of the selected tensor, and fill in the settings that it was encoded with.",
        MENU,
        needs_file=True,
    ),
)
