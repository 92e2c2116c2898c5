"""What there is to tell of a capture, as plain data: the keys that `--json` promises.

docs/command-line.md describes every key. None is ever renamed or removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.capture.metadata import Metadata, TensorRecord, TraceRecord
from codec.decoders.streams import Status


class Outcome(NamedTuple):
    """Which tiles of a tensor are at fault.

    Attributes:
        failed: those whose weights are not to be trusted.
        varying: those that were not the same in all runs.
    """

    failed: list[int]
    varying: list[int]

    @classmethod
    def of(cls, reads: NDArray[Any], varying: NDArray[np.bool_]) -> Outcome:
        """From TILE_READ[tiles] of the first run, and bool[runs, tiles] of what differs from it."""
        failed = np.flatnonzero(reads["status"] != Status.OK)
        return cls(failed.tolist(), np.flatnonzero(varying.any(axis=0)).tolist())


def capture_info(
    metadata: Metadata, records: Sequence[TensorRecord], outcomes: Sequence[Outcome]
) -> dict[str, Any]:
    """All that a capture says, of these of its tensors, with the tiles at fault of each."""
    known = asdict(replace(metadata, tensors=()))
    tensors = zip(records, outcomes, strict=True)
    return {**known, "tensors": [_tensor(record, outcome) for record, outcome in tensors]}


def _tensor(record: TensorRecord, outcome: Outcome) -> dict[str, Any]:
    known = asdict(record)
    return {
        **known,
        "refusal": record.refusal or None,
        "checkpoint_interval": record.checkpoint_interval or None,
        "tiles_failed": outcome.failed,
        "tiles_varying": outcome.varying,
        "traces": [_trace(trace) for trace in record.traces],
    }


def _trace(record: TraceRecord) -> dict[str, Any]:
    return {
        **asdict(record),
        "stopped": record.stopped or None,
        "refusal": record.refusal or None,
    }
