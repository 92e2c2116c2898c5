"""A session in which every field holds something else than what it holds by default."""

from __future__ import annotations

from dataclasses import replace

from app.debug_place import Course, DebugPlace
from app.selection import Selection
from app.session.bookmark import Bookmark
from app.session.breakpoint import Breakpoint
from app.session.file_work import Work
from app.session.identity import FileIdentity
from app.session.state import KeptLayout, Session
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.edits.edit import Edit
from codec.stepping.walk import Direction

WORK = Work(
    bookmarks=(
        Bookmark(Selection(0, 3, 17), "where it goes wrong\nsecond line: ≠ \0 \U0001f6a9"),
        Bookmark(Selection(1, 2)),
        Bookmark(Selection(0, None, None, (12, 4)), "header"),
        Bookmark(DebugPlace(Course(0, 7, Direction.ENCODE), 12), "a step"),
    ),
    breakpoints=(
        Breakpoint("state_before < 2**23", False, 1, 2, "low"),
        Breakpoint("symbol == 128"),
    ),
    edits=(
        Edit(10, b"\x00\xff", b"\x01\xfe", "2 bytes from 10", False),
        Edit(99, b"a", b"b", "byte 99"),
    ),
    notes="all tiles from 17 on are shifted\n",
)

SESSION = Session(
    path="/a/layer \udcff ü.batched",
    identity=FileIdentity(1234, 5678, "0123456789abcdef"),
    work=WORK,
    selection=Selection(1, 2, 3, (4, 0)),
    left=Side(SideKind.DECODER, "reference", runs=10),
    right=Side(SideKind.DUMP, "/a/dump.bin", "w", "int8", True),
    debugged=DebugPlace(Course(0, 7, Direction.ENCODE), 4096),
    layout=KeptLayout(4, bytes(range(256))),
)

EMPTY = Session("/b", FileIdentity(0, 0, ""))


def about(path: str, work: Work = WORK) -> Session:
    """The same about another file."""
    return replace(SESSION, path=path, work=work)
