"""The one table of the window's commands: menus, shortcuts, tooltips and Help come from it.

The main window gives every command its action; a test holds that none is left without one.
"""

from __future__ import annotations

from dataclasses import dataclass

from codec.decoders import DECODERS

PANELS: tuple[str, ...] = (
    "Structure",
    "Bytes",
    "Tiles",
    "Weights",
    "Frequencies",
    "States",
    "Selection",
    "Problems",
    "Decoding",
    "Help",
)
"""The window's panels in the order of their shortcuts, Alt+1 to Alt+9 and Alt+0."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that the user can have the window do.

    Attributes:
        name: what settings and code call it; stable.
        title: its text in menus; "&" marks the letter that chooses it.
        shortcut: as Qt's portable text writes it; "" for none.
        tooltip: what it does, in one sentence.
        menu: the menu that it stands in; "/" leads into a submenu.
        undoes: what takes it back, in words; "" where there is nothing to take back.
        checkable: whether it is switched on and off.
        needs_file: whether it makes sense only while a file is open.
        starts_group: whether a line stands above it in its menu.
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


FILE = (
    Command("file.open", "&Open…", "Ctrl+O", "Open one or more compressed layers.", "&File"),
    Command(
        "file.sample",
        "Open &sample",
        "Ctrl+Shift+O",
        "Open the bundled layer: real weights of a small language model.",
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
    Command("file.quit", "&Quit", "Ctrl+Q", "Close all files and quit.", "&File"),
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
        "&Filter",
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

JOBS = (
    Command(
        "jobs.check",
        "Run &full check",
        "F7",
        "Decode every stream of the current file and check all of it.",
        "&Run",
        needs_file=True,
    ),
    Command(
        "jobs.decode_whole",
        "Decode the &whole tensor",
        "F8",
        "Decode all of the selected tensor with the chosen decoder and show how long each part takes.",
        "&Run",
        needs_file=True,
    ),
    Command(
        "jobs.cancel",
        "&Stop all jobs",
        "Ctrl+.",
        "Stop everything that is being computed for any file.",
        "&Run",
    ),
)

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


def decoder_command(decoder: str, number: int) -> Command:
    """The command that chooses a decoder."""
    return Command(
        f"decoder.{decoder}",
        f"&{number} {decoder}",
        "",
        f"Decode tiles and traces with the decoder {decoder} from now on.",
        "&Run/&Decoder",
        undoes="choose another decoder",
        checkable=True,
    )


def panel_commands(panel: str, number: int) -> tuple[Command, Command]:
    """The commands of one panel: going to it, and showing or hiding it."""
    name = panel.lower()
    return (
        Command(
            f"panel.{name}.go",
            f"&{number % 10} {panel}",
            f"Alt+{number % 10}",
            f"Show the {panel} panel and move the keyboard there.",
            "&Go",
            needs_file=panel != "Help",
        ),
        Command(
            f"panel.{name}.show",
            panel,
            "",
            f"Show or hide the {panel} panel.",
            "&View/&Panels",
            undoes="choose it again, or reset the layout",
            checkable=True,
        ),
    )


COMMANDS: tuple[Command, ...] = (
    *FILE,
    *EDIT,
    *VIEW,
    *(command for i, panel in enumerate(PANELS, 1) for command in panel_commands(panel, i)),
    *JOBS,
    *(decoder_command(decoder, i) for i, decoder in enumerate(DECODERS, 1)),
    *HELP,
)
"""Every command, menu by menu in the order of the menu bar."""
