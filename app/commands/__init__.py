"""The one table of the window's commands: menus, shortcuts, tooltips and Help come from it.

The main window gives every command its action; a test holds that none is left without one.
"""

from __future__ import annotations

from app.commands.command import Command
from app.commands.comparing import COMPARING
from app.commands.files import EDIT, FILE
from app.commands.jobs import DECODER_COMMANDS, JOBS
from app.commands.panels import PANEL_COMMANDS, PANEL_SHORTCUTS, PANELS
from app.commands.views import HELP, VIEW

__all__ = ["COMMANDS", "PANELS", "PANEL_SHORTCUTS", "Command"]

COMMANDS: tuple[Command, ...] = (
    *FILE,
    *EDIT,
    *VIEW,
    *PANEL_COMMANDS,
    *JOBS,
    *DECODER_COMMANDS,
    *COMPARING,
    *HELP,
)
"""Every command, menu by menu in the order of the menu bar."""
