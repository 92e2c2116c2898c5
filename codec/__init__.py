"""Formats, rANS, encoders, decoders, traces and checks of tiled int8 weight layers.

Everything here runs without Qt and without a GPU, so that the same code serves the window, the
command line and a server that has neither a screen nor PySide6.
"""
