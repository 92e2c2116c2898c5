"""Where the steps of `ranscope trace` come from: a decoder's trace, a walk that is searched, or a capture.

A walk is looked at window by window, so that a long stream need not fit into memory to find a step in it.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace

import numpy as np

from app.cli.console import Progress, complain, number_of
from app.cli.isolated import chosen
from app.cli.options import choose_tensor
from app.cli.recorded import open_recorded
from codec.capture import is_capture
from codec.conditions import Condition, parse
from codec.conditions.columns import Columns
from codec.conditions.condition import AnyOf
from codec.container import Container, Tensor
from codec.decoders.availability import choose
from codec.errors import InputError
from codec.formats import open_file
from codec.stepping.decoder_walk import DecoderWalk
from codec.stepping.opening import open_walk
from codec.stepping.walk import WINDOW, Direction, Walk
from codec.trace import Trace

ENCODERS = ("cpu", "reference")
"""Whose steps there are of encoding."""


@dataclass(frozen=True)
class Wanted:
    """Which steps are asked for.

    Attributes:
        first: number of the first.
        last: of the one behind the last; None for all.
        until: what holds at the last one, if it comes before; None without.
        context: how many there may be before the last one; None for all.
    """

    first: int = 0
    last: int | None = None
    until: Condition | None = None
    context: int | None = None

    def begin(self, end: int) -> int:
        """Number of the first step to show, where `end` is the one behind the last."""
        return self.first if self.context is None else max(self.first, end - 1 - self.context)


@dataclass(frozen=True)
class Traced:
    """A trace, and where it is from.

    Attributes:
        tensor: name of the tensor.
        decoder: name of what was traced; of an encoder where that was.
        direction: which coder took the steps.
        symbols: that the layout puts into the tile.
        trace: the steps wanted.
        found: the step at which the condition holds; None where it does not, or there is none.
        looked_at: steps at which it was looked for.
    """

    tensor: str
    decoder: str
    direction: Direction
    symbols: int
    trace: Trace
    found: int | None = None
    looked_at: int = 0


def traced(arguments: argparse.Namespace, wanted: Wanted) -> Traced:
    """The steps wanted, from where the arguments say.

    Raises:
        RanscopeError: there are none, for a reason that a person can be told.
    """
    if is_capture(arguments.file):
        return _recorded(arguments, wanted)
    if arguments.encode or wanted.until is not None:
        return _walked(arguments, wanted)
    return _decoded(arguments, wanted)


def _decoded(arguments: argparse.Namespace, wanted: Wanted) -> Traced:
    """Has a decoder trace the tile."""
    decoder, tile = chosen(arguments), arguments.tile
    container, tensor = _opened(arguments, wanted)
    trace = decoder.trace(container, tensor, tile, wanted.first, wanted.last)
    if decoder.notice:
        complain(decoder.notice)
    symbols = tensor.symbol_count(tile)
    return Traced(tensor.name, decoder.name, Direction.DECODE, symbols, trace)


def _walked(arguments: argparse.Namespace, wanted: Wanted) -> Traced:
    """Walks over the tile's stream."""
    open_it = _encoding if arguments.encode else _decoding
    walk, symbols = open_it(arguments, wanted)
    last = symbols if wanted.last is None else min(wanted.last, symbols)
    found, looked_at = None, 0
    if wanted.until is not None:
        found = _sought(walk, wanted.until, wanted.first, last)
        looked_at = max(0, (min(last, walk.steps) if found is None else found + 1) - wanted.first)
    end = last if found is None else found + 1
    trace = walk.trace(wanted.begin(min(end, walk.steps)), end)
    return Traced(walk.tensor.name, walk.coder, walk.direction, symbols, trace, found, looked_at)


