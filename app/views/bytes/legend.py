"""What the colours of the bytes mean, for the layout at hand: others are not named."""

from __future__ import annotations

from app import theme
from app.models.stepped import Stepped
from codec.container import Container, Framing
from codec.edits.overlay import edits_of
from codec.spans import SpanKind

LEGACY: dict[SpanKind, str] = {
    kind: str(kind)
    for kind in (
        SpanKind.HEADER,
        SpanKind.TABLE,
        SpanKind.INDEX,
        SpanKind.COUNT,
        SpanKind.RENORMALISATION,
        SpanKind.STATE,
        SpanKind.PADDING,
        SpanKind.UNCLAIMED,
    )
}
"""The kinds that bytes are coloured by, and what they are called."""

NATIVE: dict[SpanKind, str] = {
    SpanKind.HEADER: "header",
    SpanKind.NAME: "names",
    SpanKind.TABLE: "frequency table",
    SpanKind.SCALE: "scales",
    SpanKind.INDEX: "tile records",
    SpanKind.STATE: "lane states",
    SpanKind.RENORMALISATION: "words",
    SpanKind.RAW: "raw weights",
    SpanKind.PADDING: "padding",
    SpanKind.UNCLAIMED: "unclaimed",
}
"""The same of layouts whose streams begin with the states of their lanes."""


def legend(
    container: Container | None, stepped: Stepped | None = None, *, bookmarked: bool = False
) -> str:
    """The kinds of bytes in their colours, and how bytes are marked that the debugger is done with, as HTML.

    Args:
        container: the file.
        stepped: what the debugger has done with it.
        bookmarked: whether there are bookmarks.
    """
    fills = theme.current().span_fills
    tensors = () if container is None else container.tensors
    native = any(tensor.framing is Framing.LEADING_STATES for tensor in tensors)
    names = NATIVE if native else LEGACY
    samples = [_sample(fills[kind].name(), name) for kind, name in names.items()]
    if stepped is not None:
        done = "moved out" if stepped.encodes else "taken"
        words = f"{done} by now".replace(" ", "&nbsp;")
        samples.append(f"<u style='color:{theme.current().stepping.name()}'>{words}</u>")
    if container is not None and edits_of(container.source):
        samples.append(f"<span style='color:{theme.current().edited.name()}'>▢&nbsp;edited</span>")
    if bookmarked:
        ink = theme.current().bookmark.name()
        samples.append(f"<span style='color:{ink}'>▌bookmarked</span>")
    return " ".join(samples)


def _sample(colour: str, name: str) -> str:
    spaced = name.replace(" ", "&nbsp;")
    return f"<span style='background:{colour}'>&nbsp;{spaced}&nbsp;</span>"
