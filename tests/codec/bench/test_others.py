"""Whether others use the card: what the driver's program prints, and what is made of it where it does not."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace

import pytest

from codec.bench.gpu import others
from codec.bench.gpu.others import busy_card
from codec.decoders.cuda.card import NoCard

BUS = "0000:1B:00.0"


@pytest.fixture
def tells(monkeypatch):
    """Has the driver's program print something, or fail; returns the commands that were run."""
    device = SimpleNamespace(pci_bus_id=BUS)
    card = SimpleNamespace(cupy=SimpleNamespace(cuda=SimpleNamespace(Device=lambda: device)))
    asked = []

    def tell(printed):
        def run(command, **_):
            asked.append(command)
            if isinstance(printed, Exception):
                raise printed
            return SimpleNamespace(stdout=printed)

        monkeypatch.setattr(others, "open_card", lambda: card)
        monkeypatch.setattr(others, "SAMPLED", 0.0)
        monkeypatch.setattr(subprocess, "run", run)
        return asked

    return tell


def test_it_is_asked_about_our_card(tells):
    asked = tells(b"97\n")
    assert busy_card() == 0.97
    assert BUS in asked[0]


@pytest.mark.parametrize(
    "printed",
    [
        b"[N/A]\n",
        b"",
        FileNotFoundError("nvidia-smi"),
        subprocess.TimeoutExpired("nvidia-smi", 10),
        subprocess.CalledProcessError(9, "nvidia-smi"),
    ],
)
def test_what_is_not_told_is_not_known(tells, printed):
    tells(printed)
    assert busy_card() is None


def test_without_a_card_nobody_is_asked(tells, monkeypatch):
    asked = tells(b"5\n")

    def none():
        raise NoCard("none")

    monkeypatch.setattr(others, "open_card", none)
    assert (busy_card(), asked) == (None, [])
