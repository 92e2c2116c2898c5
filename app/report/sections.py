"""The parts of the page, each made from the report alone: sentences, pictures, tables."""

from __future__ import annotations

from collections.abc import Iterator

from app.report import verdict
from app.report.content import Report
from app.report.histogram import histogram_svg
from app.report.markup import Markup, element, joined, pairs, table
from app.report.parts import marked, section
from app.report.pictures import (
    Picture,
    error_picture,
    output_picture,
    tile_picture,
    weight_scale,
)
from codec.comparison.comparison import Comparison
from codec.comparison.output import Output

ROWS_AROUND, COLS_AROUND = 3, 6
"""How far around the first difference values are listed."""


def verdict_section(report: Report) -> Markup:
    """Whether both sides are equal, where the first difference is, and what explains it."""
    comparison = report.comparison
    class_ = "verdict good" if comparison.equal and not report.one_sided else "verdict bad"
    first = "" if report.one_sided else verdict.first_place(comparison)
    told = verdict.nothing_decoded(comparison, report.failures) or verdict.verdict(comparison)
    lines = [element("p", told, class_=class_)]
    lines += [element("p", first)] if first else []
    lines += [element("p", verdict.ended(sentence)) for sentence in report.remarks]
    return joined([*lines, *_findings(report)])


def _findings(report: Report) -> Iterator[Markup]:
    if report.findings is None:
        return
    if not report.findings and not report.comparison.equal:
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
    shown = [] if report.one_sided else _difference_figures(comparison)
    sides = zip(
        ("left", "right"), (comparison.left, comparison.right), report.failures, strict=True
    )
    for side, output, failure in sides:
        if failure:
            continue  # it has none
        picture = output_picture(comparison, output.weights, scale)
        shown.append(_figure(f"{side}: {output.title}", picture))
    return section("Pictures", element("div", *shown, class_="pictures"))


def _difference_figures(comparison: Comparison) -> list[Markup]:
    return [
        _figure("error, right - left", error_picture(comparison, signed=True)),
        _figure("size of the error", error_picture(comparison, signed=False)),
        _figure("wrong weights of each tile", tile_picture(comparison), " %"),
    ]


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
    if comparison.equal or report.one_sided:
        return Markup()
    told = (
        f"{comparison.differing:,} weights that differ, by right - left; heights are logarithms, and errors "
        "larger than 255 count at the ends."
    )
    return section("Histogram of errors", histogram_svg(comparison.histogram), element("p", told))


def first_section(report: Report) -> Markup:
    """The values of both sides around the first difference."""
    first = report.comparison.first
    if first is None or report.one_sided:
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
            marked(f"{sides[place][i, j]:,}", differs[i, j], (row, col) == (first.row, first.col))
            for j, col in enumerate(cols)
        ]
        lines.append([element("td", f"row {row:,}", class_="faint"), *cells])
    title = f"{('Left', 'Right')[place]}: {(comparison.left, comparison.right)[place].title}"
    return element("div", element("h3", title), table(["", *(f"{col:,}" for col in cols)], lines))


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
