"""`ranscope info`: what a file or a capture says of itself, and what is wrong with it, without decoding it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from app.cli.console import number_of, say, say_json, say_pairs, say_table
from app.cli.options import add_file, add_json, add_tensor, choose_tensor
from app.cli.recorded import print_capture
from app.cli.status import ExitStatus, placed_sentence, status_of_problems
from codec.capture import is_capture
from codec.container import Container, Tensor
from codec.formats import open_file
from codec.info import Json, field_info, file_info, tensor_info, tile_info, walk
from codec.problems import Problem

TILES_SHOWN = 16
"""Tiles that are listed without `--tiles`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_file(parser)
    add_tensor(parser)
    add_json(parser)
    parser.add_argument(
        "--fields", action="store_true", help="also every field: offset, size, name, value"
    )
    parser.add_argument("--tiles", action="store_true", help="also every tile, however many")


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out."""
    if is_capture(arguments.file):
        return print_capture(arguments)
    container = open_file(arguments.file)
    chosen = (choose_tensor(container, arguments.tensor),) if arguments.tensor else None
    tensors = container.tensors if chosen is None else chosen
    if arguments.json:
        _print_json(container, tensors, arguments)
    else:
        _print_text(container, tensors, arguments)
    return status_of_problems(container.problems)


def _print_json(
    container: Container, tensors: tuple[Tensor, ...], arguments: argparse.Namespace
) -> None:
    content = file_info(container)
    content["tensors"] = [tensor_info(container, tensor) for tensor in tensors]
    streams: dict[str, Iterator[Json]] = {}
    if arguments.tiles:
        streams["tile_index"] = (entry for tensor in tensors for entry in tile_info(tensor))
    if arguments.fields:
        streams["fields"] = field_info(container.root)
    say_json(content, **streams)


def _print_text(
    container: Container, tensors: tuple[Tensor, ...], arguments: argparse.Namespace
) -> None:
    source = container.source
    say(f"{source.name}: {container.format} layout, {source.size:,} bytes")
    _print_sections(container)
    for tensor in tensors:
        _print_tensor(container, tensor)
        _print_tiles(tensor, len(tensor.tiles) if arguments.tiles else TILES_SHOWN)
    say()
    say(number_of(len(container.problems), "problem") if container.problems else "no problems")
    print_problems(container.problems, container.tensors)
    if arguments.fields:
        _print_fields(container)


def _print_sections(container: Container) -> None:
    """The header's fields, then the other parts of the file."""
    header = container.root.children[0]
    say()
    say(f"{header.name}")
    say_pairs((field.name, field.value) for field in header.children)
    say()
    say("parts")
    parts = [
        (f"{s.offset:,}", f"{s.size:,}", f"{s.name}  {s.value}") for s in container.root.children
    ]
    say_table(("offset", "bytes", "part"), parts)


def _print_tensor(container: Container, tensor: Tensor) -> None:
    known = tensor_info(container, tensor)
    grid = f"{tensor.grid_rows:,} × {tensor.grid_cols:,}"
    ratios = f"{known['ratio']:.4f} against int8, {known['ratio_fp16']:.4f} against FP16"
    say()
    say(f"tensor {tensor.name}")
    pairs = [
        ("shape", f"{tensor.rows:,} × {tensor.cols:,} {tensor.dtype}"),
        ("tiles", f"{grid} of {tensor.tile_rows:,} × {tensor.tile_cols:,}"),
        ("prediction", str(tensor.prediction)),
        ("frequencies", f"sum to {tensor.table.sum:,} of {tensor.table.total:,}"),
        ("ratio", f"{ratios} ({known['bits_per_weight']:.3f} bits per weight)"),
    ]
    pairs[1:1] = _source_pairs(known)
    if tensor.refusal:
        pairs.append(("cannot be decoded", tensor.refusal))
    say_pairs(pairs)


def _source_pairs(known: Json) -> list[tuple[str, str]]:
    """What the layout tells of where a tensor comes from, and of how it is coded."""
    source = known["source"]
    if source is None:
        return []
    shape = " × ".join(f"{n:,}" for n in source["shape"])
    scales = {"tensor": "one scale", "row": "one scale a row"}.get(
        source["quantisation"], "as it was"
    )
    codings = ", ".join(f"{n:,} {word}" for word, n in known["codings"].items())
    predictors = ", ".join(f"{n:,} {name}" for name, n in known["predictors"].items())
    return [
        ("source", f"{shape} {source['dtype'] or 'of unknown type'}, {scales}"),
        ("coder", f"{known['lanes']:,} lanes of {known['run']:,}, {known['word_bits']}-bit words"),
        ("codings", f"{codings}; rANS predicted by {predictors}"),
    ]


def _print_tiles(tensor: Tensor, most: int) -> None:
    say()
    say(f"tiles of {tensor.name}")
    rows = []
    for entry in tile_info(tensor, most):
        bits = entry["bits_per_weight"]
        numbers = [f"{entry[key]:,}" for key in ("tile", "row", "col", "offset", "size")]
        ways = [entry["coding"] or "?", entry["predictor"] or "?"]
        rows.append([*numbers, "-" if bits is None else f"{bits:.3f}", *ways])
    header = ("tile", "row", "col", "offset", "bytes", "bits/weight", "coding", "predictor")
    say_table(header, rows)
    if len(tensor.tiles) > most:
        say(f"  … and {len(tensor.tiles) - most:,} more: --tiles lists all")


def print_problems(problems: tuple[Problem, ...], tensors: Sequence[Tensor]) -> None:
    """Every problem with its place, what was expected and found, and the likely cause."""
    for problem in problems:
        place = f"at byte {problem.offset:,}, {number_of(problem.size, 'byte')}"
        say(f"  {problem.severity} {problem.code} {place}: {placed_sentence(problem, tensors)}")
        if problem.expected or problem.found:
            say(f"    expected {problem.expected or '-'}; found {problem.found or '-'}")
        say(f"    likely cause: {problem.likely_cause}")


def _print_fields(container: Container) -> None:
    """One line a span, children indented, printed while the tree is walked."""
    width = len(f"{container.source.size:,}")
    say()
    say(f"{'offset'.rjust(width + 2)}  {'bytes'.rjust(width)}  field")
    for depth, span in walk(container.root):
        value = f" = {span.value}" if span.value else ""
        place = f"{span.offset:>{width + 2},}  {span.size:>{width},}"
        say(f"{place}  {'  ' * depth}{span.name}{value}")
