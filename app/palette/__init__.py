"""The command palette: one line to find any command, panel, file or tensor by a few letters."""

from app.palette.palette import Palette

__all__ = ["Palette"]
