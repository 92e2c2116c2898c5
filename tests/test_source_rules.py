"""Rules for how the source is written that no linter knows: names that say nothing, and length."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("no_collecting")

ROOT = Path(__file__).parent.parent
SHIPPED = ("app", "assets", "codec", "kernels")
BANNED_WORDS = {"util", "utils", "helper", "helpers", "misc", "common", "manager", "managers"}
LONGEST_FUNCTION = 45
MEDIAN_FUNCTION = 10

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


def words(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name, in lower case."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return set(re.split(r"[\W_]+", spaced.lower()))


def defined_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef):
            yield node.name


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file, with the number of its lines."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines


@pytest.mark.parametrize("name", ["tile_utils", "FileManager", "misc", "CommonView"])
def test_a_name_that_says_nothing_is_found(name: str) -> None:
    assert words(name) & BANNED_WORDS


def test_every_name_says_something() -> None:
    found = []
    for path in sources(*SHIPPED, "benchmarks", "tests", ".ci", "docs"):
        names = [*path.relative_to(ROOT).parts, *defined_names(tree_of(path))]
        found += [f"{path}: {name}" for name in names if words(name) & BANNED_WORDS]
    assert found == []


def test_every_module_says_why_it_exists() -> None:
    modules = sources(*SHIPPED, "benchmarks", ".ci")
    assert [path for path in modules if not ast.get_docstring(tree_of(path))] == []


def test_functions_are_short() -> None:
    lengths = dict(pair for path in sources(*SHIPPED) for pair in functions(path))
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}
    assert statistics.median(lengths.values()) < MEDIAN_FUNCTION
