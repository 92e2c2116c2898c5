"""What a plan is run on: without it, a time of today cannot be held against one of tomorrow."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence

from codec.bench.bandwidth import host_bandwidth
from codec.bench.contenders import CARD
from codec.bench.memory import memory_bytes
from codec.bench.plan import Plan
from codec.bench.result import Machine
from codec.decoders.base import Tick, no_tick
from codec.decoders.platform import processor_name, versions
from codec.errors import RanscopeError
from codec.threads import cores

PACKAGES = (
    "llvmlite", "xxhash", "zstandard", "constriction", "blosc2", "imagecodecs", "cupy-cuda12x",
    "cupy-cuda13x", "nvidia-nvcomp-cu12", "nvidia-nvcomp-cu13", "nvidia-libnvcomp-cu12",
    "nvidia-libnvcomp-cu13",
)  # fmt: skip
"""What is coded with, beside what `platform.versions` tells; those that are installed are noted."""

ON_CARD = (CARD, "nvcomp")
"""How the names of the coders begin that run on a card."""


def machine(plan: Plan, tick: Tick = no_tick) -> Machine:
    """This machine, as far as it matters for a plan: its card is looked at where a candidate runs on one.

    Raises:
        Cancelled: `tick` says so.
    """
    total = memory_bytes()
    bandwidth = host_bandwidth(total, tick)
    card, of_card = "", dict[str, str]()
    if any(candidate.coder.startswith(ON_CARD) for candidate in plan.candidates):
        card, of_card, measured = _card()
        bandwidth |= measured
    return Machine(
        processor_name(),
        cores(),
        total or 0,
        card,
        f"{platform.platform()}, Python {platform.python_version()}",
        {**versions(), **_installed(PACKAGES), **_libraries(), **of_card},
        bandwidth,
    )


def _card() -> tuple[str, dict[str, str], dict[str, float]]:
    """The card and its driver, versions, and its bandwidth; nothing where there is none that can be used."""
    from codec.bench.gpu.bandwidth import card_bandwidth
    from codec.decoders.cuda.card import NoCard, open_card
    from codec.decoders.cuda.platform import card_platform

    try:
        card = open_card()
    except NoCard:
        return "", {}, {}
    found = card_platform(card)
    driver = found.versions.get("nvidia_driver") or f"CUDA {found.versions['cuda_driver']}"
    try:
        bandwidth = {card.name: card_bandwidth(card)}
    except RanscopeError:  # it is busy: what runs on it will say so
        bandwidth = {}
    return f"{card.name}, driver {driver}", found.versions, bandwidth


def _libraries() -> dict[str, str]:
    """Those of the system that are coded with."""
    from codec.bench.peers import htscodecs

    found = htscodecs.version()
    return {"htscodecs": found} if found else {}


def _installed(packages: Sequence[str]) -> dict[str, str]:
    found = {}
    for name in packages:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
