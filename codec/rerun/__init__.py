"""Encoding weights anew with other settings, in any layout, to see what each setting costs.

`recipe` says what can be chosen, `encoding` carries it out, `sweep` tries many and measures them.
"""
