"""The system libraries that Qt loads: which are missing, and the Debian packages that hold them.

A wheel of Qt brings Qt, but not the libraries below it, and without one of them Qt dies with a
message that names no package. So the loader is asked beforehand, through `ldd`.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# The Qt modules that Ranscope, pyqtgraph and pytest-qt load.
QT_BINDINGS = ("Core", "Gui", "Widgets", "DBus", "OpenGL", "OpenGLWidgets", "Svg", "Test")

# Which Debian package holds which library that Qt wants of the system.
DEBIAN_PACKAGES = {
    "libdbus-1.so.3": "libdbus-1-3",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libOpenGL.so.0": "libopengl0",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xinput.so.0": "libxcb-xinput0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}


class SetupError(Exception):
    """Setting up cannot go on; the message says why, and what the reader can do."""


def ensure_qt_libraries(environment_folder: Path, platforms: Sequence[str]) -> None:
    """Have every system library that Qt loads to draw on `platforms`, or raise `SetupError`.

    `platforms` are Qt's names for its platform plugins: offscreen, xcb, wayland. Only Linux leaves
    these libraries to the system.
    """
    if not sys.platform.startswith("linux") or shutil.which("ldd") is None:
        return
    binaries = qt_binaries(environment_folder, platforms)
    if missing := missing_libraries(binaries):
        install_libraries(missing)
    if missing := missing_libraries(binaries):
        raise SetupError(f"Qt still misses system libraries: {', '.join(missing)}.")


def qt_binaries(environment_folder: Path, platforms: Sequence[str]) -> list[Path]:
    """The shared objects of PySide6 whose dependencies cover all that Ranscope loads of Qt."""
    found = sorted(environment_folder.glob("lib*/python*/site-packages/PySide6"))
    if not found:
        raise SetupError(f"PySide6 is gone from {environment_folder}: remove that and try again.")
    bindings = [found[0] / f"Qt{name}.abi3.so" for name in QT_BINDINGS]
    plugins = found[0] / "Qt" / "plugins" / "platforms"
    # Older releases of Qt have wayland-egl and wayland-generic where newer ones have wayland.
    patterns = [pattern for name in platforms for pattern in (f"libq{name}.so", f"libq{name}-*.so")]
    return bindings + [path for pattern in patterns for path in sorted(plugins.glob(pattern))]


def missing_libraries(binaries: Sequence[Path]) -> list[str]:
    """The sonames that the loader cannot find for `binaries`, sorted."""
    english = {**os.environ, "LC_ALL": "C"}
    command = ["ldd", *map(str, binaries)]
    listing = subprocess.run(command, capture_output=True, text=True, check=False, env=english)
    return sonames_not_found(listing.stdout)


def sonames_not_found(listing: str) -> list[str]:
    """What `ldd` says it did not find, each once, sorted."""
    lines = [line.split() for line in listing.splitlines() if line.endswith("=> not found")]
    return sorted({words[0] for words in lines})


def install_libraries(sonames: Sequence[str]) -> None:
    """Install the packages that hold `sonames`, or raise `SetupError` with what to do."""
    why = f"Qt misses system libraries: {', '.join(sonames)}."
    if unknown := [name for name in sonames if name not in DEBIAN_PACKAGES]:
        names = ", ".join(unknown)
        raise SetupError(f"{why}\nNo package is known here for {names}: install what holds them.")
    install_debian_packages(sorted({DEBIAN_PACKAGES[name] for name in sonames}), why)


def install_debian_packages(packages: Sequence[str], why: str) -> None:
    """Install `packages` where we are root and there is apt-get; else say what to run."""
    install = ["install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None:
        names = ", ".join(packages)
        raise SetupError(f"{why}\nDebian has it as {names}: install what your system calls them.")
    if os.geteuid() != 0:
        line = shlex.join(["sudo", "apt-get", *install])
        raise SetupError(f"{why}\nRun this, then the same command again:\n\n    {line}\n")
    print(f"{why}\nInstalling {', '.join(packages)} with apt-get", flush=True)
    # The update's status does not count: with one broken source among several, the lists may still
    # name all we need, and the installation tells.
    apt_get("update")
    if apt_get(*install) != 0:
        raise SetupError("apt-get could not install them; check the network and try again.")


def apt_get(*arguments: str) -> int:
    """Run apt-get, asking nothing and waiting for another one to end; give its exit status."""
    settings = ("DPkg::Lock::Timeout=120", "Dpkg::Use-Pty=0", "Acquire::Retries=3")
    return subprocess.run(
        ["apt-get", "-qq", *[f"-o{setting}" for setting in settings], *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        check=False,
    ).returncode
