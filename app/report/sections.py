"""The parts of the page, each made from the report alone: sentences, pictures, tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from app.report import verdict
from app.report.content import Report
from app.report.histogram import histogram_svg
from app.report.markup import Markup, element, escaped, joined, pairs, table
from app.report.pictures import (
    Picture,
    error_picture,
    output_picture,
    tile_picture,
    weight_scale,
)
from codec.comparison.comparison import Comparison
from codec.comparison.output import Output
from codec.decoders.streams import Status

ROWS_AROUND, COLS_AROUND = 3, 6
"""How far around the first difference values are listed."""

TILES_LISTED = 64
"""Tiles of which is told what both sides read."""

READ_FIELDS = (
    "status", "offset", "size", "symbol_count", "initial_state", "final_state", "bytes_left", "decoded",
)  # fmt: skip
"""Of a tile's TILE_READ record, what is listed."""


def section(title: str, *content: str) -> Markup:
    """A part of the page with its heading; nothing where it would be empty."""
    shown = joined(content)
    return joined([element("h2", title), shown]) if shown else Markup()


def verdict_section(report: Report) -> Markup:
    """Whether both sides are equal, where the first difference is, and what explains it."""
    comparison = report.comparison
    class_ = "verdict good" if comparison.equal else "verdict bad"
    first = "" if report.failure else verdict.first_place(comparison)
    told = report.failure and verdict.nothing_decoded(comparison, report.failure)
    lines = [element("p", told or verdict.verdict(comparison), class_=class_)]
    lines += [element("p", first)] if first else []
    lines += [element("p", verdict.ended(sentence)) for sentence in report.remarks]
    return joined([*lines, *_findings(report)])


def _findings(report: Report) -> Iterator[Markup]:
    if report.findings is None or report.comparison.equal:
        return
    if not report.findings:
        yield element("p", verdict.NO_EXPLANATION)
    for finding in report.findings:
        yield element(
            "div",
            element("h3", verdict.explanation(finding, report.comparison)),
            element("p", finding.detail),
            class_="finding",
        )


def pictures_section(report: Report) -> Markup:
    """Errors, with and without their signs, the tiles, and both outputs."""
    comparison = report.comparison
    scale = weight_scale(comparison)
    shown = [
        _figure("error, right - left", error_picture(comparison, signed=True)),
        _figure("size of the error", error_picture(comparison, signed=False)),
        _figure("wrong weights of each tile", tile_picture(comparison), " %"),
    ]
    for side, output in zip(("left", "right"), (comparison.left, comparison.right), strict=True):
        picture = output_picture(comparison, output.weights, scale)
        shown.append(_figure(f"{side}: {output.title}", picture))
    return section("Pictures", element("div", *shown, class_="pictures"))


def _figure(title: str, picture: Picture, unit: str = "") -> Markup:
    rows, cols = picture.weights
    shared = "" if rows == cols == 1 else f"; a pixel stands for {rows:,} × {cols:,}"
    image = element("img", src=picture.uri, alt=title, width=picture.width, height=picture.height)
    caption = element("figcaption", f"{title}{shared}", _legend(picture, unit))
    return element("figure", image, caption)


