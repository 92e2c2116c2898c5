"""The decoded matrix, tile by tile as it comes into sight, with the value of every weight."""

from app.views.weights.view import WeightsView

__all__ = ["WeightsView"]
