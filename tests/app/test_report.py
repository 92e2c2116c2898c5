"""The report: one page that loads nothing, holds what was found, and escapes all that came out of files."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from app.report import colours
from app.report.content import Report, origin_of
from app.report.histogram import histogram_svg
from app.report.markup import VOID, Markup, element, escaped, joined, table
from app.report.page import page, write_report
from app.report.pictures import MOST_PIXELS, error_picture, output_picture, tile_picture
from app.report.verdict import percent, verdict
from codec.comparison.comparison import compare
from codec.comparison.divergence import first_divergence
from codec.comparison.files import compare_files
from codec.comparison.output import Output, SideKind
from codec.decoders.cpu import CpuDecoder
from codec.decoders.platform import Platform
from codec.diagnosis.finding import Fault, Finding
from codec.trace import Trace
from tests.codec.files import batched_file, batched_symbols, noise, only_tensor, parsed, table_of

SHAPE = 48, 40
TILE = 16
WEIGHTS = noise(*SHAPE)
NASTY = "<script>alert('x')</script>&\u202e.npy"
MOST_BYTES = 2_000_000


class Checker(HTMLParser):
    """Notes all that stands in a page, and that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    def pictures(self) -> list[Image.Image]:
        sources = [value or "" for name, value in self.attributes if name == "src"]
        assert all(source.startswith("data:image/png;base64,") for source in sources)
        return [
            Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) for source in sources
        ]


def checked(report: Report) -> Checker:
    checker = Checker()
    checker.feed(page(report))
    checker.close()
    assert checker.open == []
    return checker


def file_of(weights, tile=TILE, name="layer.batched"):
    return parsed(batched_file(weights, tile), name)


def comparison_of(changes, *, shape=SHAPE, title="dump.npy"):
    """Weights against the same with some errors; the file is that of `WEIGHTS`."""
    container = file_of(WEIGHTS)
    decoded = CpuDecoder().decode(container, only_tensor(container))
    found = decoded.weights.copy()
    for place, error in changes.items():
        found[place] += np.int8(error)
    left = Output("cpu", SideKind.DECODER, decoded.weights, decoded.reads)
    right = Output(title, SideKind.DUMP, found)
    return container, compare(only_tensor(container), left, right)


def report_of(container, comparison, **more) -> Report:
    command = ["ranscope", "compare", "layer.batched", "--with", "my dump.npy"]
    platforms = {"cpu": Platform({"name": "some card", "cores": "2"}, {"driver": "1.2.3"})}
    given = {"findings": (), **more}
    return Report(comparison, origin_of(container, command, platforms), **given)


@pytest.fixture
def wrong() -> Report:
    """Three wrong weights."""
    return report_of(*comparison_of({(0, 0): 20, (20, 20): -30, (47, 39): 1}))


def test_it_loads_nothing(wrong):
    checker = checked(wrong)
    assert {name for name, _ in checker.attributes}.isdisjoint({"href", "srcset", "data"})
    assert set(checker.names).isdisjoint({"script", "link", "iframe", "object", "form"})
    assert len(checker.pictures()) == 5
    text = page(wrong)
    assert "default-src 'none'" in text.replace("&#x27;", "'")
    assert "url(" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_it_is_light_or_dark_by_the_readers_wish(wrong):
    assert "@media (prefers-color-scheme: dark)" in page(wrong)


def test_it_says_what_was_compared_and_how_to_repeat_it(wrong):
    text = checked(wrong).text
    container = file_of(WEIGHTS)
    assert verdict(wrong.comparison) in text
    assert "ranscope compare layer.batched --with 'my dump.npy'" in text
    assert wrong.origin.file["BLAKE2b"] in text
    assert f"{container.source.size:,} bytes" in text
    for word in ("some card", "1.2.3", "numpy", "python", "cpu ran on"):
        assert word in text
    assert "tile 0, symbol 0: row 0, column 0" in text


def test_the_same_report_gives_the_same_page(wrong):
    assert page(wrong) == page(wrong)


def test_names_cannot_become_markup():
    container, comparison = comparison_of({(0, 0): 1}, title=NASTY)
    finding = Finding((Fault.BIAS,), 1.0, 1.0, f"see {NASTY}", np.arange(1))
    report = report_of(container, comparison, findings=(finding,), remarks=(NASTY,))
    checker = checked(replace(report, origin=replace(report.origin, command=NASTY)))
    assert "script" not in checker.names
    assert "<script>" in checker.text
    assert "\u202e" not in checker.text
    assert r"\u202e" in checker.text


def test_findings_are_listed_or_said_to_be_missing(wrong):
    assert "No known mistake explains what was found." in checked(wrong).text
    finding = Finding((Fault.BIAS, Fault.DTYPE), 0.5, 0.0, "Subtract 128 once.", np.arange(2))
    text = checked(replace(wrong, findings=(finding,))).text
    assert "bias with dtype in dump.npy: predicts 50.0% of the differing weights exactly" in text
    assert "Subtract 128 once." in text
    assert "No known mistake" not in checked(replace(wrong, findings=None)).text


