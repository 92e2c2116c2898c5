"""Who may import whom, as DESIGN states it: the rules that keep the parts apart.

Imports are read from the syntax tree, so a rule also holds for imports inside functions, for types
alone, and for modules that cannot be loaded on this machine.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("no_collecting")

ROOT = Path(__file__).parent.parent
PACKAGES = ("app", "assets", "codec", "kernels")
SAMPLE = ROOT / "assets" / "samples" / "minilm_query_pertensor_384x384_t128.batched"


@dataclass(frozen=True)
class Import:
    """One imported name, fully dotted, and whether loading the module already imports it."""

    name: str
    line: int
    on_load: bool


@dataclass(frozen=True)
class Rule:
    """`importers`, except `allowed`, import nothing of `banned`, except `permitted` (at all, or on load)."""

    says: str
    importers: tuple[str, ...]
    banned: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    permitted: tuple[str, ...] = ()
    on_load_only: bool = False
    broken_by: tuple[str, str] = ("", "")
    """A module and a line of code that break the rule, to show that it can be broken."""

    def violations(self, module: str, source: str) -> list[str]:
        if not within(module, self.importers) or within(module, self.allowed):
            return []
        return [
            f"{module}:{found.line} imports {found.name}"
            for found in imports_of(source)
            if within(found.name, self.banned)
            and not within(found.name, self.permitted)
            and (found.on_load or not self.on_load_only)
        ]


WIDGETS = ("PySide6.QtWidgets", "PySide6.QtOpenGLWidgets", "PySide6.QtPrintSupport", "pyqtgraph")
QT = ("PySide6", "shiboken6", "pyqtgraph")
MEASURED_ON_CARD = ("codec.bench.gpu", "codec.bench.peers.nvcomp")

RULES = (
    Rule(
        "kernels import nothing of ours",
        importers=("kernels",),
        banned=("app", "assets", "codec"),
        broken_by=("kernels.compilation", "from codec.rans import Coder"),
    ),
    Rule(
        "the codec knows neither the app nor Qt",
        importers=("codec",),
        banned=("app", *QT),
        broken_by=("codec.formats.batched", "from PySide6 import QtCore"),
    ),
    Rule(
        "only the CUDA decoder, and what is measured on the card, know cupy and kernels",
        importers=("app", "codec"),
        banned=("cupy", "cupyx", "kernels"),
        allowed=("codec.decoders.cuda", *MEASURED_ON_CARD),
        broken_by=("codec.decoders", "def devices():\n    import cupy"),
    ),
    Rule(
        "the CUDA decoder, and what is measured on the card, are loaded only when asked for",
        importers=("app", "codec"),
        banned=("codec.decoders.cuda", "codec.bench.gpu"),
        allowed=("codec.decoders.cuda", *MEASURED_ON_CARD),
        on_load_only=True,
        broken_by=("codec.decoders", "from codec.decoders import cuda"),
    ),
    Rule(
        "decoders know of nothing that judges them",
        importers=("codec.capture", "codec.decoders", "codec.formats"),
        banned=("codec.comparison", "codec.diagnosis"),
        broken_by=("codec.decoders.cpu", "from codec.comparison.comparison import compare"),
    ),
    Rule(
        "a comparison says what differs and not why",
        importers=("codec.comparison",),
        banned=("codec.diagnosis",),
        broken_by=("codec.comparison.comparison", "from codec.diagnosis.finding import Fault"),
    ),
    Rule(
        "looking at a comparison loads no compiler",
        importers=("codec.comparison",),
        banned=("codec.fast", "codec.comparison.counting", "numba"),
        allowed=("codec.comparison.counting",),
        on_load_only=True,
        broken_by=("codec.comparison.comparison", "from codec.comparison.counting import count"),
    ),
    Rule(
        "models and documents know no widget",
        importers=("app.models", "app.document"),
        banned=(*WIDGETS, "app.views", "app.main_window"),
        broken_by=("app.models.tiles", "from PySide6.QtWidgets import QWidget"),
    ),
    Rule(
        "views know no decoder",
        importers=("app.views",),
        banned=("codec.decoders",),
        broken_by=("app.views.weights", "from codec.decoders.reference import decode"),
    ),
    Rule(
        "views know what a diagnosis says, and not how it is made",
        importers=("app.models", "app.views"),
        banned=("codec.diagnosis",),
        permitted=("codec.diagnosis.finding",),
        broken_by=("app.views.comparison.verdict", "from codec.diagnosis import diagnose"),
    ),
    Rule(
        "only the main window knows the views",
        importers=("app",),
        banned=("app.views",),
        allowed=("app.views", "app.main_window"),
        broken_by=("app.actions", "from app import views"),
    ),
    Rule(
        "the command line knows no Qt",
        importers=("app.cli", "app.report"),
        banned=(*QT, "app.document", "app.main_window", "app.models", "app.views"),
        broken_by=("app.cli.info", "import PySide6.QtCore as core"),
    ),
    Rule(
        "the child process and its work know no Qt",
        importers=(
            "app.beacon",
            "app.bench_asking",
            "app.bench_tasks",
            "app.bench_watch",
            "app.benching",
            "app.child",
            "app.tasks",
            "app.child_tasks",
            "app.debug_parting",
            "app.debug_tasks",
            "app.side_tasks",
            "app.tile_timing",
        ),
        banned=(*QT, "app.document", "app.jobs", "app.requests", "app.views"),
        broken_by=("app.child.serving", "from app.jobs import Progress"),
    ),
    Rule(
        "what workers run knows no Qt, whose classes only the window's thread may be first to meet",
        importers=(
            "app.bench_interrupted",
            "app.bench_keeping",
            "app.bench_requests",
            "app.bench_running",
            "app.debug_requests",
            "app.edit_requests",
            "app.loading",
            "app.report_request",
            "app.requests",
            "app.rerun_requests",
            "app.side_requests",
            "app.tables",
        ),
        banned=QT,
        broken_by=("app.loading", "def run():\n    import pyqtgraph"),
    ),
    Rule(
        "what is shipped knows no test",
        importers=PACKAGES,
        banned=("tests", "pytest", "hypothesis"),
        broken_by=("codec.checks", "import importlib\nimportlib.import_module('tests.files')"),
    ),
)


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@cache
def imports_of(source: str) -> tuple[Import, ...]:
    """In any order; kept, for every rule asks it of every module."""
    tree = ast.parse(source)
    deferred = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    return tuple(
        Import(name, getattr(node, "lineno", 0), id(node) not in deferred)
        for node in ast.walk(tree)
        for name in names_imported(node)
    )


def names_imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(level=0):
            return [f"{node.module}.{alias.name}" for alias in node.names]
        case ast.ImportFrom():
            raise AssertionError(f"line {node.lineno}: relative imports hide who imports whom")
        case ast.Call(args=[ast.Constant(value=str(name)), *_]) if is_import_call(node.func):
            return [name]
        case _:
            return []


def is_import_call(function: ast.expr) -> bool:
    return ast.unparse(function) in {"importlib.import_module", "import_module", "__import__"}


def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    parts = [(path.relative_to(ROOT).with_suffix("").parts, path) for path in paths]
    return {".".join(p for p in names if p != "__init__"): path for names, path in parts}


def source_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_every_package_is_looked_at() -> None:
    assert {name.partition(".")[0] for name in modules()} == set(PACKAGES)


def test_every_folder_with_modules_is_a_package() -> None:
    """A folder without `__init__.py` works from a checkout and is missing from an installation."""
    folders = {path.parent for path in modules().values()}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_rule_holds(rule: Rule) -> None:
    found = {name: rule.violations(name, source_of(path)) for name, path in modules().items()}
    assert {name: broken for name, broken in found.items() if broken} == {}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_rule_can_be_broken(rule: Rule) -> None:
    assert rule.violations(*rule.broken_by)


def test_a_deferred_import_is_not_on_load() -> None:
    assert [found.on_load for found in imports_of("import a\ndef f():\n    import b")] == [
        True,
        False,
    ]


def sibling_views(module: str, source: str) -> list[str]:
    view = module.split(".")[:3]
    names = [found.name for found in imports_of(source) if within(found.name, ("app.views",))]
    return [name for name in names if len(view) == 3 and name.split(".")[:3] != view]


def test_views_do_not_know_each_other() -> None:
    found = {
        name: sibling_views(name, source_of(path))
        for name, path in modules().items()
        if within(name, ("app.views",))
    }
    assert {name: others for name, others in found.items() if others} == {}


def test_a_view_that_knows_another_is_found() -> None:
    assert sibling_views("app.views.bytes.painter", "from app.views.tiles import TilesView")
    assert not sibling_views("app.views.bytes.painter", "from app.views.bytes import model")


def declared() -> set[str]:
    """The import names of all that pyproject.toml lets what is shipped depend on, or use where it is there."""
    project = tomllib.loads(source_of(ROOT / "pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["gpu"], *extras["models"]]
    names = {requirement.partition(">=")[0].partition("[")[0] for requirement in wanted}
    spelt_differently = {"PySide6-Essentials": "PySide6", "cupy-cuda12x": "cupy", "pillow": "PIL"}
    return {spelt_differently.get(name, name) for name in names}


def test_only_declared_libraries_are_imported() -> None:
    roots = {
        found.name.partition(".")[0]
        for path in modules().values()
        for found in imports_of(source_of(path))
    }
    assert roots - set(sys.stdlib_module_names) - set(PACKAGES) <= declared()


def run_without_qt_and_cupy(code: str) -> subprocess.CompletedProcess[str]:
    """Run `code` where importing Qt, pyqtgraph or cupy fails as if it were not installed."""
    block = f"import sys\nfor name in {(*QT, 'cupy')}: sys.modules[name] = None\n"
    command = [sys.executable, "-W", "error", "-c", block + code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_line_runs_without_qt_and_cupy() -> None:
    code = f"import runpy; sys.argv = ['ranscope', 'info', {str(SAMPLE)!r}]; "
    done = run_without_qt_and_cupy(code + "runpy.run_module('app', run_name='__main__')")
    assert (done.returncode, done.stderr) == (0, "")
    assert "384" in done.stdout


def test_the_codec_loads_without_qt_and_cupy() -> None:
    names = [name for name in modules() if within(name, ("codec", "app.cli"))]
    needed = [name for name in names if not within(name, ("codec.decoders.cuda",))]
    done = run_without_qt_and_cupy("".join(f"import {name}\n" for name in needed))
    assert (done.returncode, done.stderr) == (0, "")
