"""Walking a stream step by step, forward and back: the engine of the debugger.

rANS decodes in one direction only. Stepping back, jumping and scanning rest on checkpoints, laid in one pass; from
the nearest one every step is taken again, exactly. `walk` says what a walk is; `opening` makes one.
"""
