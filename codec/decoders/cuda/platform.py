"""The card, the driver and cupy, in words."""

from __future__ import annotations

from pathlib import Path

from codec.decoders.cuda.card import Card, cuda_version
from codec.decoders.platform import Platform

DRIVER = Path("/proc/driver/nvidia/version")
"""Where the driver for Linux tells its own version, which CUDA does not."""


def card_platform(card: Card) -> Platform:
    """What a card is, and through what it is used."""
    runtime = card.cupy.cuda.runtime
    properties = runtime.getDeviceProperties(card.cupy.cuda.Device().id)
    device = {
        "name": card.name,
        "compute_capability": f"{properties['major']}.{properties['minor']}",
        "memory_bytes": str(properties["totalGlobalMem"]),
        "multiprocessors": str(card.processors),
    }
    versions = {
        "cupy": str(card.cupy.__version__),
        "cuda_runtime": cuda_version(int(runtime.runtimeGetVersion())),
        "cuda_driver": cuda_version(int(runtime.driverGetVersion())),
    }
    if driver := driver_version():
        versions["nvidia_driver"] = driver
    return Platform(device, versions)


def driver_version() -> str:
    """The driver's version; "" where it does not tell."""
    try:
        line = DRIVER.read_text(encoding="ascii", errors="replace").partition("\n")[0]
    except OSError:
        return ""
    numbers = [word for word in line.split() if word[:1].isdigit() and "." in word]
    return next(iter(numbers), "")
