"""A wrong output as files that can be opened: what was decoded wrong, or what was encoded wrong, and what is right.

A decoder was given a file of ours, so that is what is opened, and the decoder is held against it. An encoder made a
file of its own: that is opened, and the weights are held against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from codec.atomic_file import npy_pieces, write_file
from codec.bench import contenders
from codec.bench.data import Matrix, digest, load
from codec.bench.ours import FileContender
from codec.bench.plan import Action, Candidate, Data
from codec.decoders.base import Tick, no_tick
from codec.errors import InputError
from codec.rerun.encoding import encode_again, suffix_of
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights


@dataclass(frozen=True)
class Case:
    """What to look at.

    Attributes:
        file: the compressed file to open.
        beside: what to compare with what the reference makes of it: the name of a decoder, or the path of the weights.
    """

    file: Path
    beside: str


def write_case(
    data: Data, candidate: Candidate, action: Action, folder: Path, tick: Tick = no_tick
) -> Case:
    """Writes what a candidate was given to decode, or what it makes of the weights, into a folder.

    To encode it is run once more; so this belongs where code of the user's may crash.

    Raises:
        InputError: it has a format of its own, the data is a model, whose layers are files by themselves, or nothing
            can be written there.
        RanscopeError: the weights cannot be had, or the encoder fails.
        Cancelled: `tick` says so.
    """
    recipe = candidate.recipe
    if recipe is None:
        raise InputError(f"{candidate.coder} has a format of its own, which cannot be opened")
    if data.layers is not None:
        raise InputError(f"{data.name} is a model of many files: measure one of its layers")
    weights, _ = load(data, tick)
    _make(folder)
    name = f"{digest(weights)}-{recipe.layout}-{recipe.tile_rows}x{recipe.tile_cols}"
    suffix = suffix_of(recipe.layout)
    if action is Action.DECODE:
        file = folder / f"{name}{suffix}"
        made = encode_again(SourceWeights("weights", data.name, weights), recipe, tick)
        write_file(file, [made])
        return Case(file, candidate.coder)
    file, right = folder / f"{name}-{_word(candidate)}{suffix}", folder / f"{name}-weights.npy"
    write_file(file, [_encoded(candidate, recipe, weights)])
    write_file(right, npy_pieces(np.ascontiguousarray(weights)))
    return Case(file, str(right))


def _encoded(candidate: Candidate, recipe: Recipe, weights: Matrix) -> bytes:
    """What the candidate makes of the weights."""
    contender = contenders.make(candidate)
    if not isinstance(contender, FileContender):
        raise InputError(f"{candidate.name} makes no {recipe.layout} file that could be opened")
    try:
        contender.prepare(weights)
        contender.run(Action.ENCODE)
        made = contender.encoded
    finally:
        contender.close()
    if not isinstance(made, bytes) or not made:
        raise InputError(f"{candidate.name} makes no bytes of these weights")
    return made


def _word(candidate: Candidate) -> str:
    """The coder as a part of a file's name."""
    return "".join(c if c.isalnum() else "-" for c in Path(candidate.coder).stem)[:40]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {folder} cannot be made: {error.strerror}") from None
