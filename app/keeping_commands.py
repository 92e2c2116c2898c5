"""What the commands of the menu "Bookmarks" do, on the document that is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from app.actions import Effect
from app.bookmark_dialog import Choice, ask_for_note
from app.bookmarking import Bookmarks, go_to, next_bookmark, places_here
from app.command_group import CommandContext, CommandGroup
from app.document import Document
from app.models.bookmark_places import place_details, place_title
from app.session.bookmark import Place
from app.session.keeping import Keeping

PANEL = "Bookmarks"
"""The panel in which bookmarks and notes are looked at."""


class KeepingCommands(CommandGroup):
    """The effects of the commands that keep places."""

    notes_wanted = Signal()
    """The keyboard is to move to the notes on the file; their panel is in sight."""

    def __init__(self, context: CommandContext, keeping: Keeping) -> None:
        """Takes what they need of the window, and what keeps the sessions."""
        super().__init__(context)
        self._keeping = keeping
        self._last: Place | None = None

    def effects(self) -> dict[str, Effect]:
        """What each of the commands does, by name."""
        return {
            "bookmark.add": self._with(self._add),
            "bookmark.remove": self._with(self._remove),
            "bookmark.next": self._with(lambda document: self._step(document, forward=True)),
            "bookmark.previous": self._with(lambda document: self._step(document, forward=False)),
            "bookmark.find": self._find,
            "bookmark.notes": self._go_to_notes,
            "bookmark.afresh": self._with(self._start_afresh),
        }

    def _with(self, effect: Callable[[Document], object]) -> Callable[[], None]:
        def act() -> None:
            document = self._workspace.current
            if document is not None:
                effect(document)

        return act

    def _add(self, document: Document) -> None:
        """Asks for the note on what is selected, or on the debugger's step there, and keeps both."""
        container, bookmarks = document.container, Bookmarks(document.work)
        places = places_here(document)
        choices = [
            Choice(place_title(place, container), place_details(place, container), known)
            for place in places
            for known in [bookmarks.note_on(place)]
        ]
        answer = ask_for_note(choices, self._window)
        if answer is not None:
            number, note = answer
            bookmarks.put(places[number], note)
            self._say(f"{choices[number].title} is bookmarked")

    def _remove(self, document: Document) -> None:
        bookmarks = Bookmarks(document.work)
        numbers = (bookmarks.number_of(place) for place in places_here(document))
        number = next((number for number in numbers if number is not None), None)
        if number is None:
            self._say("What is selected is not bookmarked")
        else:
            bookmarks.remove([number])
            self._say("Bookmark removed; undo brings it back")

    def _step(self, document: Document, *, forward: bool) -> None:
        here = places_here(document)
        bookmarks = document.work.now.bookmarks
        found = next_bookmark(bookmarks, here, self._last, forward=forward)
        if found is None:
            self._say("No place is bookmarked")
            return
        self._last = found.place
        gone = go_to(document, found.place)
        title, note = place_title(found.place, document.container), found.note.partition("\n")[0]
        number = f"Bookmark {bookmarks.index(found) + 1:,} of {len(bookmarks):,}"
        self._say(gone or f"{number}: {title}" + (f" – {note}" if note else ""))

    def _find(self) -> None:
        self._panels.go(PANEL)
        view = self._panels.view(PANEL)
        if view is not None:
            view.focus_filter()

    def _go_to_notes(self) -> None:
        self._panels.go(PANEL)
        self.notes_wanted.emit()

    def _start_afresh(self, document: Document) -> None:
        self._keeping.start_afresh(document)
        self._say("A new session; undo brings the earlier one back")
