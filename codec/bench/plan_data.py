"""The data of a plan's file: where their weights come from, refused at once where there can be none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from codec.bench import plan_values as values
from codec.bench.grid import MOST_CANDIDATES
from codec.bench.memory import memory_bytes
from codec.bench.packaged import PACKAGE
from codec.bench.plan import Data, Stopping
from codec.bench.plan_lines import Path as Place
from codec.bench.plan_values import Blame
from codec.errors import InputError
from codec.rerun.sources import GENERATED, MOST_GENERATED, parts_of, require_kind, shape_refusal

LONGEST_SOURCE = 4096
"""Characters of a path, or of a tensor's name."""

NEEDED_PER_WEIGHT = 3
"""Bytes of memory that coding a weight takes at least: itself, what it is coded into, and what comes back."""

DATA_KEYS = ("name", "source", "tensor", "layers")


def data_of(
    document: Mapping[str, Any], stopping: Stopping, folder: Path | None, blame: Blame
) -> tuple[Data, ...]:
    """All data of a plan.

    Args:
        document: the plan as TOML has it.
        stopping: of it, for the memory that may be used.
        folder: that paths are told from; None for the current one.
        blame: makes the errors.

    Raises:
        PlanError: they cannot be: the line, and why.
    """
    found: dict[str, Data] = {}
    for number, given in enumerate(values.tables(document, "data", blame)):
        path = ("data", number)
        values.require_known(given, DATA_KEYS, path, blame)
        for data in _sources(given, path, blame):
            values.require_new(data.name, found, (*path, "name"), blame)
            try:
                source = _usable(data, stopping, folder)
            except InputError as error:
                raise blame((*path, "source"), error.sentence()) from None
            found[data.name] = replace(data, source=source)
    if len(found) > MOST_CANDIDATES:
        raise blame(("data",), f"a plan has {MOST_CANDIDATES:,} data at most")
    return tuple(found.values())


def _sources(given: Mapping[str, Any], path: Place, blame: Blame) -> list[Data]:
    """The data that one entry stands for: one for each source of a list, which is a part of its name then."""
    if "source" not in given:
        raise blame(path, "a data has a source: a file, or generated:KIND:ROWSxCOLS")
    sources = given["source"]
    several = isinstance(sources, list)
    if sources == []:
        raise blame((*path, "source"), "source is an empty list: there is nothing to code")
    found = []
    for source in sources if several else [sources]:
        text = values.text(source, (*path, "source"), blame, LONGEST_SOURCE)
        name = values.text(given.get("name", text), (*path, "name"), blame, LONGEST_SOURCE)
        if several and "name" in given:
            name = f"{name}, {text.removeprefix(GENERATED)}"
        tensor, layers = (_part(given, key, path, blame) for key in ("tensor", "layers"))
        if layers is not None and (tensor is not None or text.startswith(GENERATED)):
            reason = "layers are those of a model in a file, and of all of it"
            raise blame((*path, "layers"), reason)
        found.append(Data(name, text, tensor, layers))
    return found


def _part(given: Mapping[str, Any], key: str, path: Place, blame: Blame) -> str | None:
    """What of a file is meant; None where nothing is said."""
    if key not in given:
        return None
    return values.text(given[key], (*path, key), blame, LONGEST_SOURCE)


def _usable(data: Data, stopping: Stopping, folder: Path | None) -> str:
    """The source of some data, its path told from the root; raises InputError where it cannot be."""
    source = data.source
    if source.startswith(PACKAGE):
        return source
    if not source.startswith(GENERATED):
        return str((folder or Path.cwd()) / source)
    if data.tensor is not None:
        raise InputError("generated weights are a single tensor, which has no name")
    kind, rows, cols, _ = parts_of(source)
    there = memory_bytes() if stopping.memory_bytes is None else stopping.memory_bytes
    if there is not None and rows * cols * NEEDED_PER_WEIGHT > there:
        raise InputError(
            f"{rows:,} × {cols:,} weights take at least {rows * cols * NEEDED_PER_WEIGHT:,} bytes of memory "
            f"to code, and there are {there:,}"
        )
    if kind != "real":
        require_kind(kind)
    if kind != "real" and (refusal := shape_refusal(rows, cols, max(rows * cols, MOST_GENERATED))):
        raise InputError(refusal)
    return source
