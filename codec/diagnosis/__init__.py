"""Which mistake produces exactly this output: hypotheses, each held against what was found.

A hypothesis is a decoder with a mistake in it. It is run on the file, and counts for the share of the differing
weights that it predicts exactly; what does not predict is not named, since a wrong verdict is worse than none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codec.decoders.base import Tick, no_tick

if TYPE_CHECKING:
    from codec.comparison.comparison import Comparison
    from codec.container import Container
    from codec.diagnosis.finding import Finding


def diagnose(
    container: Container, comparison: Comparison, tick: Tick = no_tick
) -> tuple[Finding, ...]:
    """What explains that two outputs differ, best first; nothing where all is equal, or where nothing explains it.

    The truth is what the file decodes to. A side that differs from it is diagnosed; where both do, both are.

    Args:
        container: the file.
        comparison: of two outputs of one of its tensors.
        tick: told (steps done, steps in all) now and then.

    Raises:
        Cancelled: `tick` says so.
    """
    # Imported only now: numba takes most of a second to load, and what looks at findings has no need of it.
    from codec.diagnosis.sides import diagnosed

    return diagnosed(container, comparison, tick)
