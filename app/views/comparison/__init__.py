"""Two outputs of one tensor side by side, what differs, and which mistake explains it."""

from app.views.comparison.view import ComparisonView

__all__ = ["ComparisonView"]
