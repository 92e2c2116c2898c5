"""The one place that knows numba: how our kernels are compiled, typed and cached.

numba has no useful types of its own, so `jit` gives a compiled function the type of the Python
function it stands for. Every kernel is compiled at its first call, without the GIL, and cached on disk.

Discipline that keeps one compiled version per kernel and its arithmetic exact:
- Integers inside kernels are uint64 throughout, constants included: numba makes uint64 with
  int64 a float64, and an unsigned index has no negative values to wrap around.
- Arrays that a kernel only reads come through `sealed`, the others are fresh; all are C-contiguous.
- No kernel relies on bounds checks. Each says why its indices are inside; the tests run
  all of them with numba's bounds checks on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])
Scalar = TypeVar("Scalar", bound=np.generic)

OPTIONS = {"nogil": True, "boundscheck": False, "error_model": "numpy"}


def jit(function: Function) -> Function:
    """Compiles `function` at its first call; the result is cached where the machine allows it."""
    try:
        return cast(Function, numba.njit(cache=True, **OPTIONS)(function))
    except RuntimeError:  # no folder can be written to: compile once per process
        return cast(Function, numba.njit(**OPTIONS)(function))


def sealed(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """A C-contiguous, read-only view of `array`, or of a copy where it is not contiguous.

    Bytes from a file are read-only and arrays made here are not; numba would compile a kernel for
    each. So kernels take what they read as read-only.
    """
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


@intrinsic  # type: ignore[untyped-decorator]
def leading_zeros(typing_context: Any, value: Any) -> Any:  # noqa: ARG001
    """Zero bits above the highest set bit of a uint64, 64 for 0: one LZCNT instruction."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], context.get_constant(types.boolean, False))

    return types.uint64(types.uint64), generate
