"""The panel of bookmarks and notes."""

from app.views.bookmarks.view import BookmarksView

__all__ = ["BookmarksView"]
