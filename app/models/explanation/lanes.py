"""Which lane of an interleaved stream codes a symbol, when, and which steps stand beside that one.

All of it follows from the symbol's place by `codec.interleaving`, so it is known before any trace is.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.models.explanation.parts import Line, Link, Part, Section, ToBytes, ToSymbol, hexadecimal
from codec.container import Framing, Tensor
from codec.interleaving import SINGLE


def lane_sections(tensor: Tensor, tile: int, index: int) -> tuple[Section, ...]:
    """The lane of a symbol; empty where a stream has only one, and nothing to tell."""
    if tensor.interleaving == SINGLE:
        return ()
    lanes, run = tensor.interleaving
    block, step, lane = tensor.interleaving.place_of(index)
    first = lane * run
    covered = f"symbol {first:,}" if run == 1 else f"symbols {first:,} … {first + run - 1:,}"
    formula = f"{index:,} = {block:,}·{lanes * run:,} + {lane:,}·{run:,} + {step:,}"
    number = tensor.interleaving.step_of(index, tensor.symbol_count(tile))
    lines = (
        Line("lane", (f"{lane:,} of {lanes:,}",), f"it codes {covered} of every block"),
        Line("block", (f"{block:,}",), f"of {lanes:,}·{run:,} = {lanes * run:,} symbols"),
        Line("turn", (f"{step:,} of {run:,}",), "the step of the block, which each lane takes"),
        Line("symbol", (formula,), "block·lanes·run + lane·run + turn"),
        Line("step", (f"{number:,}",), "of the stream, in coding order"),
        Line("same lane", tuple(_same_lane(tensor, tile, index)), "the steps of this state"),
        Line("beside it", tuple(_beside(tensor, tile, index)), "the same turn of other lanes"),
    )
    return (Section("Lane", lines),)


def in_lane(tensor: Tensor, tile: int, index: int, distance: int) -> int | None:
    """The symbol that the same lane codes one step before (-1) or after (1); None at its ends."""
    block, run = tensor.interleaving.block, tensor.interleaving.run
    turn = index % run + distance
    over = 0 if 0 <= turn < run else block - run  # to the lane's run in the next block
    found = index + distance * (1 + over)
    return found if 0 <= found < tensor.symbol_count(tile) else None


def in_other_lane(tensor: Tensor, tile: int, index: int, distance: int) -> int | None:
    """The symbol that a lane so many further codes in the same turn; None where there is none."""
    _, _, lane = tensor.interleaving.place_of(index)
    found = index + distance * tensor.interleaving.run
    inside = 0 <= lane + distance < tensor.interleaving.lanes
    return found if inside and found < tensor.symbol_count(tile) else None


def stored_state(tensor: Tensor, tile: int, lane: int) -> int:
    """The file offset of the state that a lane starts from."""
    offset, size = int(tensor.tiles["offset"][tile]), int(tensor.tiles["size"][tile])
    return offset + (4 * lane if tensor.framing is Framing.LEADING_STATES else size - 4)


def _same_lane(tensor: Tensor, tile: int, index: int) -> Iterator[Part]:
    before, after = (in_lane(tensor, tile, index, distance) for distance in (-1, 1))
    if before is None:
        offset = stored_state(tensor, tile, tensor.interleaving.lane_of(index))
        yield Link(f"stored state at {offset:,} ({hexadecimal(offset)})", ToBytes(offset, 4))
    else:
        yield step_link(tensor, tile, before)
    yield " ← this → "
    yield "the end, in L" if after is None else step_link(tensor, tile, after)


def _beside(tensor: Tensor, tile: int, index: int) -> Iterator[Part]:
    lane, links = tensor.interleaving.lane_of(index), 0
    for distance in (-1, 1):
        found = in_other_lane(tensor, tile, index, distance)
        if found is not None:
            yield ", " if links else ""
            yield f"lane {lane + distance:,}: "
            yield step_link(tensor, tile, found)
            links += 1
    if not links:
        yield "none"


def step_link(tensor: Tensor, tile: int, index: int) -> Link:
    """Leads to the step that codes a symbol."""
    number = tensor.interleaving.step_of(index, tensor.symbol_count(tile))
    return Link(f"step {number:,}", ToSymbol(tile, index))
