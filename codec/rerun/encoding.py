"""Carrying a recipe out: weights become the bytes of a file, or a file with its scales beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from codec.atomic_file import Piece, write_file
from codec.decoders.base import Tick, no_tick
from codec.encoder import encode
from codec.errors import InputError
from codec.formats import native
from codec.native_encoder import encode_native, write_native
from codec.quantisation import SCALES_SUFFIX
from codec.rerun.recipe import Recipe
from codec.rerun.sources import SourceWeights


def encode_again(
    weights: SourceWeights, recipe: Recipe, tick: Tick = no_tick, encoder: str = "cpu"
) -> bytes:
    """The file that weights become by a recipe.

    A recipe with the original's normalisation may give a file that no decoder can read: that is what it is for.

    Args:
        weights: to be encoded.
        recipe: how.
        tick: told how much is done.
        encoder: what codes them: one of `native_coder.CODERS`, or for a legacy layout of `encoder.ENCODERS`.

    Raises:
        InputError: the recipe is not for such weights, or there is no such encoder.
        Cancelled: `tick` says so.
    """
    _require(weights, recipe)
    if recipe.layout == native.NAME:
        return encode_native([weights.layer], recipe.native(), tick, encoder)[0]
    return b"".join(_legacy_pieces(weights, recipe, tick, encoder))


def write_again(
    path: str | os.PathLike[str], weights: SourceWeights, recipe: Recipe, tick: Tick = no_tick
) -> list[Path]:
    """Writes the file that weights become, and beside one of a legacy layout their scales, if they have some.

    Returns:
        What was written, the compressed file first.

    Raises:
        InputError: the recipe is not for such weights, or a file cannot be written.
        Cancelled: `tick` says so; nothing is written then.
    """
    _require(weights, recipe)
    target = Path(path)
    if recipe.layout == native.NAME:
        write_native(target, [weights.layer], recipe.native(), tick)
        return [target]
    write_file(target, _legacy_pieces(weights, recipe, tick))
    scales = weights.scales_file()
    if scales is None:
        return [target]
    beside = scales_beside(target)
    write_file(beside, [scales])
    return [target, beside]


def scales_beside(path: Path) -> Path:
    """Where the scales of a file of a legacy layout stand."""
    return path.with_name(f"{path.name}{SCALES_SUFFIX}")


def suffix_of(layout: str) -> str:
    """What the name of a file of this layout ends in."""
    return native.SUFFIX if layout == native.NAME else f".{layout}"


def _legacy_pieces(
    weights: SourceWeights, recipe: Recipe, tick: Tick, encoder: str = "cpu"
) -> Iterator[Piece]:
    yield from encode(weights.matrix, recipe.legacy(), tick, encoder).pieces()


def _require(weights: SourceWeights, recipe: Recipe) -> None:
    if refusal := recipe.refusal_for(weights.rows, weights.cols):
        raise InputError(refusal)
