"""What can be chosen for a side of a comparison, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from codec.comparison.output import SideKind
from codec.comparison.side import Side

KINDS = {
    SideKind.DECODER: "decoder",
    SideKind.DUMP: "weights in a file",
    SideKind.CAPTURE: "capture of another machine's decoder",
    SideKind.FILE: "another compressed file",
    SideKind.OPENED: "this file without its edits",
}
"""What a person calls the kinds of sides."""


@dataclass(frozen=True)
class SideChoice:
    """A side that is offered.

    Attributes:
        title: what it is called.
        side: what it stands for.
        remark: what it is; or why it cannot be chosen, and what to do.
        available: whether it can be chosen.
    """

    title: str
    side: Side
    remark: str = ""
    available: bool = True


def side_title(side: Side | None) -> str:
    """What a button calls a side: a decoder's name, or the name of its file."""
    if side is None:
        return "none"
    name = PurePath(side.name).name
    return f"{name} · {side.tensor}" if side.tensor else name


def side_meaning(side: Side | None) -> str:
    """What stands there, as a tooltip says it."""
    if side is None:
        return "Nothing is chosen yet."
    runs = f", run {side.runs} times" if side.runs > 1 else ""
    return f"{KINDS[side.kind].capitalize()}: {side.name}{runs}"


def offer_text(side: Side) -> str:
    """What reading a side this way does, as the text of a link."""
    name = PurePath(side.name).name
    what = f"{side.tensor} in {name}" if side.tensor else name
    return f"Read {what} row by row" if side.reshape else f"Take {what}"
