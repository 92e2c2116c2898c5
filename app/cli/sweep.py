"""`ranscope sweep`: the same weights encoded with many settings, and what each costs."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from app.cli.console import Progress, complain, number_of, say, say_json
from app.cli.options import add_json, choose_tensor
from app.cli.outputs import require_free, require_place
from app.cli.status import ExitStatus
from codec.atomic_file import write_file
from codec.errors import InputError
from codec.formats import FORMATS, is_compressed, open_file
from codec.frequency import entropy, histogram
from codec.quantisation import Granularity
from codec.rerun import lists
from codec.rerun.choices import Choices, Refused, Row, grid
from codec.rerun.figures import figures, require_table_name, table_bytes
from codec.rerun.measured import Measured, Outcome
from codec.rerun.recipe import PREDICTORS, Recipe
from codec.rerun.sources import GENERATED, KINDS, SourceWeights, named, of_file, of_tensor
from codec.source import FileSource
from codec.table_rule import Normalisation

LISTS: dict[str, tuple[str, str, Callable[[str], Any], str]] = {
    "--format": ("layouts", "LIST", lists.word, f"of {', '.join(FORMATS)}; all of them"),
    "--tile": ("tiles", "LIST", lists.tile_shape, "T×T weights a tile, or, native alone, RxC"),
    "--predictor": ("predictors", "LIST", lists.word, f"of {', '.join(PREDICTORS)}"),
    "--scale-bits": ("scale_bits", "LIST", lists.whole, "log2 of the slots of the frequency table"),
    "--word-bits": ("word_bits", "LIST", lists.whole, "bits that renormalisation moves, 8 or 16"),
    "--lanes": ("lanes", "LIST", lists.whole, "rANS states that share a stream"),
    "--run": ("runs", "LIST", lists.whole, "weights side by side that a lane codes"),
    "--sample": (
        "samples", "LIST", lists.sample,
        "symbols from the start that the table is made from, or all; the original took 1048576",
    ),
    "--normalisation": (
        "normalisations", "LIST", lists.normalisation,
        f"of {', '.join(Normalisation)}: how counts become frequencies",
    ),
}  # fmt: skip
"""Options that take a list: the choice that each is, what it is called, how a value is read, and help."""

WIDTHS = {"layout": 8, "tile": 11, "predictor": 10, "bits": 5, "words": 6, "lanes": 6, "run": 5}
WIDTHS |= {"sample": 14, "table": 9}
"""Of the columns of settings."""

FIGURES = "{:>13} {:>9} {:>8} {:>8} {:>7} {:>7} {:>10} {:>10} {:>10} {:>12} {:>12}  {}"
HEADER = (
    "bytes", "ratio", "bits/w", "entropy", "table", "coder", "index B", "frames B", "padding", "encode",
    "decode",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "input", metavar="INPUT",
        help="a compressed file, a .npy, .npz, .safetensors or .gguf file, or "
        f"{GENERATED}KIND[:ROWSxCOLS[:SEED]] with a KIND of {', '.join(KINDS)}, or normal-SIGMA",
    )  # fmt: skip
    parser.add_argument("--tensor", metavar="NAME", help="the tensor, where the input has several")
    parser.add_argument(
        "--quantize", choices=[str(name) for name in Granularity],
        help="floats become int8 with one scale per tensor, the default, or per row",
    )  # fmt: skip
    group = parser.add_argument_group(
        "what is tried: every combination of these lists, as in 16,64,256; usually what encode does"
    )
    for option, (_, metavar, _, says) in LISTS.items():
        group.add_argument(option, metavar=metavar, help=says)
    parser.add_argument(
        "-o", "--output", metavar="OUT.csv|.json", help="also write the table to a file"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out; a file that does not give the weights back is the content's fault."""
    recipes = grid(_choices(arguments))
    if arguments.output is not None:
        require_table_name(arguments.output)
        require_place(arguments.output)
        require_free([arguments.output], [arguments.input])
    with Progress(f"reading {arguments.input}") as tick:
        weights = _weights(arguments, tick)
    rows = _run(weights, recipes, quiet=arguments.json)
    if arguments.output is not None:
        write_file(arguments.output, [table_bytes(rows, arguments.output)])
    bits = entropy(histogram(weights.matrix.view("u1")))
    if arguments.json:
        say_json(_summary(arguments, weights, bits), rows=(figures(row) for row in rows))
    else:
        _print_summary(rows, bits)
    return _status(rows)


def _choices(arguments: argparse.Namespace) -> Choices:
    """What the lists ask for."""
    given: dict[str, Any] = {}
    for option, (name, _, each, _) in LISTS.items():
        text = getattr(arguments, option.removeprefix("--").replace("-", "_"))
        if text is None:
            continue
        try:
            given[name] = lists.parse_list(text, each)
        except InputError as error:
            raise InputError(f"{option}: {error}") from None
        if not given[name]:
            raise InputError(f"{option} names nothing to try")
    return Choices(**given)


def _weights(arguments: argparse.Namespace, tick: Progress) -> SourceWeights:
    """The weights that the input names."""
    name: str = arguments.input
    if name.startswith(GENERATED):
        _refuse(arguments, ("tensor", "quantize"), "generated weights")
        return named(name)
    if is_compressed(FileSource(name)):
        _refuse(arguments, ("quantize",), "a compressed file, whose weights are int8")
        container = open_file(name)
        return of_tensor(container, choose_tensor(container, arguments.tensor), tick)
    return of_file(name, arguments.tensor, arguments.quantize or Granularity.TENSOR)


