"""All that is kept of a file from one time it is open to the next, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.debug_place import DebugPlace
from app.selection import Selection
from app.session.file_work import Work
from app.session.identity import FileIdentity
from codec.comparison.side import Side


@dataclass(frozen=True)
class KeptLayout:
    """Where the panels stood.

    Attributes:
        version: of the layout; another cannot be taken up.
        state: as Qt writes it.
    """

    version: int
    state: bytes


@dataclass(frozen=True)
class Session:
    """What is kept of one file.

    Attributes:
        path: where the file lay, from the root.
        identity: its content then.
        work: what the user made about it.
        selection: what was selected.
        left, right: what it was compared with; None without.
        debugged: where the debugger stood; None where it did not run.
        layout: None where it is not known.
    """

    path: str
    identity: FileIdentity
    work: Work = field(default_factory=Work)
    selection: Selection = field(default_factory=Selection)
    left: Side | None = None
    right: Side | None = None
    debugged: DebugPlace | None = None
    layout: KeptLayout | None = None