def _encoding(arguments: argparse.Namespace, wanted: Wanted) -> tuple[Walk, int]:
    """The walk of an encoder, and how many symbols the tile has."""
    if arguments.decoder not in (None, *ENCODERS):
        known = " and ".join(ENCODERS)
        raise InputError(
            f"--encode shows the steps of {known}, and {arguments.decoder} is neither of them"
        )
    coder = choose(arguments.decoder).name
    container, tensor = _opened(arguments, wanted)
    with Progress("encoding") as tick:
        walk = open_walk(container, tensor, arguments.tile, coder, Direction.ENCODE, tick)
    return walk, tensor.symbol_count(arguments.tile)


def _decoding(arguments: argparse.Namespace, wanted: Wanted) -> tuple[Walk, int]:
    """The walk of a decoder, and how many symbols the tile has."""
    decoder, tile = chosen(arguments), arguments.tile
    container, tensor = _opened(arguments, wanted)
    with Progress("decoding") as tick:
        if decoder.name in ENCODERS:
            walk = open_walk(container, tensor, tile, decoder.name, tick=tick)
        else:  # which may have to run in a process of its own
            walk = DecoderWalk(container, tensor, tile, decoder, tick)
    if decoder.notice:
        complain(decoder.notice)
    return walk, tensor.symbol_count(tile)


def _sought(walk: Walk, condition: Condition, first: int, last: int) -> int | None:
    """The first step from `first` to before `last` at which a condition holds."""
    if first >= min(last, walk.steps):
        return None
    end = parse(f"step >= {last - 1}")
    with Progress("looking for the step") as tick:
        found = walk.find(AnyOf([condition, end]), first, tick=tick)
    if found is None or found >= last:
        return None
    return found if condition.holds(walk, walk.trace(found, found + 1))[0] else None


def _recorded(arguments: argparse.Namespace, wanted: Wanted) -> Traced:
    """Takes the trace from a capture."""
    if arguments.encode:
        raise InputError(f"{arguments.file} is a capture, which holds no steps of an encoder")
    (capture, tensor), tile = open_recorded(arguments), arguments.tile
    _check_tile(tensor.name, tile, tensor.record.tiles)
    symbols = tensor.traced(tile).symbols
    _check_step(tile, wanted.first, symbols)
    trace = tensor.trace(tile, wanted.first, wanted.last)
    found = None if wanted.until is None else _row_in(trace, wanted.until)
    end = len(trace) if found is None else found + 1
    begin = wanted.begin(wanted.first + end) - wanted.first
    shown = {name: column[begin:end] for name, column in trace.columns.items()}
    cut = replace(trace, columns=shown, stopped=trace.stopped if found is None else "")
    step = None if found is None else wanted.first + found
    looked_at = 0 if wanted.until is None else end
    return Traced(
        tensor.name, capture.metadata.decoder, Direction.DECODE, symbols, cut, step, looked_at
    )


def _row_in(trace: Trace, condition: Condition) -> int | None:
    """The first row at which a condition holds."""
    for first in range(0, len(trace), WINDOW):
        columns = {name: each[first : first + WINDOW] for name, each in trace.columns.items()}
        rows = np.flatnonzero(condition.where(Columns(replace(trace, columns=columns))))
        if len(rows):
            return first + int(rows[0])
    return None


def _opened(arguments: argparse.Namespace, wanted: Wanted) -> tuple[Container, Tensor]:
    """The file and the tensor, which has the tile and the step that are asked for."""
    container, tile = open_file(arguments.file), arguments.tile
    tensor = choose_tensor(container, arguments.tensor)
    _check_tile(tensor.name, tile, len(tensor.tiles))
    _check_step(tile, wanted.first, tensor.symbol_count(tile))
    return container, tensor


def _check_tile(tensor: str, tile: int, tiles: int) -> None:
    """Raises InputError where there is no such tile."""
    if not 0 <= tile < tiles:
        there = number_of(tiles, "tile")
        raise InputError(f"there is no tile {tile:,}: {tensor} has {there}, numbered from 0")


def _check_step(tile: int, step: int, steps: int) -> None:
    """Raises InputError where there is no such step."""
    if step and step >= steps:
        raise InputError(f"there is no step {step:,}: tile {tile:,} has {steps:,}, numbered from 0")
