"""How a session is written as JSON, and read again: version 1 of the form.

Both directions stand here side by side, for a field that one of them does not know is lost. What is added or means
something else raises `VERSION`; a version that is not ours is never guessed at.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

from app.debug_place import Course, DebugPlace
from app.selection import Selection
from app.session.bookmark import Bookmark, Place
from app.session.breakpoint import Breakpoint
from app.session.file_work import Work
from app.session.identity import FileIdentity
from app.session.state import KeptLayout, Session
from codec.comparison.output import SideKind
from codec.comparison.side import Side
from codec.edits.edit import Edit
from codec.json_fields import DamagedJson, Fields, parsed
from codec.stepping.walk import Direction

FORMAT = "ranscope session"
VERSION = 1

MOST_RUNS = 1000
"""Runs of a decoder that are taken up: a number that nobody chose must not keep the machine busy for days."""


class NewerSession(DamagedJson):
    """A session that a newer version wrote."""


def written(session: Session) -> bytes:
    """A session as JSON, in UTF-8; all of it is ASCII, so that any path and any text survives."""
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "file": {
            "path": session.path,
            "size": session.identity.size,
            "modified_ns": session.identity.modified_ns,
            "digest": session.identity.digest,
        },
        "selection": _selection(session.selection),
        "notes": session.work.notes,
        "bookmarks": [
            {"place": _place(mark.place), "note": mark.note} for mark in session.work.bookmarks
        ],
        "breakpoints": [_breakpoint(each) for each in session.work.breakpoints],
        "edits": [_edit(each) for each in session.work.edits],
        "left": _side(session.left),
        "right": _side(session.right),
        "debugger": None if session.debugged is None else _step(session.debugged),
        "layout": _layout(session.layout),
    }
    return json.dumps(whole, indent=1).encode("ascii")


def read(data: bytes) -> Session:
    """The session that `written` wrote.

    Raises:
        NewerSession: a newer version wrote it.
        DamagedJson: it is none, or any field of it is not what it should be; the message says which.
    """
    whole = parsed(data)
    if whole.text("format") != FORMAT:
        raise DamagedJson(f"it does not call itself a {FORMAT}")
    version = whole.number("version")
    if version > VERSION:
        raise NewerSession(
            f"a newer version of Ranscope wrote it (form {version:,}, ours is {VERSION})"
        )
    if version != VERSION:
        raise DamagedJson(f"there is no form {version:,} of it")
    file = whole.inner("file")
    return Session(
        path=file.path("path"),
        identity=FileIdentity(file.number("size"), file.number("modified_ns"), file.text("digest")),
        work=Work(
            bookmarks=whole.listed("bookmarks", _read_bookmark),
            breakpoints=whole.listed("breakpoints", _read_breakpoint),
            edits=whole.listed("edits", _read_edit),
            notes=whole.text("notes"),
        ),
        selection=_read_selection(whole.inner("selection")),
        left=whole.maybe("left", _read_side),
        right=whole.maybe("right", _read_side),
        debugged=whole.maybe("debugger", _read_step),
        layout=whole.maybe("layout", _read_layout),
    )


def _selection(selection: Selection) -> dict[str, Any]:
    return {
        "tensor": selection.tensor,
        "tile": selection.tile,
        "symbol": selection.symbol,
        "span": None if selection.span is None else dict(zip(_SPAN, selection.span, strict=True)),
    }


_SPAN = "offset", "size"


def _read_selection(fields: Fields) -> Selection:
    return Selection(
        fields.number("tensor"),
        fields.maybe_number("tile"),
        fields.maybe_number("symbol"),
        fields.maybe("span", lambda span: (span.number("offset"), span.number("size"))),
    )


def _place(place: Place) -> dict[str, Any]:
    return _selection(place) if isinstance(place, Selection) else _step(place)


def _read_place(fields: Fields) -> Place:
    is_step = fields.has("direction") or fields.has("step")
    return _read_step(fields) if is_step else _read_selection(fields)


def _read_bookmark(fields: Fields) -> Bookmark:
    return Bookmark(_read_place(fields.inner("place")), fields.text("note"))


def _breakpoint(each: Breakpoint) -> dict[str, Any]:
    return {
        "condition": each.condition,
        "enabled": each.enabled,
        "tensor": each.tensor,
        "tile": each.tile,
        "note": each.note,
    }


def _read_breakpoint(fields: Fields) -> Breakpoint:
    return Breakpoint(
        fields.text("condition"),
        fields.flag("enabled"),
        fields.maybe_number("tensor"),
        fields.maybe_number("tile"),
        fields.text("note"),
    )


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "offset": edit.offset,
        "before": edit.before.hex(),
        "after": edit.after.hex(),
        "title": edit.title,
        "enabled": edit.enabled,
    }


def _read_edit(fields: Fields) -> Edit:
    try:
        return Edit(
            fields.number("offset"),
            fields.octets("before"),
            fields.octets("after"),
            fields.text("title"),
            fields.flag("enabled"),
        )
    except ValueError as error:
        raise DamagedJson(f"{fields.place} is no edit: {error}") from None


def _side(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {
        "kind": str(side.kind),
        "name": side.name,
        "tensor": side.tensor,
        "dtype": side.dtype,
        "reshape": side.reshape,
        "runs": side.runs,
    }


def _read_side(fields: Fields) -> Side:
    kind, runs = fields.text("kind"), fields.number("runs")
    if kind not in list(SideKind) or not 0 < runs <= MOST_RUNS:
        raise DamagedJson(f"{fields.place} is no side of a comparison")
    return Side(
        SideKind(kind),
        fields.path("name"),
        fields.text("tensor"),
        fields.text("dtype"),
        fields.flag("reshape"),
        runs,
    )


def _step(place: DebugPlace) -> dict[str, Any]:
    return {
        "tensor": place.course.tensor,
        "tile": place.course.tile,
        "direction": str(place.course.direction),
        "step": place.step,
    }


def _read_step(fields: Fields) -> DebugPlace:
    direction = fields.text("direction")
    if direction not in list(Direction):
        raise DamagedJson(f"{fields.place}.direction should be one of {', '.join(Direction)}")
    course = Course(fields.number("tensor"), fields.number("tile"), Direction(direction))
    return DebugPlace(course, fields.number("step"))


def _layout(layout: KeptLayout | None) -> dict[str, Any] | None:
    if layout is None:
        return None
    return {"version": layout.version, "state": b64encode(layout.state).decode("ascii")}


def _read_layout(fields: Fields) -> KeptLayout:
    try:
        state = b64decode(fields.text("state"), validate=True)
    except ValueError:
        raise DamagedJson(f"{fields.place}.state should be base64") from None
    return KeptLayout(fields.number("version"), state)
