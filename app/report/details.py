"""The parts of the page for whoever looks for the cause: steps, what was read of the tiles, the files as files."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.report import verdict
from app.report.content import Report
from app.report.markup import Markup, element, escaped, joined, table
from app.report.parts import beside, section
from codec.comparison.comparison import Comparison
from codec.decoders.streams import Status

TILES_LISTED = 64
"""Tiles of which is told what both sides read."""

READ_FIELDS = (
    "status", "offset", "size", "symbol_count", "initial_state", "final_state", "bytes_left", "decoded",
)  # fmt: skip
"""Of a tile's TILE_READ record, what is listed."""


def steps_section(report: Report) -> Markup:
    """Where the traces of both sides part."""
    if report.divergence is None and (report.comparison.equal or report.one_sided):
        return Markup()
    found = report.divergence
    if found is None:
        return section(
            "Steps",
            *([element("p", verdict.ended(report.steps_note))] if report.steps_note else []),
        )
    sentence = element("p", verdict.step_sentence(found))
    if found.step < 0:
        frames = found.left.streams[found.stream], found.right.streams[found.stream]
        rows = [
            (name, *(_short(getattr(frame, name)) for frame in frames)) for name in found.columns
        ]
        return section("Steps", sentence, beside(rows, found.columns))
    sides = ((found.left, found.left_row), (found.right, found.right_row))
    rows = [
        (name, *("-" if at is None else f"{int(trace[name][at]):,}" for trace, at in sides))
        for name in found.left.columns
    ]
    return section("Steps", sentence, beside(rows, found.columns))


def _short(value: Any) -> str:
    """A field of a stream's frame, of an array what differs from others most easily: its first values."""
    if isinstance(value, np.ndarray | tuple):
        listed = ", ".join(f"{int(each):,}" for each in value[:16])
        return listed + (" …" if len(value) > 16 else "")
    return f"{int(value):,}"


def reads_section(report: Report) -> Markup:
    """What both sides read of the first tiles that differ."""
    comparison = report.comparison
    tiles = np.flatnonzero(comparison.tile_differing)
    if not len(tiles) or report.one_sided:
        return Markup()
    rows = [_tile_row(comparison, int(tile)) for tile in tiles[:TILES_LISTED]]
    more = f"The first {TILES_LISTED:,} of {len(tiles):,} tiles that differ." * (
        len(tiles) > TILES_LISTED
    )
    note = _reads_note(comparison)
    header = ("tile", "wrong", "first symbol", *(name.replace("_", " ") for name in READ_FIELDS))
    told = [element("p", text) for text in (more, note) if text]
    return section("Tiles that differ, and what was read of them", *told, table(header, rows))


def _reads_note(comparison: Comparison) -> str:
    sides = (comparison.left, comparison.right)
    silent = [side.title for side in sides if side.reads is None]
    if len(silent) == 2:
        return "Neither side tells what it read."
    if silent:
        return f"{silent[0]} does not tell what it read; the other side's is listed."
    return "Where both sides read the same, it stands once; where not, left over right, marked."


def _tile_row(comparison: Comparison, tile: int) -> list[Markup]:
    share = verdict.percent(float(verdict.tile_shares(comparison)[tile]))
    cells = [element("td", f"{tile:,}"), element("td", share)]
    cells.append(element("td", f"{int(comparison.tile_first[tile]):,}"))
    sides = [
        output.reads[tile]
        for output in (comparison.left, comparison.right)
        if output.reads is not None
    ]
    return cells + [_read_cell(name, sides) for name in READ_FIELDS]


def _read_cell(name: str, sides: list[Any]) -> Markup:
    texts = [_read_text(name, int(read[name])) for read in sides]
    if not texts:
        return element("td", "-")
    if len(set(texts)) == 1:
        return element("td", texts[0])
    return element(
        "td", joined([escaped(texts[0]), element("br"), escaped(texts[1])]), class_="differs"
    )


def _read_text(name: str, value: int) -> str:
    return Status(value).word if name == "status" else f"{value:,}"


def files_section(report: Report) -> Markup:
    """Two compressed files as files."""
    files = report.files
    if files is None:
        return Markup()
    told = [element("p", text) for text in verdict.file_sentences(files)]
    fields = [
        (pair.path, *(_field_cell(value) for value in (pair.left, pair.right)))
        for pair in files.fields_differing
    ]
    if fields:
        told.append(table(("field", files.left.name, files.right.name), fields, "words"))
    encode = files.encode
    if encode is not None:
        names = (
            "symbol_index",
            "symbol",
            "freq",
            "start",
            "state_before",
            "moved",
            "state_after",
            "offset",
        )
        rows = [
            (
                name,
                *(
                    "-" if s is None else _encoded(getattr(s, name))
                    for s in (encode.left, encode.right)
                ),
            )
            for name in names
        ]
        told.append(beside(rows, encode.differing))
    return section("The compressed files", *told)


def _field_cell(value: Any) -> str:
    if value is None:
        return "(not there)"
    return value.text if value.offset is None else f"{value.text} at byte {value.offset:,}"


def _encoded(value: int | bytes) -> str:
    return value.hex(" ") or "none" if isinstance(value, bytes) else f"{value:,}"
