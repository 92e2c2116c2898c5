"""No compiled kernel leaves its arrays: the tests of all kernels once more, with bounds checks and on the least
of processors. In one process of its own, so that every kernel is compiled anew once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULES = (
    "test_fast_kernels.py",
    "test_fast_lanes.py",
    "test_checkpoints.py",
    "test_comparison.py",
    "test_stream_faults.py",
    "stepping/test_encode_walk.py",
    "stepping/test_walks.py",
)
"""Whose tests hand the kernels broken streams, too."""

CHECKED = """
import numpy, pytest, sys
from codec.fast.compile import part
from codec.fast.vectors import AVX2
@part
def beyond(array):
    return array[numpy.uint64(3)]
try:
    beyond(numpy.zeros(3, numpy.uint8))
except IndexError:
    sys.exit("compiled for AVX2" if AVX2 else pytest.main(sys.argv[1:]))
sys.exit("bounds are not checked")
"""

ENVIRONMENT = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}


@pytest.mark.timeout(900)
def test_no_kernel_leaves_its_arrays_on_any_processor(cache):
    """Kernels raise when an index is outside, and know of no more than any processor of the kind has.

    What was compiled so is kept beside pytest's own cache for the next run; `codec.fast.compile` discards what
    is older than its sources.
    """
    modules = [str(Path(__file__).parent / name) for name in MODULES]
    arithmetic = ("-k", "not divide_exactly")  # which NumPy does, and takes long
    command = [sys.executable, "-c", CHECKED, *modules, *arithmetic, "-q", "-p", "no:cacheprovider"]
    environment = (
        os.environ | ENVIRONMENT | {"NUMBA_CACHE_DIR": str(cache.mkdir("bounds-checked-kernels"))}
    )
    done = subprocess.run(
        [*command, "--timeout=600"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
