"""The commands that move the borders between panels, and within one, for who has no mouse."""

from __future__ import annotations

from app.commands.command import Command

MENU = "&View/Si&zes"

SIZING = (
    Command("size.wider", "&Wider", "Alt+Shift+Right", "Make the panel with the keyboard wider.", MENU),
    Command(
        "size.narrower", "&Narrower", "Alt+Shift+Left",
        "Make the panel with the keyboard narrower.", MENU,
    ),
    Command("size.higher", "&Higher", "Alt+Shift+Down", "Make the panel with the keyboard higher.", MENU),
    Command("size.lower", "&Lower", "Alt+Shift+Up", "Make the panel with the keyboard lower.", MENU),
    Command(
        "size.more", "&More of its part", "Alt+Shift+PgDown",
        "Give the part of the panel that has the keyboard more of it: the table, or the picture above it.",
        MENU, starts_group=True,
    ),
    Command(
        "size.less", "L&ess of its part", "Alt+Shift+PgUp",
        "Give the part of the panel that has the keyboard less of it.", MENU,
    ),
)  # fmt: skip
