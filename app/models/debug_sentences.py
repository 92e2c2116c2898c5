"""Where the debugger stands, what it waits for and why it stands still, in sentences."""

from __future__ import annotations

from app.debugging import Debugging
from app.models.debug_arithmetic import place_words
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
        return f"Running: {head:,} of {debugging.steps:,} steps looked at."
    return _standing(debugging)


def _standing(debugging: Debugging) -> str:
    standing = debugging.standing
    if standing is None:
        return NOTHING
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
    share = standing.step / steps if steps else 0
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


def elsewhere_sentence(debugging: Debugging, selected: int | None) -> str:
    """That another tile is selected than the one that is stepped through; "" where that is not so."""
    if debugging.place is None or debugging.on_selected_tile or selected is None:
        return ""
    return f"Tile {selected:,} is selected; the cursor is in tile {debugging.tile:,}."
