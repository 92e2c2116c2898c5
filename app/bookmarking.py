"""What is done with the bookmarks of a file: making them of what is selected, changing them, going to them.

A bookmark is a change of `Work`, so all of it can be undone. There is one at most of each place.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.debug_place import DebugPlace, step_of_symbol, why_not_walked
from app.document import Document
from app.selection import Selection, whole_tile
from app.session.bookmark import Bookmark, Place
from app.session.file_work import FileWork
from codec.container import Container, Tensor
from codec.stepping.walk import Direction


@dataclass(frozen=True, eq=False)
class Bookmarks:
    """The bookmarks of one file."""

    work: FileWork

    @property
    def all(self) -> tuple[Bookmark, ...]:
        """All of them, in the order in which they were made."""
        return self.work.now.bookmarks

    def number_of(self, place: Place) -> int | None:
        """Which of them is about a place; None where none is."""
        found = (number for number, each in enumerate(self.all) if each.place == place)
        return next(found, None)

    def note_on(self, place: Place) -> str | None:
        """The note on a place; None where it is not bookmarked."""
        number = self.number_of(place)
        return None if number is None else self.all[number].note

    def put(self, place: Place, note: str) -> None:
        """Bookmarks a place; one that is bookmarked already gets another note."""
        number = self.number_of(place)
        if number is None:
            self._change("Add bookmark", (*self.all, Bookmark(place, note)))
        else:
            self.annotate(place, note)

    def annotate(self, place: Place, note: str) -> None:
        """Writes another note on the bookmark of a place; nothing happens where there is none."""
        changed = tuple(
            replace(each, note=note) if each.place == place else each for each in self.all
        )
        self._change("Change note", changed)

    def remove(self, numbers: Collection[int]) -> None:
        """Removes some of them."""
        kept = tuple(each for number, each in enumerate(self.all) if number not in numbers)
        self._change("Remove bookmark" if len(numbers) == 1 else "Remove bookmarks", kept)

    def write_notes(self, notes: str) -> None:
        """Writes other notes on the file."""
        self.work.change("Change notes", replace(self.work.now, notes=notes))

    def _change(self, title: str, bookmarks: tuple[Bookmark, ...]) -> None:
        self.work.change(title, replace(self.work.now, bookmarks=bookmarks))


def place_of(selection: Selection, container: Container) -> Selection:
    """What of a selection is kept to find it again: a symbol, or a tile, or bytes, or the tensor alone.

    The bytes of a symbol and of a tile follow from it; in an edited file they may be others.
    """
    tensor, tile = selection.tensor, selection.tile
    if selection.symbol is not None:
        return Selection(tensor, tile, selection.symbol)
    tensors = container.tensors
    known = tensor < len(tensors) and tile is not None and tile < len(tensors[tensor].tiles)
    if selection.span is None or (known and selection == whole_tile(tensors[tensor], tile or 0)):
        return Selection(tensor, tile)
    return Selection(0, None, None, selection.span)


def places_here(document: Document) -> tuple[Place, ...]:
    """What a bookmark made now may be of: the debugger's step, if that is selected; and what is selected."""
    selected = place_of(document.selection, document.container)
    step = _step_selected(document)
    return (selected,) if step is None else (step, selected)


def _step_selected(document: Document) -> DebugPlace | None:
    """The debugger's place, if the step that comes next there is selected; at the end, the one before."""
    debugging, symbol = document.debugging, document.selection.symbol
    standing = debugging.standing
    if standing is None or symbol is None or not debugging.on_selected_tile:
        return None
    step = step_of_symbol(standing.tensor, standing.course, symbol)
    at_end = standing.step == debugging.steps and step == standing.step - 1
    return standing.place if at_end or step == standing.step else None


def why_gone(place: Place, container: Container) -> str:
    """Why there is no such place in a file, as a sentence; "" where there is one."""
    if isinstance(place, DebugPlace):
        return _why_no_step(place, container)
    if place.span is not None:
        return _why_no_bytes(place.span, container.source.size)
    tensors = container.tensors
    if place.tensor >= len(tensors):
        return f"There is no tensor {place.tensor:,}: the file has {len(tensors):,}."
    tensor = tensors[place.tensor]
    if place.tile is not None and place.tile >= len(tensor.tiles):
        return f"There is no tile {place.tile:,}: the tensor has {len(tensor.tiles):,}."
    if place.symbol is not None:
        count = tensor.symbol_count(place.tile or 0)
        if place.tile is None or place.symbol >= count:
            return f"There is no symbol {place.symbol:,}: the tile has {count:,}."
    return ""


def go_to(document: Document, place: Place) -> str:
    """Selects the place of a bookmark, and takes the debugger to a step.

    Returns:
        Why that cannot be done, as a sentence, or "".
    """
    reason = why_gone(place, document.container)
    if reason:
        return reason
    if isinstance(place, DebugPlace):
        _go_to_step(document, place)
    elif place.span is not None:
        document.select_bytes(*place.span)
    elif place.tile is None:
        document.select_tensor(place.tensor)
    elif place.symbol is None:
        document.select(whole_tile(document.container.tensors[place.tensor], place.tile))
    else:
        document.select(place)
    return ""


def symbol_of(place: DebugPlace, tensor: Tensor) -> int | None:
    """The symbol that the step which comes next decodes, or encodes; None at the end."""
    count = tensor.symbol_count(place.course.tile)
    decodes = place.course.direction is Direction.DECODE
    step = place.step if decodes else count - 1 - place.step
    return tensor.interleaving.symbol_of(step, count) if 0 <= step < count else None


def next_bookmark(
    bookmarks: tuple[Bookmark, ...], here: Sequence[Place], last: Place | None, *, forward: bool
) -> Bookmark | None:
    """The next bookmark in their order, or the one before, round the ends; None where there are none.

    Args:
        bookmarks: all of them.
        here: the places that are selected.
        last: the place that was gone to last, to go on from where `here` has no bookmark.
    """
    if not bookmarks:
        return None
    places = [each.place for each in bookmarks]
    # A weight and its step may both be bookmarked: then it goes on from the one that was gone to.
    likely = (last, *here) if last in here else (*here, last)
    known = next((places.index(place) for place in likely if place in places), None)
    if known is None:
        return bookmarks[0 if forward else -1]
    return bookmarks[(known + (1 if forward else -1)) % len(bookmarks)]


def _go_to_step(document: Document, place: DebugPlace) -> None:
    symbol = symbol_of(place, document.container.tensors[place.course.tensor])
    if symbol is not None:
        document.select(Selection(place.course.tensor, place.course.tile, symbol))
    debugging = document.debugging
    if debugging.place is not None and debugging.place.course == place.course:
        debugging.jump(place.step)
    else:
        debugging.resume(place)


def _why_no_step(place: DebugPlace, container: Container) -> str:
    reason = why_not_walked(container, place.course)
    if reason:
        return reason
    count = container.tensors[place.course.tensor].symbol_count(place.course.tile)
    return (
        "" if place.step <= count else f"There is no step {place.step:,}: the tile has {count:,}."
    )


def _why_no_bytes(span: tuple[int, int], size: int) -> str:
    offset, count = span
    if offset + count <= size and offset < size:
        return ""
    return f"There is no byte {max(offset + count - 1, offset):,}: the file has {size:,}."
