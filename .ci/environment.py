"""Virtual environments filled from lock files, so that everyone runs what was tested.

An environment carries a stamp of what it was filled from: while that still matches there is nothing
to do, and when a lock file changes, the environment follows.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from system_packages import SetupError, install_debian_packages

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Environment:
    """A virtual environment of this checkout and the lock files that fill it."""

    folder: Path
    locks: tuple[Path, ...]

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """The file that says what the environment was filled from; written last."""
        return self.folder / "ranscope-setup.sha256"

    def fingerprint(self) -> str:
        """Hash of all that decides what belongs into the environment."""
        digest = hashlib.sha256(repr((sys.version_info[:2], str(ROOT))).encode())
        for path in (*self.locks, ROOT / "pyproject.toml"):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def prepare(environment: Environment) -> None:
    """Make `environment` hold its locked packages, Ranscope itself and compiled CPU kernels."""
    if not is_current(environment):
        environment.stamp.unlink(missing_ok=True)
        if not has_our_python(environment):
            make_venv(environment.folder)
        fill(environment)
        environment.stamp.write_text(environment.fingerprint(), encoding="ascii")
    compile_kernels(environment)


def compile_kernels(environment: Environment) -> None:
    """Fill the cache of compiled CPU kernels; where it is full already, this takes a moment."""
    if not (ROOT / "codec" / "warmup.py").is_file():
        say("There is no codec.warmup: the CPU kernels are compiled when they are first used")
        return
    warmup = [str(environment.python), "-m", "codec.warmup"]
    call(warmup, "Could not compile the CPU kernels.")


def is_current(environment: Environment) -> bool:
    """Whether the environment was filled, to the end, from what is in the checkout now."""
    try:
        stamp = environment.stamp.read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return stamp == environment.fingerprint() and has_our_python(environment)


def has_our_python(environment: Environment) -> bool:
    """Whether there is a working interpreter with pip, of the version that runs this script."""
    question = "import pip, sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [environment.python, "-c", question], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def make_venv(folder: Path) -> None:
    """Make an empty virtual environment with pip in `folder`, over whatever is there."""
    if not has_ensurepip():
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        install_debian_packages([package], "This Python cannot make virtual environments yet.")
    call([sys.executable, "-m", "venv", "--clear", str(folder)], f"Could not make {folder}.")


def has_ensurepip() -> bool:
    """Whether `venv` can put pip into an environment: Debian ships that part separately.

    Asked of a new interpreter, since this one would not see what was installed meanwhile.
    """
    command = [sys.executable, "-c", "import ensurepip"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def fill(environment: Environment) -> None:
    """Install the locked packages, every hash checked, and the checkout itself."""
    names = " and ".join(path.relative_to(ROOT).as_posix() for path in environment.locks)
    say(f"Filling {environment.folder.name} from {names}: a few minutes the first time")
    requirements = [f"--requirement={path}" for path in environment.locks]
    # Wheels only: no compiler may be assumed, and building a source archive would run code that
    # no lock file names.
    pip_install(environment, "--require-hashes", "--only-binary=:all:", *requirements)
    pip_install(environment, "--no-deps", "--no-build-isolation", f"--editable={ROOT}")


def pip_install(environment: Environment, *arguments: str) -> None:
    """`pip install`, tried twice: older versions of pip give up when one download stalls."""
    command = [str(environment.python), "-m", "pip", "install", "--disable-pip-version-check"]
    if not sys.stdout.isatty():
        command += ["--quiet", "--progress-bar=off"]
    for _ in range(2):
        if call_without_tracebacks([*command, *arguments]) == 0:
            return
    raise SetupError(
        "pip could not install the packages; its own words are above.\n"
        "If a connection failed or timed out, or pip found no version of a package at all, check "
        "the network (or the proxy) and run the same command again: what has arrived is kept."
    )


def call_without_tracebacks(command: Sequence[str]) -> int:
    """Run `command`, pass on what it prints but for tracebacks, and give its exit status."""
    environment = {"PIP_DEFAULT_TIMEOUT": "60", "PIP_ROOT_USER_ACTION": "ignore", **os.environ}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in without_tracebacks(process.stderr or ()):
            sys.stderr.write(line)
    return process.returncode


def without_tracebacks(lines: Iterable[str]) -> Iterator[str]:
    """The lines less the frames of tracebacks; the exception's own line stays."""
    inside = False
    for line in lines:
        starts = line.startswith("Traceback (most recent call last)")
        inside = starts or (inside and line[0].isspace())
        if not inside:
            yield line


def call(command: Sequence[str], failure: str) -> None:
    """Run `command` in the checkout's root; `SetupError` with `failure` where it fails."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise SetupError(failure)


def say(text: str) -> None:
    """Tell the reader what is being done, at once even where the output is a pipe."""
    print(text, flush=True)
