"""The commands that undo and redo, and those that edit the file's bytes without writing the file."""

from __future__ import annotations

from app.commands.command import Command

MENU = "&Edit"

UNDOING = (
    Command(
        "edit.undo",
        "&Undo",
        "Ctrl+Z",
        "Take back the last change of edits, breakpoints, bookmarks or notes of this file.",
        MENU,
        undoes="redo it",
        needs_file=True,
        toolbar="Undo",
    ),
    Command(
        "edit.redo",
        "&Redo",
        "Ctrl+Shift+Z",
        "Make again the change that was taken back last.",
        MENU,
        undoes="undo it",
        needs_file=True,
        toolbar="Redo",
    ),
)
"""They stand at the top of the menu."""

EDITING = (
    Command(
        "edit.field",
        "Edit &field…",
        "F2",
        "Put another value into the selected field; the file itself stays as it is.",
        MENU,
        undoes="undo it",
        needs_file=True,
        starts_group=True,
    ),
    Command(
        "edit.bytes",
        "Edit &bytes…",
        "Shift+F2",
        "Put other bytes in the place of the selected ones; the file itself stays as it is.",
        MENU,
        undoes="undo it",
        needs_file=True,
    ),
    Command(
        "edit.flip",
        "F&lip bit…",
        "Ctrl+F2",
        "Flip a bit of the first selected byte; the file itself stays as it is.",
        MENU,
        undoes="undo it",
        needs_file=True,
    ),
    Command(
        "edit.seal",
        "&Match checksums",
        "Ctrl+Shift+F2",
        "Edit the checksums of all but the tiles' weights to match the bytes that they guard.",
        MENU,
        undoes="undo it",
        needs_file=True,
    ),
    Command(
        "edit.discard",
        "&Discard all edits",
        "",
        "Remove all edits: the bytes are those of the file again.",
        MENU,
        undoes="undo it",
        needs_file=True,
    ),
    Command(
        "compare.as_opened",
        "Compare with the file as &opened",
        "Ctrl+F9",
        "Hold the edited file against the file as it was opened, and show what the edits did.",
        MENU,
        undoes="end the comparison",
        needs_file=True,
    ),
    Command(
        "file.save_edited",
        "Sa&ve the edited file as…",
        "Ctrl+Alt+S",
        "Write the file with its edits to another place; the opened file is never written.",
        MENU,
        needs_file=True,
    ),
)
