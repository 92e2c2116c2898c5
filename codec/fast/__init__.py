"""The rANS coders on the CPU, compiled by numba: the `cpu` decoder's engine.

Importing this package imports numba and compiles nothing; `codec.warmup` compiles ahead. What is exported
here serves the legacy layouts: 32-bit state, 4096 slots, L = 2^23, renormalised by bytes; a stream is as in
`codec.formats.streams`. The modules `lane_…` serve the native layout, with any constants that it
allows; `vectors` is what they are fast by. `codec.rans` is the judge of all of it.
"""

from codec.fast.decode import DecodeReport, decode_streams
from codec.fast.encode import EncodedStreams, encode_streams
from codec.fast.places import flat_places, grid_places
from codec.fast.slots import SlotTable, slot_table
from codec.fast.symbols import symbol_histogram, tile_symbols
from codec.fast.trace import StreamTrace, trace_stream
from codec.fast.walk import Status

__all__ = [
    "DecodeReport",
    "EncodedStreams",
    "SlotTable",
    "Status",
    "StreamTrace",
    "decode_streams",
    "encode_streams",
    "flat_places",
    "grid_places",
    "slot_table",
    "symbol_histogram",
    "tile_symbols",
    "trace_stream",
]
