"""The slips that the faulty decoder can make, each of them a switch that is off by default."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

NOWHERE = -1


@dataclass(frozen=True)
class Slips:
    """What a decoder does wrong; where nothing is set it is right.

    Attributes:
        stream: the tile whose stream is taken instead: next, previous, first, swapped, one tile.
        offset: bytes that each stream is taken to begin too late.
        only_tile: the one tile in which `offset`, `stream`, `skip_at` and `missed_at` hold.
        state: where the first state is taken from instead.
        table, search: how the table is read, and a slot's symbol found.
        skip_at, skip: the step before which bytes are left out, and how many.
        missed_at: the step behind which renormalisation is forgotten.
        at_most_one_word: `if` for `while` in the renormalisation.
        swapped_words: words of 16 bits are taken in the wrong byte order.
        lower_bound: bits that L is too large by.
        order: of the symbols in a tile.
        bias: what is taken off each symbol.
        undone: how much of the prediction is undone.
        direction: whether left is undone as top and the other way round.
        row_start: what predicts a row's first weight.
        sums: where they are clipped.
        place: which place of the grid a tile goes to.
        tile: how a tile is laid into its place.
        clip: how a tile at the edge is cut.
        stride: weights from one row of the matrix to the next, as the decoder takes them.
        skipped: what is never written.
        memory: what was there before.
        copied: whether tiles are decoded rightly in memory of their own and only then copied to where they
            belong, so that a weight in the wrong place predicts nothing.
        dump: how the weights are put out.
    """

    stream: str = ""
    offset: int = 0
    only_tile: int = NOWHERE
    state: str = ""
    table: str = ""
    search: str = ""
    skip_at: int = NOWHERE
    skip: int = 1
    missed_at: int = NOWHERE
    at_most_one_word: bool = False
    swapped_words: bool = False
    lower_bound: int = 0
    order: str = ""
    bias: int = 128
    undone: str = ""
    direction: bool = False
    row_start: str = ""
    sums: str = ""
    place: str = ""
    tile: str = ""
    clip: str = ""
    stride: str = ""
    skipped: str = ""
    memory: str = ""
    copied: bool = False
    dump: str = ""


NONE = Slips()


def together(first: Slips, second: Slips) -> Slips:
    """A decoder that makes both; they set different switches."""
    changed = {
        field.name: getattr(second, field.name)
        for field in fields(Slips)
        if getattr(second, field.name) != getattr(NONE, field.name)
    }
    return replace(first, **changed)
