"""Plans as files: TOML that a person writes, in which every mistake is told with its line before anything runs.

    name = "tiles"
    title = "What the size of a tile costs"
    baseline = "zstd"

    [stopping]
    rounds = 21

    [[data]]
    name = "normal"
    source = "generated:normal-10:4096x4096"

    [[candidate]]
    name = "ours"
    coder = "cpu"
    recipe = { layout = "native", tile = [64, 128, "256x512"] }
    options = { threads = 1 }
    actions = ["decode"]

    [[candidate]]
    name = "zstd"
    coder = "zstandard"

A list in a recipe or in options stands for a candidate for each of its values, and a list of sources for data of each;
all of these get names of their own. A path is told from the plan's folder.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from codec.bench import plan_values as values
from codec.bench.contenders import check
from codec.bench.grid import MOST_CANDIDATES, combinations, count_of
from codec.bench.memory import memory_bytes
from codec.bench.packaged import PACKAGE
from codec.bench.plan import Candidate, Data, Plan, Stopping
from codec.bench.plan_error import PlanError
from codec.bench.plan_lines import Lines
from codec.bench.plan_lines import Path as Place
from codec.bench.plan_values import Blame
from codec.decoders.brought.naming import is_file_name
from codec.errors import InputError
from codec.rerun.sources import GENERATED, MOST_GENERATED, parts_of, shape_refusal

SUFFIX = ".toml"

LONGEST_SOURCE = 4096
"""Characters of a path, or of a tensor's name."""

LARGEST_FILE = 1 << 20
"""Bytes of a plan; more is no plan."""

NEEDED_PER_WEIGHT = 3
"""Bytes of memory that coding a weight takes at least: itself, what it is coded into, and what comes back."""

PLAN_KEYS = ("name", "title", "baseline", "stopping", "data", "candidate")
DATA_KEYS = ("name", "source", "tensor", "layers")
CANDIDATE_KEYS = ("name", "coder", "recipe", "options", "actions")

_TOML_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


def bundled() -> tuple[str, ...]:
    """The names of the plans that come along."""
    found = (entry.name for entry in _plans().iterdir() if entry.name.endswith(SUFFIX))
    return tuple(sorted(name.removesuffix(SUFFIX) for name in found))


