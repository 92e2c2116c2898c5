"""`ranscope new-decoder`: a decoder or an encoder to start from, which works as it is."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from app.cli.console import say, say_json
from app.cli.options import add_json
from app.cli.status import ExitStatus
from codec.atomic_file import write_file
from codec.errors import InputError

HEADER = "ranscope.h"


@dataclass(frozen=True)
class Kind:
    """What can be written.

    Attributes:
        template: its file in assets/templates.
        suffix: what its name ends in.
        header: whether it needs ranscope.h beside it.
    """

    template: str
    suffix: str
    header: bool = False


KINDS: dict[str, Kind] = {
    "python": Kind("decoder.py", ".py"),
    "c": Kind("decoder.c", ".c", header=True),
    "cuda": Kind("decoder.cu", ".cu"),
    "encoder": Kind("encoder.py", ".py"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("path", metavar="PATH", help="the file to write; never one that is there")
    parser.add_argument(
        "--kind",
        choices=tuple(KINDS),
        help="what to write it in; otherwise what PATH ends in says so, and Python is usual",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out."""
    path, kind = _destination(arguments.path, arguments.kind)
    outputs = {path: _template(KINDS[kind].template, path)}
    if KINDS[kind].header:
        outputs[path.parent / HEADER] = _template(HEADER, path)
    outputs = {target: text for target, text in outputs.items() if not _is_there(target, text)}
    for target, text in outputs.items():
        write_file(target, [text])
    steps = next_steps(path, kind)
    if arguments.json:
        say_json({"kind": kind, "outputs": [str(target) for target in outputs], "next": steps})
        return ExitStatus.OK
    for target in outputs:
        say(str(target))
    for step in steps:
        say(f"  {step}")
    return ExitStatus.OK


def next_steps(path: Path, kind: str) -> list[str]:
    """The commands to go on with."""
    used, steps = path, list[str]()
    if kind == "c":
        used = path.with_suffix(".so")
        steps.append(shlex.join(["cc", "-O2", "-shared", "-fPIC", "-o", str(used), str(path)]))
    return [*steps, f"ranscope compare FILE --with {shlex.quote(str(used))}"]


def _destination(text: str, kind: str | None) -> tuple[Path, str]:
    """The file to write, and its kind.

    Raises:
        InputError: its name and the kind do not fit, or there is no such folder.
    """
    path = Path(text)
    if kind is None:
        of_suffix = {known.suffix: name for name, known in reversed(KINDS.items())}
        kind = of_suffix.get(path.suffix.lower(), "" if path.suffix else "python")
    if not kind:
        known = ", ".join(sorted({each.suffix for each in KINDS.values()}))
        raise InputError(f"{text} ends in none of {known}, which say what to write it in")
    suffix = KINDS[kind].suffix
    if not path.suffix:
        path = path.with_name(path.name + suffix) if path.name else path
    if path.suffix.lower() != suffix:
        raise InputError(f"{text} is to be {kind}, which ends in {suffix}")
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}")
    return path, kind


def _template(name: str, path: Path) -> bytes:
    """A template, speaking of the file that it becomes."""
    text = (files("assets") / "templates" / name).read_text(encoding="utf-8")
    text = text.replace("THIS_FILE.py", path.name).replace("THIS_NAME", path.stem)
    return text.encode("utf-8")


def _is_there(path: Path, text: bytes) -> bool:
    """Whether a header is there already.

    Raises:
        InputError: something else is.
    """
    if not path.exists() and not path.is_symlink():
        return False
    try:
        same = path.name == HEADER and path.read_bytes() == text
    except OSError:
        same = False
    if not same:
        raise InputError(f"{path} is there already, and is not overwritten")
    return True
