"""Decoders' front ends with a mistake in them: from the bytes of a file to the symbols of its tiles.

`stepping` plays any of them, `slip_trials` tries where one went wrong; `start_states`, `stream_places`, `wrong_slots`,
`wrong_tables` and `wrong_steps` list the mistakes; `search` finds those that explain what a tile shows.
"""

from codec.diagnosis.streams.search import sources
from codec.diagnosis.streams.source import SymbolSource

__all__ = ["SymbolSource", "sources"]
