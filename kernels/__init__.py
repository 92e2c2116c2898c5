"""CUDA sources, kept as real files beside this module, and their compilation.

They live apart from the codec so that a kernel is read, highlighted and diffed as CUDA and not as
a Python string. The package imports nothing of ours, which keeps it usable from a bare script.
"""
