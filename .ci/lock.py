"""Writes the lock files anew, so that what is tested is pinned by version and by hash.

pyproject.toml stays the one place where dependencies are named. Each lock file answers one need:

    requirements.lock            the app, its tests, its linters: the newest versions
    requirements.headless.lock   the command line without Qt, at the same versions
    requirements.gpu.lock        what the GPU decoder adds to either
    requirements.bench.lock      what `make bench` adds: the coders that ours is measured beside
    requirements.lowest.lock     the app and its tests at the oldest versions that we allow
"""

from __future__ import annotations

import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from environment import ROOT, Environment, make_venv, pip_install, say
from system_packages import SetupError

UV = "uv==0.13.9"
WINDOW_ONLY = ("PySide6", "pyqtgraph")


def write_locks() -> None:
    """Resolve every set of requirements that pyproject.toml implies, for Python 3.11 and later."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run = requirements(project)
    command_line = [name for name in run if not name.startswith(WINDOW_ONLY)]
    build, extras = project["build-system"]["requires"], project["project"]["optional-dependencies"]
    same = "--constraints=.ci/requirements.lock"
    with tempfile.TemporaryDirectory() as folder:
        tools = Environment(Path(folder), ())
        make_venv(tools.folder)
        pip_install(tools, UV)
        resolve(tools, "requirements", build + run + extras["test"] + extras["lint"])
        resolve(tools, "requirements.headless", build + command_line, same)
        for extra in ("gpu", "bench"):
            resolve(tools, f"requirements.{extra}", extras[extra], same, "--no-emit-package=numpy")
        resolve(
            tools, "requirements.lowest", build + run + extras["test"], "--resolution=lowest-direct"
        )


def requirements(project: dict[str, Any]) -> list[str]:
    """What the app needs at run time, as pyproject.toml states it."""
    return list(project["project"]["dependencies"])


def resolve(tools: Environment, name: str, wanted: list[str], *options: str) -> None:
    """Write `.ci/<name>.lock`: one version of each package for every system and Python."""
    say(f"Resolving .ci/{name}.lock")
    command = [
        str(tools.folder / "bin" / "uv"),
        *("pip", "compile", "-", "--quiet", "--upgrade", "--universal", "--generate-hashes"),
        *("--python-version=3.11", "--fork-strategy=fewest", "--no-emit-index-url"),
        *("--no-emit-find-links", "--no-annotate", "--custom-compile-command=make lock"),
        *(f"--output-file=.ci/{name}.lock", *options),
    ]
    done = subprocess.run(command, cwd=ROOT, input="\n".join(wanted), text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"The requirements of .ci/{name}.lock cannot be met together.")
