"""Where there is no card these tests are skipped, and say why; with RANSCOPE_REQUIRE_GPU=1 they fail."""

from __future__ import annotations

import os

import pytest

from codec.decoders.cuda import CudaDecoder
from codec.decoders.cuda.card import Card, open_card


@pytest.fixture(scope="session")
def card() -> Card:
    reason = CudaDecoder().unavailable()
    if reason and os.environ.get("RANSCOPE_REQUIRE_GPU"):
        pytest.fail(f"a card is required, but {reason}")
    if reason:
        pytest.skip(reason)
    return open_card()