def _refuse(arguments: argparse.Namespace, options: Sequence[str], what: str) -> None:
    for option in options:
        if getattr(arguments, option) is not None:
            raise InputError(f"--{option} is not for {what}")


def _run(weights: SourceWeights, recipes: Sequence[Recipe | Refused], *, quiet: bool) -> list[Row]:
    """Measures all; each one's line is printed when it is done."""
    from codec.rerun.sweep import sweep  # numba takes most of a second to load

    shown = _shown(recipes)
    if not quiet:
        say(weights.says)
        header = "".join(name.ljust(WIDTHS[name]) for name in shown)
        say(header + FIGURES.format(*HEADER, ""))
    rows = []
    with Progress("sweeping") as tick:
        for row in sweep(weights, recipes, tick):
            rows.append(row)
            if not quiet and isinstance(row, Measured):
                tick.clear()
                say(_line(row, shown))
    return rows


def _shown(recipes: Sequence[Recipe | Refused]) -> list[str]:
    """The columns of settings worth printing: those in which rows differ, and the first three."""
    usual = ("layout", "tile", "predictor")
    cells = [_cells(recipe) for recipe in recipes if isinstance(recipe, Recipe)]
    return [name for name in WIDTHS if name in usual or len({cell[name] for cell in cells}) > 1]


def _cells(recipe: Recipe) -> dict[str, str]:
    """Settings as they are printed."""
    names = {"layout": "layout", "predictor": "predictor", "bits": "scale_bits"}
    names |= {"words": "word_bits", "lanes": "lanes", "run": "run", "table": "normalisation"}
    found = {shown: str(getattr(recipe, name)) for shown, name in names.items()}
    number = recipe.sample
    found["sample"] = lists.ALL if number is None else f"{number:,}"
    return {**found, "tile": f"{recipe.tile_rows}×{recipe.tile_cols}"}


def _line(row: Measured, shown: Sequence[str]) -> str:
    """One row; the ratio of a file that does not give the weights back stands in brackets."""
    cells = _cells(row.recipe)
    begin = "".join(cells[name].ljust(WIDTHS[name]) for name in shown)
    known = figures(row)
    if not known["file_size"]:
        return f"{begin}{known['outcome']}: {known['says']}"
    told = known["says"] or known["remark"]
    verdict = known["outcome"] + (f": {told}" if told else "")
    return begin + FIGURES.format(
        f"{known['file_size']:,}",
        f"{known['ratio']:.4f}" if row.outcome is Outcome.EXACT else f"({known['ratio']:.4f})",
        f"{known['bits_per_weight']:.4f}",
        _number(known["symbol_entropy"], ".4f"),
        _number(known["table_cost"], ".4f"),
        _number(known["coder_cost"], ".4f"),
        f"{known['index_bytes']:,}",
        f"{known['frame_bytes']:,}",
        f"{known['padding_symbols']:,}",
        _number(known["encode_ms"], ",.2f", " ms"),
        _number(known["decode_ms"], ",.2f", " ms"),
        verdict,
    )


def _number(value: float | None, form: str, unit: str = "") -> str:
    return "–" if value is None else f"{value:{form}}{unit}"


def _print_summary(rows: Sequence[Row], bits: float) -> None:
    refused = Counter(row.says for row in rows if isinstance(row, Refused))
    for says, count in refused.items():
        say(f"refused, {number_of(count, 'combination')}: {says}")
    bound = f", a ratio of {8 / bits:.4f}" if bits else ""
    say(
        f"{number_of(len(rows), 'combination')}; the order-0 entropy of these weights is {bits:.4f} bits{bound}"
    )
    exact = [r for r in rows if isinstance(r, Measured) and r.outcome is Outcome.EXACT]
    if exact:
        best = min(exact, key=lambda row: (row.file_size, not row.recipe.table_rule.usual))
        cells = _cells(best.recipe)
        settings = ", ".join(f"{name} {cells[name]}" for name in _shown([r.recipe for r in exact]))
        say(f"smallest of those that come back: {settings}: {best.file_size:,} bytes")
    lost = sum(isinstance(r, Measured) and r.outcome is Outcome.WRONG for r in rows)
    if lost:
        complain(f"{number_of(lost, 'file')} did not give the weights back")


def _summary(arguments: argparse.Namespace, weights: SourceWeights, bits: float) -> dict[str, Any]:
    return {
        "source": arguments.input,
        "tensor": weights.name,
        "quantisation": None if weights.quantisation == "none" else weights.quantisation,
        "rows_of_matrix": weights.rows,
        "cols_of_matrix": weights.cols,
        "weight_entropy": bits,
        "output": arguments.output,
    }


def _status(rows: Sequence[Row]) -> ExitStatus:
    outcomes = {r.outcome if isinstance(r, Measured) else Outcome.REFUSED for r in rows}
    if Outcome.WRONG in outcomes or Outcome.FAILED in outcomes:
        return ExitStatus.CONTENT
    return ExitStatus.OK if Outcome.EXACT in outcomes else ExitStatus.UNUSABLE
