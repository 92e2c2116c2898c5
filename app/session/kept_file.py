"""An open file as its session is concerned: what is known of it on the disk, and what there is to be written."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.document import Document
from app.session.file_work import Work
from app.session.identity import FileIdentity
from app.session.state import KeptLayout, Session
from app.session.store import OnDisk
from codec.edits.overlay import base_of
from codec.source import Source


@dataclass(eq=False)
class KeptFile:
    """An open file.

    Attributes:
        document: as which it is open now.
        identity: of its content; None while it is not known.
        looked_up: whether its earlier session has been looked for.
        keeps: whether a session may be written.
        beside: whether it was opened beside a file that was being worked on.
        at_rest: whether it is being worked on: it was looked up, and nothing else was being opened then.
        known: the session that is on the disk, or on its way there; None without.
        on_disk: its file there, as far as we know; the thread of the disk alone changes it.
        problem: why it could not be written last, as a sentence; the thread of the disk alone changes it.
        told_problem: what of that has been told.
        layout: where the panels stood when it was shown last.
        told: whether it has been said that another window keeps a session of it, too.
    """

    document: Document
    identity: FileIdentity | None = None
    looked_up: bool = False
    keeps: bool = True
    beside: bool = False
    at_rest: bool = False
    known: Session | None = None
    on_disk: OnDisk = field(default_factory=OnDisk)
    problem: str = ""
    told_problem: str = ""
    layout: KeptLayout | None = None
    told: bool = False

    @property
    def base(self) -> Source:
        """What the document reads, without edits."""
        return base_of(self.document.container.source)

    @property
    def work(self) -> Work:
        """What the user has made about it."""
        return self.document.work.now

    def session(self) -> Session | None:
        """The session as it is now; None where none may be written (yet)."""
        document = self.document
        if not (self.looked_up and self.keeps) or self.identity is None:
            return None
        return Session(
            path=str(document.path),
            identity=self.identity,
            work=self.work,
            selection=document.selection,
            left=document.comparing.left,
            right=document.comparing.right,
            debugged=document.debugging.place,
            layout=self.layout,
        )