def _legend(picture: Picture, unit: str) -> Markup:
    scale = picture.scale
    stops = scale.palette[:: max(len(scale.palette) // 16, 1)]
    colours = ", ".join(f"rgb({r} {g} {b})" for r, g, b in stops.tolist())
    bar = element("span", class_="bar", style=f"background: linear-gradient(90deg, {colours})")
    ends = [f"{value:,}{unit}" for value in (scale.low, scale.high)]
    return element("span", ends[0], bar, f"{ends[1]}, linear", class_="legend")


def histogram_section(report: Report) -> Markup:
    """How many weights have which error."""
    comparison = report.comparison
    if comparison.equal:
        return Markup()
    told = (
        f"{comparison.differing:,} weights that differ, by right - left; heights are logarithms, and errors "
        "larger than 255 count at the ends."
    )
    return section("Histogram of errors", histogram_svg(comparison.histogram), element("p", told))


def first_section(report: Report) -> Markup:
    """The values of both sides around the first difference."""
    first = report.comparison.first
    if first is None:
        return Markup()
    tables = [_around(report.comparison, place) for place in (0, 1)]
    return section("Around the first difference", element("div", *tables, class_="beside"))


def _around(comparison: Comparison, place: int) -> Markup:
    """The values of one side; those that are not the other's are marked."""
    first, tensor = comparison.first, comparison.tensor
    assert first is not None
    rows = range(max(first.row - ROWS_AROUND, 0), min(first.row + ROWS_AROUND + 1, tensor.rows))
    cols = range(max(first.col - COLS_AROUND, 0), min(first.col + COLS_AROUND + 1, tensor.cols))
    sides = [
        side.weights[rows.start : rows.stop, cols.start : cols.stop]
        for side in (comparison.left, comparison.right)
    ]
    differs = sides[0] != sides[1]
    lines = []
    for i, row in enumerate(rows):
        cells = [
            _marked(f"{sides[place][i, j]:,}", differs[i, j], (row, col) == (first.row, first.col))
            for j, col in enumerate(cols)
        ]
        lines.append([element("td", f"row {row:,}", class_="faint"), *cells])
    title = f"{('Left', 'Right')[place]}: {(comparison.left, comparison.right)[place].title}"
    return element("div", element("h3", title), table(["", *(f"{col:,}" for col in cols)], lines))


def _marked(text: str, differs: bool, first: bool = False) -> Markup:
    """A cell; marked where it differs, and framed where it is the first that does."""
    classes = " ".join(["differs"] * bool(differs) + ["first"] * first)
    return element("td", text, class_=classes) if classes else element("td", text)


def steps_section(report: Report) -> Markup:
    """Where the traces of both sides part."""
    if report.comparison.equal and report.divergence is None:
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
        return section("Steps", sentence, _beside(rows, found.columns))
    sides = ((found.left, found.left_row), (found.right, found.right_row))
    rows = [
        (name, *("-" if at is None else f"{int(trace[name][at]):,}" for trace, at in sides))
        for name in found.left.columns
    ]
    return section("Steps", sentence, _beside(rows, found.columns))


def _short(value: Any) -> str:
    """A field of a stream's frame, of an array what differs from others most easily: its first values."""
    if isinstance(value, np.ndarray | tuple):
        listed = ", ".join(f"{int(each):,}" for each in value[:16])
        return listed + (" …" if len(value) > 16 else "")
    return f"{int(value):,}"


def _beside(rows: Iterable[Sequence[str]], differing: tuple[str, ...]) -> Markup:
    """Names, and the values of both sides."""
    lines = [
        [element("td", name), *(_marked(value, name in differing) for value in values)]
        for name, *values in rows
    ]
    return table(["", "left", "right"], lines)


def reads_section(report: Report) -> Markup:
    """What both sides read of the first tiles that differ."""
    comparison = report.comparison
    tiles = np.flatnonzero(comparison.tile_differing)
    if not len(tiles):
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
        told.append(_beside(rows, encode.differing))
    return section("The compressed files", *told)


def _field_cell(value: Any) -> str:
    if value is None:
        return "(not there)"
    return value.text if value.offset is None else f"{value.text} at byte {value.offset:,}"


def _encoded(value: int | bytes) -> str:
    return value.hex(" ") or "none" if isinstance(value, bytes) else f"{value:,}"


def sides_section(report: Report) -> Markup:
    """What stands on both sides."""
    comparison, tensor = report.comparison, report.comparison.tensor
    entries = [
        ("tensor", f"{tensor.name}: {tensor.rows:,} × {tensor.cols:,} {tensor.dtype}"),
        ("left (expected)", _side(comparison.left)),
        ("right (found)", _side(comparison.right)),
    ]
    return pairs(entries)


def _side(output: Output) -> str:
    return f"{output.title} ({output.kind}), {output.weights.dtype}"


def origin_section(report: Report) -> Markup:
    """The command that repeats it, the file, and what it ran on."""
    origin = report.origin
    parts = [
        joined(
            [
                element("h3", title),
                pairs((key.replace("_", " "), value) for key, value in part.items()),
            ]
        )
        for title, part in {"file": origin.file, **origin.parts}.items()
    ]
    return section(
        "To repeat it",
        element("pre", element("code", origin.command)),
        element("p", f"made {origin.date}", class_="faint"),
        *parts,
    )
