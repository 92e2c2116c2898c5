"""What a comparison says, in sentences: the same ones on the command line and on the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.cli.console import listed, number_of
from codec.comparison.comparison import Comparison
from codec.comparison.divergence import Divergence
from codec.comparison.encode_steps import EncodeDivergence
from codec.comparison.files import FileComparison
from codec.comparison.output import Output, SideKind
from codec.diagnosis.finding import Fault, Finding

FILE_FAULTS = frozenset({Fault.FILE_TABLE, Fault.FILE_CORRUPT})
"""Mistakes that are in the compressed file itself."""

WHERE_ALONE = "tells where it begins, and predicts none of the wrong weights"
"""Of a finding that explains nothing exactly."""

NO_EXPLANATION = "No known mistake explains what was found."


def percent(share: float) -> str:
    """A share; never rounded to all or to none where it is neither."""
    if 0 < share < 0.001:
        return "< 0.1%"
    if 0.999 < share < 1:
        return "> 99.9%"
    return f"{100 * share:.1f}%" if share not in (0, 1) else f"{100 * share:.0f}%"


def verdict(comparison: Comparison) -> str:
    """Whether both sides are equal; if not, how much differs."""
    if comparison.equal:
        return f"All {number_of(comparison.total, 'weight')} are equal."
    tiles = number_of(len(comparison.tile_differing), "tile")
    return (
        f"{percent(comparison.share)} of the weights differ: {comparison.differing:,} of "
        f"{comparison.total:,}, in {comparison.tiles_differing:,} of {tiles}; the largest error is "
        f"{comparison.max_abs_error:,}."
    )


def nothing_decoded(comparison: Comparison, failures: tuple[str, str]) -> str:
    """Of which side nothing can be decoded, and why; "" where something can of both."""
    sides = zip((comparison.left, comparison.right), failures, strict=True)
    return " ".join(_nothing(side, reason) for side, reason in sides if reason)


def _nothing(side: Output, reason: str) -> str:
    if side.kind in (SideKind.FILE, SideKind.OPENED):
        return ended(f"Nothing of {side.title} can be decoded: {reason}")
    return ended(f"{side.title} decodes nothing of this file: {reason}")


def ended(sentence: str) -> str:
    """A sentence with its full stop."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def first_place(comparison: Comparison) -> str:
    """Where the first difference in coding order is; "" where all is equal."""
    first = comparison.first
    if first is None:
        return ""
    place = f"row {first.row:,}, column {first.col:,}"
    where = f"tile {first.tile:,}, symbol {first.symbol_index:,}: {place}"
    if first.tile < 0:
        where = f"{place}, which no tile of the file holds"
    return f"First in coding order: {where}: expected {first.left:,}, found {first.right:,}."


def tile_shares(comparison: Comparison) -> NDArray[np.float64]:
    """float64[tiles]: the share of the weights of each tile that differ."""
    tensor = comparison.tensor
    row = tensor.tiles["row"].astype(np.int64) * tensor.tile_rows
    col = tensor.tiles["col"].astype(np.int64) * tensor.tile_cols
    heights = np.clip(tensor.rows - row, 0, tensor.tile_rows)
    widths = np.clip(tensor.cols - col, 0, tensor.tile_cols)
    found: NDArray[np.float64] = comparison.tile_differing / np.maximum(heights * widths, 1)
    return found


def worst_tiles(comparison: Comparison, most: int) -> str:
    """The tiles with the largest share of wrong weights."""
    shares = tile_shares(comparison)
    order = [tile for tile in np.argsort(-shares, kind="stable").tolist() if shares[tile]]
    named = [f"{tile:,} ({percent(float(shares[tile]))})" for tile in order[:most]]
    return f"Worst tiles: {', '.join(named)}." if named else ""


def explanation(finding: Finding, comparison: Comparison) -> str:
    """Which mistakes a finding names, on which side, and how much they explain."""
    side = (comparison.left, comparison.right)[finding.side]
    faults = " with ".join(str(fault) for fault in finding.faults)
    # A fault of the file is nobody's who only decoded it.
    whose = "" if FILE_FAULTS.intersection(finding.faults) else f" in {side.title}"
    if not finding.explains:
        return f"{faults}{whose}: {WHERE_ALONE}"
    parts = [f"{percent(finding.explains)} of the differing weights"]
    if finding.explains_symbols:
        parts.append(f"{percent(finding.explains_symbols)} of the tested symbols")
    return f"{faults}{whose}: predicts {' and '.join(parts)} exactly"


def remarks(output: Output) -> list[str]:
    """What a person should know of one side, a sentence each, with its name."""
    found = [f"{output.title}: {notice}" for notice in output.notices]
    if len(output.failed) and output.kind is not SideKind.FILE:  # of which a notice tells
        tiles = listed([f"{tile:,}" for tile in output.failed.tolist()])
        of = number_of(len(output.reads) if output.reads is not None else 0, "tile")
        found.append(f"{output.title}: {len(output.failed):,} of {of} did not decode: {tiles}")
    return found


def step_sentence(divergence: Divergence) -> str:
    """Where the traces of the first wrong tile part."""
    where = f"stream {divergence.stream:,} of tile {divergence.tile:,}"
    if divergence.step < 0:
        return f"The decoders part before the first step of {where}: {_differ(divergence.columns)}."
    if divergence.left_row is None or divergence.right_row is None:
        which = "left" if divergence.left_row is None else "right"
        return f"The {which} decoder stops before step {divergence.step:,} of {where}."
    return (
        f"The decoders part at step {divergence.step:,} of {where}: {_differ(divergence.columns)}."
    )


def _differ(names: Sequence[str]) -> str:
    return f"{listed(names, 13)} differ{'s' * (len(names) == 1)}"


def file_sentences(files: FileComparison) -> list[str]:
    """How two compressed files differ as files."""
    if files.equal:
        return [f"{files.left.name} and {files.right.name} say the same, byte for byte."]
    found = [
        _told(len(files.fields_differing), "field", [pair.path for pair in files.fields_differing]),
        _told(len(files.symbols_differing), "table entry", _numbers(files.symbols_differing)),
        _told(
            len(files.tiles_differing), "tile", _numbers(files.tiles["left"][files.tiles_differing])
        ),
        files.tiles_note and f"Tiles are not held against each other: {files.tiles_note}.",
        files.streams_note
        and not files.tiles_note
        and f"Streams are not compared byte by byte: {files.streams_note}.",
    ]
    if files.encode is not None:
        found.append(encode_sentence(files.encode))
    return [sentence for sentence in found if sentence]


def encode_sentence(encode: EncodeDivergence) -> str:
    """Where two encoders part."""
    at = encode.left or encode.right
    assert at is not None, "a step that neither stream has is no difference"
    way = "decode" if encode.backwards else "encode"
    place = "padding" if at.row is None else f"row {at.row:,}, column {at.col:,}"
    return (
        f"In tile {encode.tiles[0]:,} they part at {way} step {encode.step:,}, symbol "
        f"{at.symbol_index:,} ({place}). {encode.reason}"
    )


def _told(count: int, noun: str, names: Sequence[str]) -> str:
    plural = "entries".join(noun.split("entry")) if noun.endswith("entry") else f"{noun}s"
    return (
        f"{count:,} {noun if count == 1 else plural} differ{'s' * (count == 1)}: {listed(names)}."
        if count
        else ""
    )


def _numbers(values: NDArray[np.int64]) -> list[str]:
    return [f"{value:,}" for value in values.tolist()]
