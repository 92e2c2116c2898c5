"""The one table of the window's commands: menus, shortcuts, tooltips and Help come from it.

The main window gives every command its action; a test holds that none is left without one.
"""

from __future__ import annotations

from app.commands.benchmarks import BENCHMARKS
from app.commands.command import Command
from app.commands.comparing import COMPARING
from app.commands.debugging import DEBUGGING
from app.commands.editing import EDITING, UNDOING
from app.commands.exporting import EXPORTING
from app.commands.files import EDIT, FILE, QUIT
from app.commands.jobs import DECODER_COMMANDS, JOBS
from app.commands.keeping import KEEPING
from app.commands.panels import PANEL_COMMANDS, PANEL_SHORTCUTS, PANELS
from app.commands.rerun import RERUN
from app.commands.sizing import SIZING
from app.commands.views import HELP, VIEW

__all__ = ["COMMANDS", "PANELS", "PANEL_SHORTCUTS", "Command"]

COMMANDS: tuple[Command, ...] = (
    *FILE,
    *EXPORTING,
    *QUIT,
    *UNDOING,
    *EDIT,
    *EDITING,
    *VIEW,
    *SIZING,
    *PANEL_COMMANDS,
    *JOBS,
    *DECODER_COMMANDS,
    *DEBUGGING,
    *COMPARING,
    *RERUN,
    *BENCHMARKS,
    *KEEPING,
    *HELP,
)
"""Every command, menu by menu in the order of the menu bar."""
