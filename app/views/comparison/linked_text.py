"""Text with places that can be clicked, as the HTML that Qt's labels and pages know."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from app import theme
from app.models.explanation import Link, Part, Target


class LinkedText:
    """Writes parts as HTML, and keeps where their links lead.

    Attributes:
        targets: link number n, whose address is "#n", leads to targets[n].
    """

    def __init__(self) -> None:
        self.targets: list[Target] = []

    def html(self, parts: Iterable[Part]) -> str:
        """The parts, one after the other."""
        return "".join(
            self._link(part) if isinstance(part, Link) else escape(part) for part in parts
        )

    def target(self, address: str) -> Target | None:
        """Where an address leads; None where it is none of these links'."""
        number = address.removeprefix("#")
        known = number.isdecimal() and int(number) < len(self.targets)
        return self.targets[int(number)] if known else None

    def _link(self, link: Link) -> str:
        self.targets.append(link.target)
        style = f"color:{theme.current().accent.name()}"
        return f'<a href="#{len(self.targets) - 1}" style="{style}">{escape(link.text)}</a>'
