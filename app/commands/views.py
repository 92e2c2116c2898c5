"""The commands that change what is looked at, and how; and Help."""

from __future__ import annotations

from app.commands.command import Command

VIEW = (
    Command(
        "view.next_file",
        "&Next file",
        "Ctrl+Tab",
        "Show the next open file.",
        "&View",
        undoes="previous file",
        needs_file=True,
    ),
    Command(
        "view.previous_file",
        "Pre&vious file",
        "Ctrl+Shift+Tab",
        "Show the previous open file.",
        "&View",
        undoes="next file",
        needs_file=True,
    ),
    Command(
        "view.next_tensor",
        "Next &tensor",
        "Alt+PgDown",
        "Show the next tensor of the file.",
        "&View",
        undoes="previous tensor",
        needs_file=True,
        starts_group=True,
    ),
    Command(
        "view.previous_tensor",
        "Previo&us tensor",
        "Alt+PgUp",
        "Show the previous tensor of the file.",
        "&View",
        undoes="next tensor",
        needs_file=True,
    ),
    Command(
        "view.choose_tensor",
        "Choose t&ensor…",
        "Ctrl+T",
        "Type a part of a tensor's name to show that tensor.",
        "&View",
        needs_file=True,
    ),
    Command(
        "view.theme_system",
        "As the &system",
        "",
        "Use light or dark colours as the system does.",
        "&View/&Colours",
        checkable=True,
        starts_group=True,
    ),
    Command("view.theme_light", "&Light", "", "Use light colours.", "&View/&Colours", "", True),
    Command("view.theme_dark", "&Dark", "", "Use dark colours.", "&View/&Colours", "", True),
    Command(
        "view.compare_layout",
        "Arrange for c&omparing",
        "Ctrl+Shift+E",
        "Give the comparison most of the window, with both traces below it.",
        "&View",
        undoes="reset the layout",
    ),
    Command(
        "view.reset_layout",
        "&Reset layout",
        "Ctrl+Shift+R",
        "Put every panel back where it was at first.",
        "&View",
    ),
)

HELP = (
    Command("help.show", "&Help", "F1", "Explain every panel and list all shortcuts.", "&Help"),
)
