"""How many weights have which error, as an SVG that stands in the page and takes its colours.

Counts are drawn by their logarithm: a mistake often shows in errors that are few beside the others.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from app.cli.console import number_of
from app.report.markup import Markup, element, joined
from codec.comparison.comparison import LARGEST_ERROR

WIDTH, HEIGHT, BELOW = 720, 180, 18
"""Of the bars, in the picture's own units, and room for the scale below them."""


def histogram_svg(counts: NDArray[np.int64]) -> Markup:
    """The histogram of errors, int64[511]; equal weights are left out."""
    errors = np.arange(-LARGEST_ERROR, LARGEST_ERROR + 1)
    wrong = np.flatnonzero((counts > 0) & (errors != 0))
    reach = int(np.abs(errors[wrong]).max(initial=1))
    most = int(counts[wrong].max(initial=1))
    bars = [_bar(int(errors[i]), int(counts[i]), reach, most) for i in wrong]
    return element(
        "svg",
        element("title", "Histogram of the errors"),
        *bars,
        _axis(reach),
        viewBox=f"0 0 {WIDTH} {HEIGHT + BELOW}",
        role="img",
        class_="histogram",
    )


def _bar(error: int, count: int, reach: int, most: int) -> Markup:
    width = WIDTH / (2 * reach + 1)
    height = HEIGHT * math.log1p(count) / math.log1p(most)
    return element(
        "g",
        element("title", f"error {error:+d}: {number_of(count, 'weight')}"),
        element(
            "rect",
            x=f"{(error + reach) * width:.2f}",
            y=f"{HEIGHT - height:.2f}",
            width=f"{max(width * 0.9, 0.5):.2f}",
            height=f"{height:.2f}",
            class_="above" if error > 0 else "below",
        ),
    )


def _axis(reach: int) -> Markup:
    line = element("line", x1=0, y1=HEIGHT, x2=WIDTH, y2=HEIGHT, class_="axis")
    marks = [(0, f"{-reach:+d}", "start"), (0.5, "0", "middle"), (1, f"{reach:+d}", "end")]
    texts = [
        element("text", text, x=f"{at * WIDTH:.0f}", y=HEIGHT + BELOW - 4, text_anchor=anchor)
        for at, text, anchor in marks
    ]
    return joined([line, *texts])
