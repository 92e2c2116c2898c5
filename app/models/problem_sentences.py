"""Problems in whole sentences: one written out, and what was checked where none was found."""

from __future__ import annotations

from html import escape

from app import theme
from app.document import Document
from app.models.problem_table import RAISED, tensor_name
from codec.problems import Problem


def details(problem: Problem, tensor: str = "", *, raised: bool = False) -> str:
    """A problem written out, as HTML; with its tensor where the file has several, and whether edits raise it."""
    colour = theme.current().severities[problem.severity].name()
    parts = [
        f"<p><b style='color:{colour}'>{problem.severity.capitalize()}: {escape(problem.title)}</b> "
        f"({escape(problem.code)})</p>",
        f"<p>{escape(_sentence(problem.message))}</p>",
        f"<p><b>Where:</b> {escape(_place(problem, tensor))}</p>",
    ]
    if raised:
        parts.append(f"<p>{escape(RAISED)}</p>")
    if problem.expected or problem.found:
        parts.append(
            f"<p><b>Expected:</b> {escape(problem.expected) or '–'}<br>"
            f"<b>Found:</b> {escape(problem.found) or '–'}</p>"
        )
    parts.append(f"<p><b>Likely cause:</b> {escape(_sentence(problem.likely_cause))}</p>")
    return "".join(parts)


def _place(problem: Problem, tensor: str) -> str:
    if problem.size:
        last = problem.offset + problem.size - 1
        place = f"bytes {problem.offset:,} to {last:,} (0x{problem.offset:X} to 0x{last:X})"
    else:
        place = f"at byte {problem.offset:,} (0x{problem.offset:X})"
    parts = [place, tensor, "" if problem.tile is None else f"tile {problem.tile:,}"]
    return ", ".join(part for part in parts if part)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def checked(document: Document) -> str:
    """What was checked, and what came of it where nothing was found; "" where the table says it all."""
    tensors = document.container.tensors
    refused = [tensor for tensor in tensors if tensor.refusal]
    if not tensors:
        return "No stream can be decoded: there is no matrix in what is left of the file."
    if len(refused) == len(tensors):
        return f"No stream can be decoded: {refused[0].refusal}."
    if refused:
        others = f" and {_more_tensors(len(refused) - 1)}" if len(refused) > 1 else ""
        name = tensor_name(refused[0].index, [tensor.name for tensor in tensors])
        return f"No stream of {name}{others} can be decoded: {refused[0].refusal}."
    parts = "Header, frequency table and index hold"
    if len(tensors) > 1:
        parts = "Header, frequency tables and indexes hold"
    if not document.fully_checked:
        unchecked = "The streams have not been decoded yet, so faults inside them are not known."
        return unchecked if document.problems else f"{parts} to the layout. {unchecked}"
    if document.problems:
        return ""
    parts = parts[:1].lower() + parts[1:]
    return (
        f"No problem was found: {parts} to the layout, and every "
        "stream was decoded to its last byte."
    )


def _more_tensors(count: int) -> str:
    return "of 1 more tensor" if count == 1 else f"of {count:,} more tensors"
