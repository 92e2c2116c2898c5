"""Where there is no card these tests are skipped, and say why; with RANSCOPE_REQUIRE_GPU=1 that fails them."""

from __future__ import annotations

import pytest

from codec.decoders.cuda import CudaDecoder
from codec.decoders.cuda.card import Card, open_card


@pytest.fixture(scope="session")
def card() -> Card:
    reason = CudaDecoder().unavailable()
    if reason:
        pytest.skip(reason)
    return open_card()
