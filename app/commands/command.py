"""What a command of the window is: the tables beside this module hold nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """Something that the user can have the window do.

    Attributes:
        name: what settings and code call it; stable.
        title: its text in menus; "&" marks the letter that chooses it.
        shortcut: as Qt's portable text writes it, unless the user chooses another; "" for none.
        tooltip: what it does, in one sentence.
        menu: the menu that it stands in; "/" leads into a submenu.
        undoes: what takes it back, in words; "" where there is nothing to take back.
        checkable: whether it is switched on and off.
        needs_file: whether it makes sense only while a file is open.
        starts_group: whether a line stands above it in its menu.
        toolbar: what its button in the toolbar says; "" where it has none.
    """

    name: str
    title: str
    shortcut: str
    tooltip: str
    menu: str
    undoes: str = ""
    checkable: bool = False
    needs_file: bool = False
    starts_group: bool = False
    toolbar: str = ""

    @property
    def plain_title(self) -> str:
        """The title without the mark of its letter."""
        return plain(self.title)

    @property
    def menu_path(self) -> str:
        """The menus that lead to it, as they are read."""
        return plain(self.menu).replace("/", " › ")


def plain(title: str) -> str:
    """A menu's or a command's title without the mark of its letter, or the digit that stands for one."""
    without_digit = re.sub(r"^&\d ", "", title)
    return without_digit.replace("&&", "\0").replace("&", "").replace("\0", "&")
