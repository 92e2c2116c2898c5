"""Whether the card still works after a candidate: a kernel that fails takes all of the process's work there with it.

CUDA tells of such a failure late, to whoever asks next (CUDA Runtime API, Error Handling). Without a look after each
candidate, the next one would be blamed. Loads nothing by itself.
"""

from __future__ import annotations

import sys

from codec.errors import DeviceError

NOT_BEGUN = frozenset({3, 35, 100})
"""cudaErrorInitializationError, cudaErrorInsufficientDriver, cudaErrorNoDevice: there is no card that could have
failed."""


def require_sound_card() -> None:
    """Waits until the card has done all that it was given; where cupy is not loaded, nobody gave it anything.

    Raises:
        DeviceError: something that ran there has failed.
    """
    cupy = sys.modules.get("cupy")
    if cupy is None:
        return
    runtime = cupy.cuda.runtime
    try:
        runtime.deviceSynchronize()
    except runtime.CUDARuntimeError as error:
        if error.status not in NOT_BEGUN:
            raise DeviceError(f"the card failed: {error}") from None
