"""The commands that open and close files, and those that copy, filter and go within one."""

from __future__ import annotations

from app.commands.command import Command

FILE = (
    Command(
        "file.open",
        "&Open…",
        "Ctrl+O",
        "Open one or more compressed layers.",
        "&File",
        toolbar="Open",
    ),
    Command(
        "file.sample",
        "Open &sample",
        "Ctrl+Shift+O",
        "Open the bundled layer: real weights of a small language model.",
        "&File",
    ),
    Command(
        "file.recorded",
        "Open recorded &failure",
        "",
        "Open a bundled layer beside what a real GPU decoder made of it: 99.6% wrong.",
        "&File",
    ),
    Command(
        "file.clear_recent",
        "&Clear recent files",
        "",
        "Forget which files were opened before; the files stay where they are.",
        "&File/Open recen&t",
    ),
    Command(
        "file.reload",
        "&Reload",
        "F5",
        "Read the current file again from disk and keep the selection.",
        "&File",
        needs_file=True,
        starts_group=True,
        toolbar="Reload",
    ),
    Command(
        "file.reload_unasked",
        "Reload changed files &by itself",
        "",
        "Read a file again as soon as it changes on disk, without asking.",
        "&File",
        undoes="choose it again",
        checkable=True,
    ),
    Command(
        "file.close",
        "&Close",
        "Ctrl+W",
        "Close the current file.",
        "&File",
        undoes="open it again from the recent files",
        needs_file=True,
    ),
    Command(
        "file.screenshot",
        "Save scree&nshot…",
        "Ctrl+Shift+S",
        "Save a picture of the window as a PNG file.",
        "&File",
        starts_group=True,
    ),
)

QUIT = (
    Command(
        "file.quit", "&Quit", "Ctrl+Q", "Close all files and quit.", "&File", starts_group=True
    ),
)

EDIT = (
    Command(
        "edit.copy",
        "&Copy",
        "Ctrl+C",
        "Copy what is selected in the focused panel as text.",
        "&Edit",
        needs_file=True,
    ),
    Command(
        "edit.filter",
        "F&ilter",
        "Ctrl+F",
        "Go to the filter of the focused panel, or else to that of Structure.",
        "&Edit",
        needs_file=True,
        starts_group=True,
    ),
    Command(
        "edit.go_to_offset",
        "&Go to offset…",
        "Ctrl+G",
        "Select the byte at an offset, decimal or hexadecimal.",
        "&Edit",
        needs_file=True,
    ),
)
