"""Sets Ranscope up from a bare checkout, because a bare Python is all that may be assumed.

The Makefile calls this before everything it does. It makes the virtual environment and fills it,
finds which system libraries Qt misses and gets or names them, and has the CPU kernels compiled, so
that no click in the window waits for a compiler. What is in place is left alone, so a second call
costs next to nothing. Standard library only.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

# Before the imports that an older Python cannot even read, hence the one rule broken.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Ranscope needs Python 3.11 or newer. Name yours, as in: make run PYTHON=python3.12")

from environment import ROOT, Environment, call, prepare, say
from system_packages import SetupError, ensure_qt_libraries

LOCKS = ROOT / ".ci"
SAMPLE = Path("assets", "samples", "minilm_query_pertensor_384x384_t128.batched")
PICTURE = ROOT / "ranscope-window.png"


def main_environment(*locks: str) -> Environment:
    """`.venv`, filled from `locks`, and with the GPU decoder's needs where there is a driver."""
    gpu = ("requirements.gpu.lock",) if has_nvidia_driver() else ()
    return Environment(ROOT / ".venv", tuple(LOCKS / lock for lock in (*locks, *gpu)))


def has_nvidia_driver() -> bool:
    """Whether an NVIDIA driver is loaded, or at least its library installed."""
    if Path("/proc/driver/nvidia").exists():
        return True
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


def set_up_for_tests() -> None:
    """Everything but the libraries that only a real display needs."""
    environment = main_environment("requirements.lock")
    prepare(environment)
    ensure_qt_libraries(environment.folder, ["offscreen"])


def set_up_for_benchmarks() -> None:
    """What the tests need, and the coders that ours is measured beside."""
    prepare(main_environment("requirements.lock", "requirements.bench.lock"))


def set_up_lowest() -> None:
    """The oldest versions that pyproject.toml allows, beside the environment that is used."""
    environment = Environment(ROOT / ".venv-lowest", (LOCKS / "requirements.lowest.lock",))
    prepare(environment)
    ensure_qt_libraries(environment.folder, ["offscreen"])


def set_up_headless() -> None:
    """The command line alone, as a server without a screen wants it."""
    prepare(main_environment("requirements.headless.lock"))
    say("The command line is ready, without Qt: .venv/bin/ranscope --help")


def set_up_and_open() -> None:
    """Everything; then the window on the bundled sample, or a picture of it without a display."""
    environment = main_environment("requirements.lock")
    prepare(environment)
    platform = display_platform()
    ensure_qt_libraries(environment.folder, ["offscreen", *([platform] if platform else [])])
    ranscope = str(environment.folder / "bin" / "ranscope")
    if platform and display_answers(environment):
        os.execv(ranscope, [ranscope, str(ROOT / SAMPLE)])
    say("There is no display to open a window on, so it is rendered to a picture instead.")
    call([ranscope, "--screenshot", str(PICTURE), str(SAMPLE)], "Could not render the window.")
    say(f"The window: {PICTURE}\nThe file in it, {SAMPLE}:\n")
    call([ranscope, "info", str(SAMPLE)], "Could not read the bundled sample.")


def display_platform() -> str | None:
    """Qt's plugin for the display that the environment names; None where it names none."""
    if os.environ.get("QT_QPA_PLATFORM") in {"offscreen", "minimal"}:
        return None
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if os.environ.get("DISPLAY") else None


def display_answers(environment: Environment) -> bool:
    """Whether Qt can connect: a display that is named need not be there."""
    attempt = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    command = [str(environment.python), "-c", attempt]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def write_locks() -> None:
    """Resolve the lock files anew."""
    import lock  # here, since only this command needs it

    lock.write_locks()


COMMANDS: dict[str, Callable[[], None]] = {
    "run": set_up_and_open,
    "test": set_up_for_tests,
    "bench": set_up_for_benchmarks,
    "lowest": set_up_lowest,
    "headless": set_up_headless,
    "lock": write_locks,
}


def main() -> int:
    """Carry out the command named on the command line; what fails is told in plain words."""
    parser = argparse.ArgumentParser(description="Sets Ranscope up; called by the Makefile.")
    parser.add_argument("command", choices=COMMANDS)
    chosen = COMMANDS[parser.parse_args().command]
    try:
        chosen()
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
