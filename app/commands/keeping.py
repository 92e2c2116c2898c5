"""The commands that keep places to come back to, go to them, and begin a file's session anew."""

from __future__ import annotations

from app.commands.command import Command

MENU = "&Bookmarks"

KEEPING = (
    Command(
        "bookmark.add",
        "&Bookmark the selection…",
        "Ctrl+K",
        "Keep the selected weight, tile or bytes, or the debugger's step, with a note; or change that note.",
        MENU,
        undoes="undo",
        needs_file=True,
    ),
    Command(
        "bookmark.remove",
        "&Remove the bookmark here",
        "Ctrl+Alt+K",
        "Remove the bookmark of what is selected.",
        MENU,
        undoes="undo",
        needs_file=True,
    ),
    Command(
        "bookmark.next",
        "&Next bookmark",
        "Ctrl+L",
        "Go to the next bookmark, in the order in which they were made.",
        MENU,
        undoes="previous bookmark",
        needs_file=True,
        starts_group=True,
    ),
    Command(
        "bookmark.previous",
        "&Previous bookmark",
        "Ctrl+Shift+L",
        "Go to the bookmark before, in the order in which they were made.",
        MENU,
        undoes="next bookmark",
        needs_file=True,
    ),
    Command(
        "bookmark.find",
        "&Go to bookmark…",
        "Ctrl+Shift+K",
        "Type a part of a bookmark's place or note to find it.",
        MENU,
        needs_file=True,
    ),
    Command(
        "bookmark.notes",
        "N&otes on the file",
        "Ctrl+Alt+N",
        "Move the keyboard to the notes on the file as a whole.",
        MENU,
        needs_file=True,
        starts_group=True,
    ),
    Command(
        "bookmark.afresh",
        "Start a new &session",
        "",
        "Set bookmarks, notes, breakpoints and edits of this file aside, and begin with none.",
        MENU,
        undoes="undo",
        needs_file=True,
    ),
)
