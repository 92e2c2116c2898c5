"""What the hex view says about a byte in words, and how it understands a pattern to look for."""

from __future__ import annotations

from app.models.byte_places import ProblemPlaces, StepBytes
from app.models.span_columns import problem_line
from codec.edits.overlay import base_of
from codec.errors import SourceError
from codec.source import Source
from codec.spans import Span
from codec.trace import Trace

NO_BREAK = "\N{NO-BREAK SPACE}"
HEX_DIGITS = set("0123456789abcdef")


def pattern_from(text: str) -> bytes:
    """The bytes that a person looks for: pairs of hex digits, or characters.

    Characters in double quotes are taken literally, also where they could be hex digits.

    Raises:
        ValueError: there is nothing to look for.
    """
    wanted = text.strip()
    if len(wanted) > 1 and wanted[0] == wanted[-1] == '"':
        found = wanted[1:-1].encode()
    else:
        digits = "".join(wanted.lower().removeprefix("0x").split())
        hexadecimal = len(digits) % 2 == 0 and HEX_DIGITS.issuperset(digits)
        found = bytes.fromhex(digits) if hexadecimal else wanted.encode()
    if not found:
        raise ValueError('Write the bytes to find: hex, as in de ad, or "text".')
    return found


def field_sentence(root: Span, offset: int) -> str:
    """The names of a byte's field and of everything around it, outermost first."""
    span, names = root, []
    for row in root.path_to(offset) or ():
        span = span.children[row]
        names.append(span.name)
    return " › ".join(names) or "the file"


def numbers_sentence(source: Source, offset: int) -> str:
    """The bytes from `offset` on as little-endian numbers; "–" where the file ends before them."""
    available = min(4, source.size - offset)
    try:
        data = source.read(offset, available)
    except SourceError as error:
        return error.sentence()
    texts = [f"u8{NO_BREAK}{data[0]}", f"i8{NO_BREAK}{int.from_bytes(data[:1], signed=True)}"]
    for size in (2, 4):
        number = f"{int.from_bytes(data[:size], 'little'):,}" if size <= len(data) else "–"
        texts.append(f"u{8 * size}{NO_BREAK}{number}")
    return "   ".join(texts)


def place_sentence(offset: int, selected: tuple[int, int] | None) -> str:
    """Where the cursor is, both ways of writing offsets, and how much is selected."""
    place = f"Byte {offset:,} (0x{offset:X})"
    if selected is None or selected[1] == 1:
        return place
    return (
        f"{place}, {selected[1]:,} bytes selected" if selected[1] else f"{place}, no byte selected"
    )


def edit_sentence(source: Source, offset: int) -> str:
    """What stands in the file itself where an edit puts another byte; "" where none does."""
    base = base_of(source)
    if base is source:
        return ""
    try:
        before, now = base.read(offset, 1), source.read(offset, 1)
    except SourceError:
        return ""
    return "" if before == now else f"edited: {before.hex().upper()} in the file"


def step_sentence(trace: Trace, row: int) -> str:
    """Which step took a byte, and which symbol came out of it."""
    step, symbol = int(trace["step"][row]), int(trace["symbol"][row])
    lane = f" of lane {trace['lane'][row]}" if _has_lanes(trace) else ""
    return f"taken by step {step:,}{lane}: symbol {symbol} ({symbol - 128:+d})"


def _has_lanes(trace: Trace) -> bool:
    return bool(trace.streams) and len(trace.streams[0].lane_states) > 1


def tooltip(root: Span, problems: ProblemPlaces, steps: StepBytes | None, offset: int) -> str:
    """All that is known about a byte, a line each."""
    field = root.leaf_at(offset) or root
    row = None if steps is None else steps.row(offset)
    lines = [
        f"{offset:,} (0x{offset:X})",
        field_sentence(root, offset),
        f"{field.name} = {field.value}" if field.value else "",
        field.meaning,
        "" if steps is None or row is None else step_sentence(steps.trace, row).capitalize(),
        *(problem_line(problem) for problem in problems.over(offset, offset + 1)),
    ]
    return "\n".join(line for line in lines if line)
