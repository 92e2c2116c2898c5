"""What the timeline marks of a document: cursor, a run's head, the selected symbol and the breakpoints."""

from __future__ import annotations

from collections.abc import Iterator

from app.breakpoints import concerns, step_of, symbol_of
from app.debug_place import step_of_symbol, symbol_of_step
from app.debug_standing import Standing
from app.document import Document
from app.views.debugger.timeline import Marks


def marks_of(document: Document) -> Marks:
    """The marks; none where nothing is stepped through."""
    debugging = document.debugging
    standing = debugging.standing
    if standing is None:
        return Marks()
    symbol, selected = document.selection.symbol, None
    if symbol is not None and debugging.on_selected_tile:
        selected = step_of_symbol(standing.tensor, standing.course, symbol)
    return Marks(
        steps=standing.stretch.steps,
        cursor=standing.step,
        head=debugging.head,
        selected=selected,
        breaks=tuple(sorted(_steps_of_breaks(document, standing))),
        interval=standing.stretch.interval,
        row=max(standing.tensor.coded_shape(standing.course.tile)[1], 1),
    )


def break_symbols(document: Document, standing: Standing) -> Iterator[int]:
    """The symbols of the tile that is stepped through at which breakpoints are set and switched on.

    At how many steps any other condition holds, only a run finds out.
    """
    count = standing.tensor.symbol_count(standing.course.tile)
    for each in document.debugging.breakpoints.all:
        if not each.enabled or not concerns(each, standing.course):
            continue
        symbol, step = symbol_of(each), step_of(each)
        if symbol is not None and symbol < count:
            yield symbol
        elif step is not None and step < count:
            yield symbol_of_step(standing.tensor, standing.course, step)


def _steps_of_breaks(document: Document, standing: Standing) -> Iterator[int]:
    for symbol in break_symbols(document, standing):
        yield step_of_symbol(standing.tensor, standing.course, symbol)
