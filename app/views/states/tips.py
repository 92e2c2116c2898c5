"""The tooltips of the plots: what each shows, and how one gets about in them."""

from __future__ import annotations

MOVING = (
    "\n\nClick or drag to select a step. The wheel zooms; with Shift, or with the middle button, it "
    "moves. Keys: ← → Page Up/Down Home End, ↑ ↓ for other lanes, + - and 0 for all."
)
STATE_TIP = (
    "The rANS state before each step, as a power of two. Between two symbols it must lie between the "
    "two dashed lines. Zoomed in, ▼ marks how deep it fell before words came in; of several lanes "
    "each has a curve, that of the selected step the strongest." + MOVING
)
BITS_TIP = (
    "Bits that each symbol cost: scale bits - log2(frequency). Zoomed out: the mean, and in the "
    "band the least and the most." + MOVING
)
BYTES_TIP = (
    "Renormalisation words taken before each step, by all lanes: the position in the stream."
    + MOVING
)
