"""The one place that knows numba: how our kernels are compiled, typed and cached.

`kernel` and `part` give a compiled function the type of the Python function it stands for. A kernel
is compiled at its first call, runs without the GIL, and is cached on disk.

Discipline that keeps one compiled version per kernel and its arithmetic exact:

- What may be large or is an index in an inner loop is uint64, constants included: numba makes a
  float64 of uint64 with int64, and an unsigned index has no negative values to wrap around.
- Arrays that a kernel only reads come through `sealed`, the others are fresh; all are C-contiguous.
- No kernel relies on bounds checks. Each says why its indices are inside, and the tests run all of
  them on broken streams with numba's bounds checks on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])
Scalar = TypeVar("Scalar", bound=np.generic)

Whole = int | np.int64
"""A whole number: compiled code has only the second."""

Index = int | np.uint64
"""A whole number that is not negative: compiled code has only the second."""


def kernel(function: Function) -> Function:
    """Compiles a function that Python calls; the result is cached where the machine allows it."""
    try:
        compiled = numba.njit(nogil=True, boundscheck=False, error_model="numpy", cache=True)(
            function
        )
    except RuntimeError:  # no folder that could hold the cache: compile once per process
        return part(function)
    _discard_stale(Path(str(compiled.stats.cache_path)))
    return cast(Function, compiled)


def part(function: Function) -> Function:
    """Compiles a function that only kernels call: it is cached as part of them."""
    compiler = numba.njit(nogil=True, boundscheck=False, error_model="numpy")
    return cast(Function, compiler(function))


def _discard_stale(cache: Path) -> None:
    """Removes what was cached before the last change to any of our sources.

    numba compares a cached kernel with the file that the kernel stands in, and with no other.
    """
    sources = Path(__file__).parent.glob("*.py")
    changed = max(source.stat().st_mtime_ns for source in sources)
    for cached in cache.glob("*.nb[ic]"):
        with contextlib.suppress(OSError):  # another process may have removed it
            if cached.stat().st_mtime_ns < changed:
                cached.unlink()


def sealed(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """A C-contiguous, read-only view of `array`, or of a copy where it is not contiguous.

    Bytes from a file are read-only and arrays made here are not; numba would compile a kernel for
    each. So kernels take what they read as read-only.
    """
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def _leading_zeros(_typing: Any, _value: Any) -> Any:
    """What numba makes of `leading_zeros`: LLVM's ctlz, defined for 0 too."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], context.get_constant(types.boolean, False))

    return types.uint64(types.uint64), generate


leading_zeros = cast(Callable[[np.uint64], np.uint64], intrinsic(_leading_zeros))
"""Zero bits above the highest set bit of a uint64, 64 for 0: one LZCNT instruction. Only in kernels."""