def test_a_fault_of_the_file_is_nobodys(wrong):
    finding = Finding((Fault.FILE_TABLE,), 1.0, 1.0, "Encode it again.", np.arange(2), side=0)
    assert "file-table: predicts 100%" in checked(replace(wrong, findings=(finding,))).text


def test_a_side_that_varies_is_told_though_this_run_was_right():
    finding = Finding((Fault.NONDETERMINISTIC,), 0.0, 0.0, "Look for a race.", np.arange(2))
    text = checked(report_of(*comparison_of({}), findings=(finding,))).text
    assert "Look for a race." in text


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, np.uint64])
def test_outputs_of_other_types(dtype):
    container, comparison = comparison_of({})
    odd = np.full(SHAPE, np.iinfo(dtype).max, dtype=dtype)
    right = replace(comparison.right, weights=odd)
    report = report_of(container, compare(comparison.tensor, comparison.left, right))
    assert f"{np.iinfo(dtype).max:,}" in checked(report).text


def test_equal_sides():
    text = checked(report_of(*comparison_of({}))).text
    assert "All 1,920 weights are equal." in text
    assert "No known mistake" not in text
    assert "Histogram" not in text


def test_a_left_side_that_decodes_nothing(wrong):
    """There is nothing to hold the right side against, so no difference is shown."""
    checker = checked(replace(wrong, failures=("its table is broken", "")))
    text = checker.text
    assert len(checker.pictures()) == 1
    assert "Histogram" not in text
    assert "cpu decodes nothing of this file: its table is broken." in text
    assert verdict(wrong.comparison) not in text


def test_values_around_the_first_difference_are_marked(wrong):
    text = page(wrong)
    first = wrong.comparison.first
    assert f'<td class="differs first">{first.left}</td>' in text
    assert f'<td class="differs first">{first.right}</td>' in text


def test_what_both_sides_read(wrong):
    comparison = wrong.comparison
    reads = comparison.left.reads.copy()
    reads["offset"][0] += 4
    right = replace(comparison.right, reads=reads)
    beside = replace(wrong, comparison=replace(comparison, right=right))
    offset = int(reads["offset"][0])
    assert f'<td class="differs">{offset - 4:,}<br>{offset:,}</td>' in page(beside)
    assert "dump.npy does not tell what it read" in checked(wrong).text


def trace_of(container, tile=0) -> Trace:
    return CpuDecoder().trace(container, only_tensor(container), tile)


def test_where_the_traces_part(wrong):
    container = file_of(WEIGHTS)
    left, right = trace_of(container), trace_of(container)
    columns = {**right.columns, "symbol": right["symbol"].copy()}
    columns["symbol"][7] ^= 1
    found = first_divergence(left, replace(right, columns=columns))
    text = checked(replace(wrong, divergence=found)).text
    assert "The decoders part at step 7 of stream 0 of tile 0: symbol differs." in text
    frame = replace(right.streams[0], initial_state=5)
    found = first_divergence(left, replace(right, streams=(frame,)))
    text = checked(replace(wrong, divergence=found)).text
    assert "before the first step of stream 0 of tile 0: initial_state differs." in text
    assert "initial_state" in text
    assert "why not." in checked(replace(wrong, steps_note="why not")).text


def test_two_files(wrong):
    changed = WEIGHTS.copy()
    changed[3, 3] += 1
    table_ = table_of(batched_symbols(np.concatenate([WEIGHTS, changed]), TILE))
    left = parsed(batched_file(WEIGHTS, TILE, table_), "a.batched")
    right = parsed(batched_file(changed, TILE, table_), "b.batched")
    files = compare_files(left, right, (only_tensor(left), only_tensor(right)))
    text = checked(replace(wrong, files=files)).text
    assert "part at encode step" in text
    assert "1 tile differs: 0." in text
    same = compare_files(left, left, (only_tensor(left), only_tensor(left)))
    assert "byte for byte" in checked(replace(wrong, files=same)).text


def test_it_is_written_whole(wrong, tmp_path):
    target = tmp_path / "out.html"
    write_report(target, wrong)
    assert target.read_text("utf-8") == page(wrong)
    assert [path.name for path in tmp_path.iterdir()] == ["out.html"]


def test_a_large_noisy_matrix_stays_small():
    rng = np.random.default_rng(3)
    left, right = (rng.integers(-128, 128, (1100, 1500), dtype=np.int8) for _ in range(2))
    container = file_of(np.zeros((1100, 1500), dtype=np.int8), 256)
    sides = [Output(name, SideKind.DUMP, w) for name, w in (("a", left), ("b", right))]
    report = report_of(container, compare(only_tensor(container), sides[0], sides[1]))
    assert len(page(report).encode()) < MOST_BYTES
    assert all(max(image.size) <= MOST_PIXELS for image in checked(report).pictures())


