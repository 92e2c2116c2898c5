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
from importlib.resources import files
from pathlib import Path
from typing import Any

from codec.bench import plan_values as values
from codec.bench.contenders import check_coder, check_options
from codec.bench.grid import MOST_CANDIDATES, combinations, count_of
from codec.bench.plan import Candidate, Plan
from codec.bench.plan_data import data_of
from codec.bench.plan_error import PlanError
from codec.bench.plan_lines import Lines
from codec.bench.plan_values import Blame
from codec.decoders.brought.naming import is_file_name
from codec.errors import InputError

SUFFIX = ".toml"

LARGEST_FILE = 1 << 20
"""Bytes of a plan; more is no plan."""

PLAN_KEYS = ("name", "title", "baseline", "stopping", "data", "candidate")
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
    data = data_of(document, stopping, folder, blame)
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
            values.require_new(candidate.name, found, (*path, "name"), blame)
            try:
                check_coder(candidate)
            except InputError as error:
                raise blame(path, f"{candidate.name}: {error.sentence()}") from None
            try:
                check_options(candidate)
            except InputError as error:
                reason = f"{candidate.name}: {error.sentence()}"
                raise blame((*path, "options"), reason) from None
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
