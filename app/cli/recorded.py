"""A capture in the place of a compressed file: what it says, and the choice among what it holds."""

from __future__ import annotations

import argparse

from app.cli.capture import runs_line
from app.cli.console import number_of, say, say_json, say_pairs, say_table
from app.cli.options import choose_named
from app.cli.status import ExitStatus
from codec.capture.description import Outcome, capture_info
from codec.capture.loading import Capture, CapturedTensor, open_capture
from codec.capture.metadata import Metadata, RunTiming, TensorRecord, parts_of
from codec.errors import InputError

RUNS_SHOWN = 16
"""Runs that are listed of each tensor."""


def open_recorded(arguments: argparse.Namespace) -> tuple[Capture, CapturedTensor]:
    """The capture that is named in the place of a file, and the tensor that is wanted of it.

    Raises:
        InputError: it cannot be opened, has no such tensor, or holds what another decoder computed.
        SourceError: it cannot be read.
    """
    capture = open_capture(arguments.file)
    decoder = capture.metadata.decoder
    if arguments.decoder not in (None, decoder):
        raise InputError(
            f"{capture.source.name} holds what the decoder {decoder} computed, so {arguments.decoder} cannot "
            f"be asked: name {capture.metadata.file.name} itself for that"
        )
    return capture, choose_named(capture.tensors, arguments.tensor, capture.source.name)


def print_capture(arguments: argparse.Namespace) -> ExitStatus:
    """`ranscope info` of a capture.

    Raises:
        InputError, SourceError: as for `open_recorded`.
    """
    if arguments.fields or arguments.tiles:
        raise InputError(
            f"--fields and --tiles describe compressed files, and {arguments.file} is a capture: "
            "`ranscope decode --log` writes what was read of its tiles"
        )
    capture = open_capture(arguments.file)
    metadata, tensors = capture.metadata, capture.tensors
    if arguments.tensor is not None:
        chosen = choose_named(tensors, arguments.tensor, capture.source.name)
        tensors = (chosen,)
    outcomes = [tensor.outcome for tensor in tensors]
    if arguments.json:
        content = capture_info(metadata, [tensor.record for tensor in tensors], outcomes)
        say_json({"kind": "capture", "capture_size": capture.source.size, **content})
    else:
        _print_heading(capture.source.name, capture.source.size, metadata)
        for tensor, outcome in zip(tensors, outcomes, strict=True):
            _print_tensor(tensor.record, outcome)
    return status_of_outcomes([tensor.record for tensor in tensors], outcomes)


def status_of_outcomes(records: list[TensorRecord], outcomes: list[Outcome]) -> ExitStatus:
    """The status that recorded outcomes give rise to."""
    faults = any(record.refusal for record in records) or any(map(any, outcomes))
    return ExitStatus.CONTENT if faults else ExitStatus.OK


def _print_heading(name: str, size: int, metadata: Metadata) -> None:
    file = metadata.file
    say(f"{name}: a capture of {metadata.decoder}, {size:,} bytes")
    say()
    say_pairs(
        [
            ("file", f"{file.name}, {file.format} layout, {file.size:,} bytes"),
            ("BLAKE2b", file.blake2b),
            ("decoder", f"{metadata.decoder}: {metadata.decoder_description}"),
            ("date", metadata.date),
            ("command", " ".join(metadata.command)),
        ]
    )
    parts = (("device", metadata.device), ("host", metadata.host), ("versions", metadata.versions))
    for title, pairs in parts:
        say()
        say(title)
        say_pairs((key.replace("_", " "), value) for key, value in pairs.items())


def _print_tensor(record: TensorRecord, outcome: Outcome) -> None:
    say()
    say(f"tensor {record.name}")
    tiles = f"{record.tiles:,} of {record.tile_rows:,} × {record.tile_cols:,}"
    pairs = [("shape", f"{record.rows:,} × {record.cols:,} {record.dtype}"), ("tiles", tiles)]
    if record.refusal:
        pairs.append(("not decoded", record.refusal))
        say_pairs(pairs)
        return
    pairs += [
        ("failed", _numbers(outcome.failed)),
        ("varying", _numbers(outcome.varying)),
        ("time", runs_line(record)),
        ("traces", _numbers([trace.tile for trace in record.traces if not trace.refusal])),
    ]
    say_pairs(pairs)
    if record.timings:
        _print_runs(record.timings)


def _numbers(tiles: list[int], most: int = 16) -> str:
    """Tiles in a line; of many, the first."""
    if not tiles:
        return "none"
    shown = ", ".join(f"{tile:,}" for tile in tiles[:most])
    more = f" and {len(tiles) - most:,} more" if len(tiles) > most else ""
    return f"{number_of(len(tiles), 'tile')}: {shown}{more}"


def _print_runs(timings: tuple[RunTiming, ...]) -> None:
    """The time of each run in milliseconds, split where the decoder told the parts."""
    parts = list(parts_of(timings[0]))
    rows = []
    for number, run in enumerate(timings[:RUNS_SHOWN]):
        known = parts_of(run)
        cells = [f"{1e3 * known[part]:,.3f}" if part in known else "-" for part in parts]
        rows.append([f"{number:,}", *cells, f"{1e3 * run.wall:,.3f} ms"])
    say()
    say_table(("run", *(part.replace("_", " ") for part in parts), "all"), rows)
    if len(timings) > RUNS_SHOWN:
        say(f"  … and {len(timings) - RUNS_SHOWN:,} more: --json lists all")
