"""What a decoder runs on and through, in words: a timing means nothing without it."""

from __future__ import annotations

import importlib.metadata
import platform
import tomllib
from pathlib import Path
from typing import NamedTuple

from codec.threads import cores


class Platform(NamedTuple):
    """What a decoder runs on.

    Attributes:
        device: `name`, and what else there is to say.
        versions: of what it runs through, by name.
    """

    device: dict[str, str]
    versions: dict[str, str]


def processor() -> Platform:
    """This machine's processor."""
    return Platform({"name": processor_name(), "cores": str(cores())}, {})


def processor_name() -> str:
    """The processor's model where the system tells it, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(models), platform.processor() or platform.machine())


def host() -> dict[str, str]:
    """This machine."""
    return {
        "name": platform.node(),
        "system": platform.platform(),
        "processor": processor_name(),
        "cores": str(cores()),
    }


def versions() -> dict[str, str]:
    """Versions of Python, and of what matters of all that is installed."""
    found = {"python": platform.python_version(), "ranscope": own_version()}
    for name in ("numpy", "numba"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "(not installed)"
    return found


def own_version() -> str:
    """Our own version; of a checkout that was not installed, what it says of itself."""
    try:
        return importlib.metadata.version("ranscope")
    except importlib.metadata.PackageNotFoundError:
        return _checkout_version()


def _checkout_version() -> str:
    try:
        text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
        return f"{tomllib.loads(text)['project']['version']} (not installed)"
    except (OSError, ValueError, KeyError):
        return "(not installed)"
