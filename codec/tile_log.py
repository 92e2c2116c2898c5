"""The per-tile logs as rows, as CSV and as JSON: what an encoder wrote, and what a decoder read.

The first thing that is asked for when a decoder returns wrong weights: offsets, sizes, states and
first values of every tile on both sides, in files that `diff` can be run on.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from numpy.typing import NDArray

from codec.container import NATIVE_PREDICTORS, PREDICTORS, Coding, Predictor
from codec.decoders.streams import Status
from codec.errors import InputError

SUFFIXES = (".csv", ".json")
"""How the name of a log file ends, and so how it is written."""


def rows(log: NDArray[Any]) -> list[dict[str, Any]]:
    """The records of TILE_READ[n], TILE_WRITTEN[n] or NATIVE_WRITTEN[n], with words for statuses, codings and
    predictors.
    """
    names = log.dtype.names or ()
    predictors = NATIVE_PREDICTORS if "coding" in names else PREDICTORS
    return [
        {name: _plain(name, record[name].tolist(), predictors) for name in names} for record in log
    ]


def _plain(name: str, value: Any, predictors: Sequence[Predictor]) -> Any:
    if name == "status":
        return Status(value).name.lower()
    if name == "coding":
        return Coding(value).word
    if name == "predictor":
        return str(predictors[value]) if value < len(predictors) else str(value)
    return value


def require_log_name(file_name: str) -> None:
    """Raises InputError where the name of a log file ends in none of `SUFFIXES`."""
    if PurePath(file_name).suffix.lower() not in SUFFIXES:
        raise InputError(f"a log is written as {' or '.join(SUFFIXES)}; {file_name} names neither")


def log_bytes(log: NDArray[Any], file_name: str) -> bytes:
    """The log as the content of a file of that name; lists stand in one CSV field, split by spaces.

    Raises:
        InputError: the name ends in none of `SUFFIXES`.
    """
    require_log_name(file_name)
    as_csv = PurePath(file_name).suffix.lower() == ".csv"
    return (_csv(log) if as_csv else _json(log)).encode("utf-8")


def _json(log: NDArray[Any]) -> str:
    """An array of one object a line."""
    return "[\n" + ",\n".join(json.dumps(row) for row in rows(log)) + "\n]\n"


def _csv(log: NDArray[Any]) -> str:
    target = io.StringIO()
    writer = csv.DictWriter(target, log.dtype.names or (), lineterminator="\n")
    writer.writeheader()
    for row in rows(log):
        writer.writerow({name: _field(value) for name, value in row.items()})
    return target.getvalue()


def _field(value: Any) -> Any:
    return " ".join(str(part) for part in value) if isinstance(value, list) else value
