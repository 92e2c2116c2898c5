"""The commands that save what a panel shows: its tables, and itself as a picture."""

from __future__ import annotations

from app.commands.command import Command

EXPORTING = (
    Command(
        "export.table",
        "&Export a table…",
        "Ctrl+E",
        "Save a table of any panel as CSV, JSON or NPZ.",
        "&File",
        starts_group=True,
        toolbar="Export",
    ),
    Command(
        "export.panel",
        "Save the p&anel as a picture…",
        "",
        "Save how the panel that has the keyboard looks, as PNG or SVG.",
        "&File",
    ),
)
