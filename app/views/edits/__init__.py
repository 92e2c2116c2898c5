"""The Edits panel: what the user has changed of the file, without changing the file."""

from app.views.edits.view import EditsView

__all__ = ["EditsView"]