def bundled_plan(name: str) -> Plan:
    """One of the plans that come along.

    Raises:
        InputError: there is none of that name.
    """
    if name not in bundled():
        raise InputError(f"there is no plan called {name!r}; there are {', '.join(bundled())}")
    content = (_plans() / f"{name}{SUFFIX}").read_text(encoding="utf-8")
    return plan_of(content, f"{name}{SUFFIX}")


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """The plan in a file.

    Raises:
        PlanError: it cannot be read, or says something that cannot be: the line, and why.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise PlanError(str(file), None, f"it cannot be read: {error.strerror}") from None
    except ValueError:
        raise PlanError(repr(str(file)), None, "it is no name of a file") from None
    if len(data) > LARGEST_FILE:
        raise PlanError(str(file), None, f"a plan has {LARGEST_FILE:,} bytes at most")
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PlanError(str(file), line, "it is no UTF-8 text") from None
    return plan_of(content, str(file), file.absolute().parent)


def plan_of(content: str, file: str, folder: Path | None = None) -> Plan:
    """The plan that a text describes.

    Args:
        content: TOML.
        file: what errors call it.
        folder: that paths in it are told from; None for the current one.

    Raises:
        PlanError: it says something that cannot be: the line, and why.
    """
    content = content.replace("\r\n", "\n")
    blame = values.blamer(file, Lines(content))
    try:
        document = tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise _no_toml(file, content, error) from None
    values.require_known(document, PLAN_KEYS, (), blame)
    stopping = values.stopping(document.get("stopping", {}), blame)
    data = _data(document, stopping, folder, blame)
    candidates = _candidates(document, folder, blame)
    return Plan(
        values.text(document.get("name", Path(file).stem or "plan"), ("name",), blame),
        values.text(document.get("title", document.get("name", "Plan")), ("title",), blame),
        data,
        candidates,
        _baseline(document, candidates, blame),
        stopping,
    )


def _plans() -> Any:
    return files("assets") / "plans"


def _no_toml(file: str, content: str, error: Exception) -> PlanError:
    """The error of a text that is no TOML."""
    reason = str(error) or type(error).__name__
    found = _TOML_LINE.search(reason)
    line = int(found[1]) if found else None
    if reason.endswith("(at end of document)"):
        line = content.count("\n") + 1
    reason = _TOML_LINE.sub("", reason).removesuffix(" (at end of document)")
    return PlanError(file, line, f"it is no TOML: {reason}")


def _data(
    document: Mapping[str, Any], stopping: Stopping, folder: Path | None, blame: Blame
) -> tuple[Data, ...]:
    found: dict[str, Data] = {}
    for number, given in enumerate(values.tables(document, "data", blame)):
        path = ("data", number)
        values.require_known(given, DATA_KEYS, path, blame)
        for data in _sources(given, path, blame):
            _require_new(data.name, found, (*path, "name"), blame)
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
    if kind != "real" and (refusal := shape_refusal(rows, cols, max(rows * cols, MOST_GENERATED))):
        raise InputError(refusal)
    return source


def _candidates(
    document: Mapping[str, Any], folder: Path | None, blame: Blame
) -> tuple[Candidate, ...]:
    found: dict[str, Candidate] = {}
    for number, given in enumerate(values.tables(document, "candidate", blame)):
        path = ("candidate", number)
        values.require_known(given, CANDIDATE_KEYS, path, blame)
        if "coder" not in given:
            raise blame(path, "a candidate has a coder, such as cpu or zstandard")
        coder = values.text(given["coder"], (*path, "coder"), blame, 4096)
        name = values.text(given.get("name", coder), (*path, "name"), blame)
        if is_file_name(coder):
            coder = str((folder or Path.cwd()) / coder)
        for candidate in _combined(given, name, coder, number, blame):
            _require_new(candidate.name, found, (*path, "name"), blame)
            try:
                check(candidate)
            except InputError as error:
                raise blame(path, f"{candidate.name}: {error.sentence()}") from None
            found[candidate.name] = candidate
    if len(found) > MOST_CANDIDATES:
        raise blame(("candidate",), f"a plan has {MOST_CANDIDATES:,} candidates at most")
    return tuple(found.values())


def _combined(
    given: Mapping[str, Any], name: str, coder: str, number: int, blame: Blame
) -> list[Candidate]:
    """The candidates that one entry stands for."""
    path = ("candidate", number)
    recipe = values.table(given.get("recipe", {}), (*path, "recipe"), blame)
    options = values.table(given.get("options", {}), (*path, "options"), blame)
    for part, settings in (("recipe", recipe), ("options", options)):
        for key, value in settings.items():
            if value == []:
                raise blame((*path, part, key), f"{key} is an empty list: there is nothing to try")
    if count_of(recipe, options) > MOST_CANDIDATES:
        raise blame(path, f"a plan has {MOST_CANDIDATES:,} candidates at most")
    timed = values.actions(given.get("actions", ["encode", "decode"]), (*path, "actions"), blame)
    has_recipe = "recipe" in given
    return [
        Candidate(
            one.name,
            coder,
            values.recipe(one.recipe, (*path, "recipe"), blame) if has_recipe else None,
            values.options(one.options, (*path, "options"), blame),
            timed,
        )
        for one in combinations(name, recipe, options)
    ]


def _require_new(name: str, found: Mapping[str, Any], path: Place, blame: Blame) -> None:
    if name in found:
        kind = "data" if path[0] == "data" else "candidates"
        raise blame(path, f"there are two {kind} called {name!r}")


def _baseline(
    document: Mapping[str, Any], candidates: tuple[Candidate, ...], blame: Blame
) -> str | None:
    if "baseline" not in document:
        return None
    name = values.text(document["baseline"], ("baseline",), blame)
    known = [candidate.name for candidate in candidates]
    if name not in known:
        shown = ", ".join(known[:8]) + (", …" if len(known) > 8 else "")
        raise blame(("baseline",), f"no candidate is called {name!r}; there are {shown}")
    return name
