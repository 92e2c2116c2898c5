"""`ranscope selftest`: does what was encoded here come back, through every layout and decoder?"""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.console import Progress, complain, number_of, say, say_json
from app.cli.isolated import chosen
from app.cli.options import add_decoder, add_json, whole_number
from app.cli.status import ExitStatus
from codec.decoders import DECODERS
from codec.decoders.availability import choose, unavailable
from codec.decoders.base import Decoder
from codec.known_data import cases
from codec.selftest import RoundTrip, round_trips


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_decoder(parser)
    parser.add_argument(
        "--seed", metavar="N", type=whole_number, default=0, help="of the random data; usually 0"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out; a single wrong weight is the content's fault."""
    names = DECODERS if arguments.decoder is None else (arguments.decoder,)
    missing: dict[str, str] = {}
    if arguments.decoder is None:
        missing = {name: reason for name in names if (reason := unavailable(name))}
        tried = [choose(name) for name in names if name not in missing]
    else:
        tried = [chosen(arguments)]
    trips = _run_all(tried, arguments)
    failed = [trip for trip in trips if not trip.exact]
    if arguments.json:
        say_json(_summary(trips, failed, missing))
    else:
        _print_summary(trips, failed, missing)
    return ExitStatus.CONTENT if failed else ExitStatus.OK


def _run_all(tried: list[Decoder], arguments: argparse.Namespace) -> list[RoundTrip]:
    """All round trips; each one's line is printed when it is done."""
    trips = []
    if not arguments.json:
        say(
            _LINE.format(
                "data", "shape", "tile", "layout", "decoder", "ratio", "encode", "decode", ""
            )
        )
    with Progress("testing") as tick:
        for trip in round_trips(tuple(cases(arguments.seed)), tried, tick):
            trips.append(trip)
            if not arguments.json:
                tick.clear()
                say(_line(trip))
    return trips


_LINE = "{:<13}{:>10}{:>5}  {:<13}{:<10}{:>8}{:>11}{:>11}  {}"


def _line(trip: RoundTrip) -> str:
    layout = trip.format if trip.predictor == "auto" else f"{trip.format} {trip.predictor}"
    verdict = "bit-exact" if trip.exact else f"{number_of(trip.wrong, 'weight')} wrong"
    if trip.failure:
        verdict += f": {trip.failure}"
    return _LINE.format(
        trip.data,
        f"{trip.rows}×{trip.cols}",
        trip.tile,
        layout,
        trip.decoder,
        f"{trip.ratio:.3f}",
        f"{1000 * trip.encode_seconds:.2f} ms",
        f"{1000 * trip.decode_seconds:.2f} ms",
        verdict,
    )


def _print_summary(
    trips: list[RoundTrip], failed: list[RoundTrip], missing: dict[str, str]
) -> None:
    for name, reason in missing.items():
        say(f"{name} was not tested: {reason}")
    exact = len(trips) - len(failed)
    say(f"{exact:,} of {number_of(len(trips), 'round trip')} bit-exact")
    if failed:
        complain(f"{number_of(len(failed), 'round trip')} failed")


def _summary(
    trips: list[RoundTrip], failed: list[RoundTrip], missing: dict[str, str]
) -> dict[str, Any]:
    return {
        "passed": not failed,
        "failed": len(failed),
        "unavailable": [{"decoder": name, "reason": why} for name, why in missing.items()],
        "round_trips": [_trip(trip) for trip in trips],
    }


def _trip(trip: RoundTrip) -> dict[str, Any]:
    return {
        "data": trip.data,
        "rows": trip.rows,
        "cols": trip.cols,
        "tile": trip.tile,
        "format": trip.format,
        "predictor": trip.predictor,
        "decoder": trip.decoder,
        "exact": trip.exact,
        "wrong": trip.wrong,
        "failure": trip.failure or None,
        "file_size": trip.file_size,
        "ratio": trip.ratio,
        "ratio_fp16": trip.ratio_fp16,
        "encode_ms": 1000 * trip.encode_seconds,
        "decode_ms": 1000 * trip.decode_seconds,
    }
