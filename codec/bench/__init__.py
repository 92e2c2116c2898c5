"""Measures encoders and decoders against each other, and believes no time whose output was not checked.

`plan` says what is to be measured, `contender` is one way to code as it is measured, `result` what came of it. What
runs a plan in a process of its own stands in `app`: a contender may crash, hang, or use up the memory.
"""
