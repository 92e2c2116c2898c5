"""Where the debugger stands, what it waits for and why it stands still, in sentences."""

from __future__ import annotations

from app.debug_standing import Standing
from app.debugging import Debugging
from app.models.debug_arithmetic import place_words
from app.selection import Selection
from codec.decoders.brought.naming import title_of
from codec.stepping.walk import Direction

NOTHING = (
    "No stream is stepped through. Step begins at the selected symbol, or at the first; Run goes on from there to "
    "a breakpoint."
)


def state_sentence(debugging: Debugging) -> str:
    """What the debugger does, or where it stands."""
    if debugging.opening:
        done, total = debugging.progress or (0, 0)
        share = f" {done / total:.0%}" if total else ""
        return f"Laying checkpoints through the stream of tile {debugging.tile:,}…{share}"
    if debugging.running:
        head = debugging.head or 0
        return f"Running: at step {head:,} of {debugging.steps:,}."
    return _standing(debugging)


def _standing(debugging: Debugging) -> str:
    standing = debugging.standing
    if standing is None:
        return NOTHING
    return f"{_taker(debugging)}{_cursor(debugging, standing)}"


def _taker(debugging: Debugging) -> str:
    """Who takes the steps, where that is not the decoder in use."""
    walker = debugging.walker
    decodes = debugging.direction is Direction.DECODE
    return f"{title_of(walker.name)}: " if walker is not None and decodes else ""


def _cursor(debugging: Debugging, standing: Standing) -> str:
    verb = "decode" if standing.course.direction is Direction.DECODE else "encode"
    steps, tile = standing.stretch.steps, standing.course.tile
    row, moment = standing.row, standing.moment
    if row is None:
        end = standing.stopped or f"all symbols are {verb}d"
        return (
            f"Tile {tile:,}, behind the last of {steps:,} {verb} steps: {end}.{_bytes(debugging)}"
        )
    place = int(standing.stretch.trace["symbol_index"][row])
    lane = f" (lane {moment.lane:,})" if standing.tensor.interleaving.lanes > 1 else ""
    share = standing.step * 1000 // steps / 1000 if steps else 0  # 100 % only where no step is left
    where = place_words(standing.tensor, tile, place)
    return (
        f"Tile {tile:,}, before {verb} step {standing.step:,}{lane} of {steps:,} ({share:.1%}): "
        f"{where}.{_bytes(debugging)}"
    )


def _bytes(debugging: Debugging) -> str:
    """How much of the stream is done."""
    consumed = debugging.consumed
    standing = debugging.standing
    if consumed is None or standing is None:
        return ""
    size = standing.stretch.trace.streams[0].size
    done = "taken" if standing.course.direction is Direction.DECODE else "moved out"
    return f" {consumed[1]:,} of {size:,} bytes {done}."


def elsewhere_sentence(debugging: Debugging, selection: Selection) -> str:
    """That another tile is selected than the one that is stepped through; "" where that is not so."""
    place = debugging.place
    if place is None or debugging.on_selected_tile or selection.tile is None:
        return ""
    selected, own = f"Tile {selection.tile:,}", f"tile {place.course.tile:,}"
    if selection.tensor != place.course.tensor < len(debugging.tensors):
        selected += f" of {debugging.tensors[selection.tensor].name}"
        own += f" of {debugging.tensors[place.course.tensor].name}"
    return f"{selected} is selected; the cursor is in {own}. “Jump there” moves it."
