"""How the codec's tests run: fixed examples by default, and once for every decoder that can run.

`RANSCOPE_EXAMPLES=random python -m pytest tests/codec` draws other examples each time.
"""

from __future__ import annotations

import os

import pytest
from _pytest.mark import ParameterSet
from hypothesis import HealthCheck, settings

from codec import decoders
from codec.decoders.availability import unavailable
from codec.decoders.base import Decoder

# Examples are made of whole files, which hypothesis rightly finds slow to make.
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "fixed", derandomize=True, deadline=None, database=None, suppress_health_check=SLOW
)
settings.register_profile(
    "random", deadline=None, database=None, suppress_health_check=SLOW, print_blob=True
)
settings.load_profile(os.environ.get("RANSCOPE_EXAMPLES", "fixed"))


def _once(name: str) -> ParameterSet:
    return pytest.param(name, marks=[pytest.mark.gpu] if name == "cupy" else [])


@pytest.fixture(scope="session", params=[_once(name) for name in decoders.DECODERS])
def decoder(request: pytest.FixtureRequest) -> Decoder:
    """Each decoder in turn."""
    if reason := unavailable(request.param):
        pytest.skip(f"the decoder {request.param} is not available: {reason}")
    return decoders.make(request.param)


@pytest.fixture(scope="session")
def reference() -> Decoder:
    """The judge."""
    return decoders.make("reference")
