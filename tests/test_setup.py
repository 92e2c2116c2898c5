"""Setting up must not fail where it is hardest to see why: on somebody else's machine."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
CI = ROOT / ".ci"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
RUN = PROJECT["build-system"]["requires"] + PROJECT["project"]["dependencies"]
LOCKS = {
    "requirements": RUN + EXTRAS["test"] + EXTRAS["lint"],
    "requirements.gpu": EXTRAS["gpu"],
    "requirements.bench": EXTRAS["bench"],
    "requirements.lowest": RUN + EXTRAS["test"],
}


@pytest.fixture
def system_packages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CI))
    return importlib.import_module("system_packages")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CI))
    return importlib.import_module("environment")


def lock_text(name: str) -> str:
    return (CI / f"{name}.lock").read_text(encoding="ascii")


def pins(name: str) -> dict[str, list[Version]]:
    """The versions of each package in a lock file; more than one where Pythons need different."""
    found: dict[str, list[Version]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([^\s;]+)", lock_text(name), re.MULTILINE):
        found.setdefault(canonicalize_name(package), []).append(Version(version))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_lock_answers_pyproject(name: str) -> None:
    pinned = pins(name)
    for requirement in map(Requirement, LOCKS[name]):
        versions = pinned[canonicalize_name(requirement.name)]
        assert all(version in requirement.specifier for version in versions), requirement


def test_lowest_lock_is_the_lower_bounds() -> None:
    pinned = pins("requirements.lowest")
    for requirement in map(Requirement, LOCKS["requirements.lowest"]):
        (bound,) = (part for part in requirement.specifier if part.operator == ">=")
        assert min(pinned[canonicalize_name(requirement.name)]) == Version(bound.version)


def test_headless_lock_is_the_main_one_without_the_window() -> None:
    headless, main = pins("requirements.headless"), pins("requirements")
    assert headless.items() <= main.items()
    assert not {"pyside6-essentials", "shiboken6", "pyqtgraph"} & headless.keys()
    assert {"numpy", "numba", "setuptools"} <= headless.keys()


@pytest.mark.parametrize("name", [*LOCKS, "requirements.headless"])
def test_lock_is_hashed_and_names_no_place(name: str) -> None:
    text = lock_text(name)
    entries = re.findall(
        r"^[\w.-]+==.*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.M
    )
    assert "".join(entries) == "".join(
        line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#")
    )
    assert not re.search(r"https?:|file:|index-url|find-links", text)


def test_libraries_that_are_not_found_are_listed_once(system_packages: ModuleType) -> None:
    listing = (
        "a.so:\n"
        "\tlinux-vdso.so.1 (0x00007ffd)\n"
        "\tlibGL.so.1 => not found\n"
        "\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f00)\n"
        "b.so:\n"
        "\tlibEGL.so.1 => not found\n"
        "\tlibGL.so.1 => not found\n"
    )
    assert system_packages.sonames_not_found(listing) == ["libEGL.so.1", "libGL.so.1"]


def test_whoever_is_not_root_gets_one_command(
    system_packages: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(system_packages.SetupError) as told:
        system_packages.install_libraries(["libGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0"])
    assert "libGL.so.1, libglib-2.0.so.0" in str(told.value)
    command = "sudo apt-get install -y --no-install-recommends libgl1 libglib2.0-0\n"
    assert command in str(told.value)


def test_an_unknown_library_is_named(system_packages: ModuleType) -> None:
    with pytest.raises(system_packages.SetupError, match=r"known here for libnew\.so\.9"):
        system_packages.install_libraries(["libGL.so.1", "libnew.so.9"])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has ldd")
def test_the_tests_run_on_a_complete_qt(system_packages: ModuleType) -> None:
    binaries = system_packages.qt_binaries(Path(sys.prefix), ["offscreen"])
    assert len(binaries) == len(system_packages.QT_BINDINGS) + 1
    assert [path for path in binaries if not path.is_file()] == []
    assert system_packages.missing_libraries(binaries) == []


def test_a_traceback_is_cut_to_its_last_line(environment: ModuleType) -> None:
    lines = [
        "ERROR: Exception:\n",
        "Traceback (most recent call last):\n",
        '  File "x.py", line 1, in f\n',
        "    f()\n",
        "ReadTimeoutError: read timed out\n",
        "WARNING: retrying\n",
    ]
    assert list(environment.without_tracebacks(lines)) == [lines[0], *lines[4:]]


def test_a_changed_lock_makes_the_environment_stale(
    environment: ModuleType, tmp_path: Path
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1\n", encoding="ascii")
    made = environment.Environment(tmp_path, (lock,))
    assert not environment.is_current(made)
    before = made.fingerprint()
    lock.write_text("a==2\n", encoding="ascii")
    assert made.fingerprint() != before
