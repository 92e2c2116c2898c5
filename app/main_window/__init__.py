"""The window, and the views that fill its panels: the only part of the app that knows them all."""

from app.main_window.window import MainWindow

__all__ = ["MainWindow"]
