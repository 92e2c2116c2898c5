"""The entry of Ranscope: a sub-command runs without Qt, anything else opens the window."""

from __future__ import annotations

import argparse
import difflib
import importlib.metadata
import sys
from collections.abc import Sequence
from pathlib import Path

from app.cli import COMMANDS
from app.cli.guard import guarded
from app.cli.options import Parser
from codec.errors import InputError

QT = ("PySide6", "shiboken6", "pyqtgraph")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs Ranscope; returns the exit status.

    Args:
        argv: the arguments behind the program's name; the process's own where it is None.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments and arguments[0] in COMMANDS:
        return guarded(lambda: _run(arguments))
    return guarded(lambda: _open_window(_parser().parse_args(arguments)))


def _run(arguments: Sequence[str]) -> int:
    """Runs a sub-command; loading its module takes long enough to be interrupted, too."""
    from app.cli.run import run

    return run(arguments)


def _parser() -> Parser:
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name.ljust(width)}  {says}" for name, says in COMMANDS.items())
    parser = Parser(
        "ranscope",
        "Opens files of tiled, rANS-coded int8 weight layers and shows what every byte does.",
        f"commands, which need no window (ranscope COMMAND --help explains each):\n{commands}",
    )
    parser.add_argument("files", metavar="FILE", nargs="*", help="compressed files to open")
    parser.add_argument(
        "--with",
        dest="side",
        metavar="X",
        help="compare the first file with X: a decoder's name, a dump, a capture, another compressed file",
    )
    parser.add_argument(
        "--screenshot", metavar="OUT.png", help="render the window once, offscreen, and exit"
    )
    parser.add_argument("--version", action="version", version=f"ranscope {version()}")
    return parser


def version() -> str:
    """The version that is installed."""
    try:
        return importlib.metadata.version("ranscope")
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


def _open_window(arguments: argparse.Namespace) -> int:
    _refuse_misspelt_command(arguments.files)
    if arguments.side is not None and not arguments.files:
        raise InputError("--with compares a file with something: name the file, too")
    try:
        from app.window import run
    except ImportError as error:
        if not _is_about_qt(error):
            raise
        raise InputError(
            f"the window needs PySide6, which cannot be loaded ({error}): install it with "
            f"`make run` or `pip install PySide6-Essentials pyqtgraph`, or use a command that needs no "
            f"window: {', '.join(COMMANDS)}"
        ) from None
    return run(arguments.files, arguments.screenshot, arguments.side)


def _is_about_qt(error: ImportError) -> bool:
    """Whether Qt is missing, or a library of the system that it needs."""
    missing_library = "cannot open shared object" in str(error)
    return missing_library or (error.name or "").partition(".")[0] in QT


def _refuse_misspelt_command(files: Sequence[str]) -> None:
    """Raises InputError where the first file is none, and looks like a sub-command."""
    if files and not Path(files[0]).exists():
        alike = difflib.get_close_matches(files[0], COMMANDS, 1)
        if alike:
            raise InputError(
                f"there is neither a command nor a file called {files[0]!r}; the nearest command is "
                f"{alike[0]!r}"
            )


if __name__ == "__main__":
    sys.exit(main())
