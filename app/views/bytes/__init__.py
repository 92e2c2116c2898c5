"""The Bytes panel: every byte of the file in the colour of its field."""

from __future__ import annotations

from app.views.bytes.view import BytesView

__all__ = ["BytesView"]