# Pictures


def pixels(picture):
    """(rgb of all pixels, as u8[height, width, 3])."""
    data = base64.b64decode(picture.uri.partition(",")[2])
    return np.array(Image.open(io.BytesIO(data)).convert("RGB"))


def test_an_error_shows_where_it_is():
    _, comparison = comparison_of({(2, 3): 20, (30, 31): -20})
    shown = pixels(error_picture(comparison, signed=True))
    assert shown.shape == (*SHAPE, 3)
    scale = colours.signed(20)
    assert shown[2, 3].tolist() == scale.palette[-1].tolist()
    assert shown[30, 31].tolist() == scale.palette[0].tolist()
    assert shown[0, 0].tolist() == list(colours.EQUAL)
    size = pixels(error_picture(comparison, signed=False))
    assert size[2, 3].tolist() == size[30, 31].tolist() == colours.amount(20).palette[-1].tolist()
    assert (np.any(size != colours.EQUAL, axis=2)).sum() == 2


def test_a_lone_error_is_not_lost_among_many_weights(monkeypatch):
    monkeypatch.setattr("app.report.pictures.MOST_PIXELS", 8)
    monkeypatch.setattr("app.report.pictures.WEIGHTS_AT_ONCE", 200)
    _, comparison = comparison_of({(47, 39): -1})
    picture = error_picture(comparison, signed=True)
    assert picture.weights == (6, 6)
    wrong = np.any(pixels(picture) != colours.EQUAL, axis=2)
    assert np.argwhere(wrong).tolist() == [[7, 6]]


def test_the_smallest_error_has_another_colour_than_none():
    for scale, values in (
        (colours.signed(255), [-1.0, 0.0, 1.0]),
        (colours.amount(255), [0.0, 1.0]),
    ):
        indices = scale.indices(np.array(values)).tolist()
        assert len(set(indices)) == len(values)
        assert indices[values.index(0.0)] == scale.equal


def test_colours_follow_the_values_in_order():
    for scale in (colours.signed(9), colours.amount(9), colours.weights(-9, 9)):
        values = np.linspace(scale.low, scale.high, 200)
        indices = scale.indices(values).astype(int)
        assert (np.diff(indices) >= 0).all()
        assert (indices[0], indices[-1]) == (0, len(scale.palette) - 1)


def test_tiles_by_their_share():
    changes = {(row, col): 1 for row in range(16) for col in range(16)}
    _, comparison = comparison_of(changes)
    shown = pixels(tile_picture(comparison))
    assert shown.shape == (3, 3, 3)
    assert shown[0, 0].tolist() == colours.amount(100).palette[-1].tolist()
    assert (shown.reshape(-1, 3)[1:] == colours.EQUAL).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1)])
def test_narrow_matrices(shape):
    weights = np.ones(shape, dtype=np.int8)
    container = file_of(weights, 64)
    tensor = only_tensor(container)
    sides = [Output("a", SideKind.DUMP, weights), Output("b", SideKind.DUMP, weights + np.int8(1))]
    comparison = compare(tensor, sides[0], sides[1])
    checker = checked(report_of(container, comparison))
    assert all(max(image.size) <= MOST_PIXELS for image in checker.pictures())
    assert output_picture(comparison, weights, colours.weights(0, 1)).height >= 1


def test_the_histogram_has_a_bar_an_error():
    counts = np.zeros(511, dtype=np.int64)
    counts[[255 - 3, 255, 255 + 7]] = 4, 1000, 1
    checker = Checker()
    checker.feed(histogram_svg(counts))
    assert checker.names.count("rect") == 2
    assert "error -3: 4 weights" in checker.text
    assert "error +7: 1 weight" in checker.text
    empty = Checker()
    empty.feed(histogram_svg(np.zeros(511, dtype=np.int64)))
    assert empty.names.count("rect") == 0


# Markup and sentences


def test_text_is_escaped_and_markup_is_not():
    assert element("p", "a<b", Markup("<br>"), class_='"') == '<p class="&quot;">a&lt;b<br></p>'
    assert joined(["<", Markup("<i>")], ", ") == "&lt;, <i>"
    assert "<td>&amp;</td>" in table(["h"], [["&"]])
    assert escaped("a\nb\x1b[0m") == r"a" + "\n" + r"b\x1b[0m"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0%"), (1e-9, "< 0.1%"), (0.5, "50.0%"), (0.99999, "> 99.9%"), (1.0, "100%")],
)
def test_a_share_is_never_rounded_to_all_or_none(share, text):
    assert percent(share) == text
