"""The original's own scenario: a model's layers are encoded once, and for each token all are brought and decoded.

A model is a data with several layers, and one run goes through all of them, so a round of measuring is a token. All
else is as for any data: candidates take turns token by token, and every layer's output is checked. `layers` reads a
model, `on_disk` holds what it is encoded into, `model` is a candidate over all of its layers, `ways` what becomes of
one layer on the processor; on the card that is `codec.bench.gpu.bringing`. `claims` are the figures that the original's
authors gave, `totals` adds up what was measured, and `table` shows it beside them.
"""
