"""How long a decoder took, in the same terms for all of them, so that their figures can be compared.

A decoder on a card says where its time went; of any other only the whole is known.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Where the time of a run went, in seconds.

    Attributes:
        read: getting the bytes of the file into the buffer that the card copies from.
        transfer: copying them to the card.
        kernel: the kernels.
        copy_back: copying what they decoded into the memory of the host.
    """

    read: float = 0.0
    transfer: float = 0.0
    kernel: float = 0.0
    copy_back: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return self.read + self.transfer + self.kernel + self.copy_back


@dataclass(frozen=True)
class Run:
    """One run of a decoder.

    Attributes:
        decoder: its name.
        device: what it ran on.
        weights: how many it decoded; a weight is one byte, so this is also their size.
        seconds: from asking the decoder to having the weights in the memory of the host, by the clock.
        timing: where they went; None where the decoder does not say.
    """

    decoder: str
    device: str
    weights: int
    seconds: float
    timing: Timing | None = None

    @property
    def rest(self) -> float:
        """Seconds that are in no part of `timing`: waiting, launching, planning."""
        return 0.0 if self.timing is None else max(0.0, self.seconds - self.timing.total)

    def rate(self, seconds: float) -> float:
        """Bytes of decoded weights per second, if this is how long all of them took; 0 for no time."""
        return self.weights / seconds if seconds > 0 else 0.0
