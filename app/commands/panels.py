"""The panels of the window, and the commands that go to one, show it or hide it."""

from __future__ import annotations

from app.commands.command import Command

PANEL_SHORTCUTS: dict[str, str] = {
    "Structure": "Alt+1",
    "Bytes": "Alt+2",
    "Tiles": "Alt+3",
    "Weights": "Alt+4",
    "Frequencies": "Alt+5",
    "States": "Alt+6",
    "Selection": "Alt+7",
    "Problems": "Alt+8",
    "Decoding": "Alt+9",
    "Comparison": "Ctrl+1",
    "Tile reads": "Ctrl+2",
    "Divergence": "Ctrl+3",
    "Files": "Ctrl+4",
    "Debugger": "Ctrl+5",
    "Edits": "Ctrl+6",
    "Bookmarks": "Ctrl+7",
    "Encode again": "Ctrl+8",
    "Benchmarks": "Ctrl+9",
    "Help": "Alt+0",
}
"""Every panel and the keys that lead to it: Alt for what one file holds, Ctrl for what is done with it."""

PANELS: tuple[str, ...] = tuple(PANEL_SHORTCUTS)
"""The window's panels, as they are listed."""


WITHOUT_FILE = ("Encode again", "Benchmarks", "Help")
"""Panels that are of use while no file is open."""


def panel_commands(panel: str, shortcut: str) -> tuple[Command, Command]:
    """The commands of one panel: going to it, and showing or hiding it."""
    name = panel.lower()
    return (
        Command(
            f"panel.{name}.go",
            f"&{shortcut[-1]} {panel}" if shortcut.startswith("Alt") else panel,
            shortcut,
            f"Show the {panel} panel and move the keyboard there.",
            "&Go",
            needs_file=panel not in WITHOUT_FILE,
        ),
        Command(
            f"panel.{name}.show",
            panel,
            "",
            f"Show or hide the {panel} panel.",
            "&View/&Panels",
            undoes="choose it again, or reset the layout",
            checkable=True,
        ),
    )


PANEL_COMMANDS: tuple[Command, ...] = tuple(
    command
    for panel, shortcut in PANEL_SHORTCUTS.items()
    for command in panel_commands(panel, shortcut)
)
"""Those of all panels."""
